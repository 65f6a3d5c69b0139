use clerk_core::http::header::LOCATION;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Response, Server, Step};

const ELSEWHERE: &str = "/elsewhere";

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = bench.server(|_| Step::respond(Response::new(200)))?;
        let location = format!("http://{}{ELSEWHERE}", elsewhere.address());
        for location in [location, ELSEWHERE.to_owned()] {
            is_returned(bench, status, location, &elsewhere).await?;
        }
    }
    Ok(())
}

/// Responds to a request with a redirect, and checks that the redirect is returned.
async fn is_returned(
    bench: &Bench,
    status: u16,
    location: String,
    elsewhere: &Server,
) -> Result<(), Observation> {
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
    let (ledger, elsewhere) = (server.stop(), elsewhere.ledger());
    let is_followed = ledger.count(ELSEWHERE) > 0 || !elsewhere.requests.is_empty();
    ensure(is_returned && !is_followed, || {
        let returned = result.map(|response| response.status());
        format!(
            "{ledger} and responded with {status} and the location {location}; there, {elsewhere}; \
             the call returned {returned:?}"
        )
    })
}
