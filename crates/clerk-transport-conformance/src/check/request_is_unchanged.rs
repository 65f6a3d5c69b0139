use clerk_core::{HttpRequest, HttpResponse, Sent, TransportError, http::HeaderValue};

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::{create, get, post},
};
use crate::server::{Request, Response, Server, Step};

/// What the framing of a message is made of besides its length.
const FRAMING: [&str; 2] = ["host", "connection"];

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|_| Step::respond(Response::new(200)))?;
    let address = server.address();
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for mut request in [
        create(address, "/v1/actor_tokens"),
        post(address, "/v1/actor_tokens/act_1/revoke", ""),
        post(address, "/v1/bytes?a=b", every_byte),
        get(address, "/v1/sessions?user_id=user_1&limit=500"),
    ] {
        let headers = request.headers_mut();
        headers.append("x-twice", HeaderValue::from_static("one"));
        headers.append("x-twice", HeaderValue::from_static("two"));
        if let Some(unsent) = send(bench, &server, request).await? {
            return Err(unsent.observation());
        }
    }

    // Some clients cannot send this one. Then they must refuse it.
    let mut odd = post(address, "/v1//a%2Fb/%2e%2E/;x=1?q=%20&r=/../", "{}");
    if let Ok(value) = HeaderValue::from_bytes(b"a  \xfc\t\"b\"") {
        odd.headers_mut().insert("x-odd", value);
    }
    match send(bench, &server, odd).await? {
        Some(unsent) if !unsent.is_refused() => Err(unsent.observation()),
        _ => each_server_gets_its_own(bench).await,
    }
}

/// Sends requests to two servers in turn.
async fn each_server_gets_its_own(bench: &Bench) -> Result<(), Observation> {
    let start = || bench.server(|_| Step::respond(Response::new(200)));
    let (one, other, transport) = (start()?, start()?, bench.transport());
    for _ in 0..2 {
        for (server, target) in [(&one, "/one"), (&other, "/other")] {
            let _result = bench.send(&*transport, create(server.address(), target)).await?;
        }
    }
    for (server, target) in [(one, "/one"), (other, "/other")] {
        let ledger = server.stop();
        // How many they are is a requirement of its own.
        let count = ledger.count(target);
        ensure(count > 0 && count == ledger.requests.len(), || {
            format!("requests for {target} were sent to a server, and {ledger}")
        })?;
    }
    Ok(())
}

/// A request that did not arrive, and what the call returned.
struct Unsent {
    target: String,
    result: Result<HttpResponse, TransportError>,
}

impl Unsent {
    fn is_refused(&self) -> bool {
        self.result.as_ref().is_err_and(|error| error.sent() == Sent::No)
    }

    fn observation(&self) -> Observation {
        let Self { target, result } = self;
        Observation::new(format!(
            "no request for {target} arrived, and the call returned {result:?}"
        ))
    }
}

/// Sends a request, and checks that it arrives unchanged, if it does.
async fn send(
    bench: &Bench,
    server: &Server,
    request: HttpRequest,
) -> Result<Option<Unsent>, Observation> {
    let expected = Expected::of(&request);
    let seen = server.ledger().requests.len();
    let result = bench.send(&*bench.transport(), request).await?;
    match server.ledger().requests.get(seen) {
        Some(arrived) => expected.matches(arrived).map(|()| None),
        None => Ok(Some(Unsent { target: expected.target, result })),
    }
}

/// What has to arrive of a request.
struct Expected {
    method: String,
    target: String,
    host: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Expected {
    fn of(request: &HttpRequest) -> Self {
        let uri = request.uri();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self {
            method: request.method().to_string(),
            target: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            host: uri.authority().map(ToString::to_string).unwrap_or_default(),
            headers: sorted(headers.collect()),
            body: request.body().as_ref().to_vec(),
        }
    }

    fn matches(&self, arrived: &Request) -> Result<(), Observation> {
        let Request { head, body, .. } = arrived;
        ensure((&head.method, &head.target) == (&self.method, &self.target), || {
            let Self { method, target, .. } = self;
            format!("{method} {target} arrived as {} {}", head.method, head.target)
        })?;
        ensure(head.header("host") == Some(self.host.as_bytes()), || {
            let host = head.header("host").map(String::from_utf8_lossy);
            format!("the host is {}, and the header `Host` was {host:?}", self.host)
        })?;
        let headers = head.headers.iter().filter(|(name, _)| !FRAMING.contains(&&**name));
        let headers = sorted(headers.cloned().collect());
        ensure(headers == self.headers, || {
            let added = without(&headers, &self.headers);
            let lost = without(&self.headers, &headers);
            format!("the headers of {} changed: arrived {added}, instead of {lost}", self.target)
        })?;
        ensure(*body == self.body, || {
            let (target, sent, arrived) = (&self.target, self.body.len(), body.len());
            format!("the body of {target} changed: {sent} bytes became {arrived}")
        })
    }
}

/// Sorts headers by name, and leaves the values of each in their order.
fn sorted(mut headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    headers
}

/// Lists the headers that are not among the others.
fn without(headers: &[(String, Vec<u8>)], others: &[(String, Vec<u8>)]) -> String {
    let names: Vec<_> = headers
        .iter()
        .filter(|header| !others.contains(header))
        .map(|(name, value)| format!("`{name}: {}`", String::from_utf8_lossy(value)))
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
