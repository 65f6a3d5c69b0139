use clerk_core::http::header::LOCATION;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Response, Step};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = bench.server(|_| Step::respond(Response::new(200)))?;
        let location = format!("http://{}/elsewhere", elsewhere.address());
        for location in [location, "/elsewhere".to_owned()] {
            follow(bench, status, location).await?;
        }
        let ledger = elsewhere.stop();
        ensure(ledger.requests.is_empty(), || {
            format!(
                "the server responded with {status}, and the one at its location was called: {ledger}"
            )
        })?;
    }
    Ok(())
}

/// Responds to a request with a redirect, and checks that the redirect is returned.
async fn follow(bench: &Bench, status: u16, location: String) -> Result<(), Observation> {
    let target = location.clone();
    let server = bench.server(move |_| {
        let response = Response::new(status).header("location", target.clone());
        Step::respond(response)
    })?;
    let result = bench.send(&*bench.transport(), create(server.address(), "/v1")).await?;
    let is_returned = result.as_ref().is_ok_and(|response| {
        let returned = response.headers().get(LOCATION);
        response.status().as_u16() == status && returned.is_some_and(|found| *found == *location)
    });
    let ledger = server.stop();
    ensure(is_returned && ledger.count("/elsewhere") == 0, || {
        let returned = result.map(|response| response.status());
        format!(
            "the server responded with {status} and a location, the call returned {returned:?}, \
             and {ledger}"
        )
    })
}
