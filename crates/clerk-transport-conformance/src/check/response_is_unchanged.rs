use clerk_core::http::HeaderMap;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Framing, Response, Step};

/// What the framing of a message is made of.
const FRAMING: [&str; 4] = ["connection", "content-length", "keep-alive", "transfer-encoding"];

/// What gzip makes of `{}`.
const GZIP: [u8; 22] =
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let every_byte = (0..=255).cycle().take(bench.max_response_bytes.min(70_000));
    let every_byte: Vec<u8> = every_byte.collect();
    let json = Response::new(200).header("content-type", "application/json; charset=utf-8");
    for (what, response) in [
        ("with a compressed body", json.clone().header("content-encoding", "gzip").body(GZIP)),
        ("with a binary body", Response::new(503).body(every_byte.clone())),
        ("in chunks", Response::new(200).body(every_byte.clone()).framing(Framing::Chunks)),
        ("that ends with its connection", json.clone().body("{}").framing(Framing::Close)),
        ("without a body", Response::new(204)),
        (
            "with a header that occurs twice and one that is empty",
            json.clone().header("x-twice", "one").header("x-empty", "").header("x-twice", "two"),
        ),
        ("with a header that is not ASCII", json.header("x-odd", *b"a\xfcb").body("{}")),
    ] {
        returned(bench, what, response).await?;
    }
    Ok(())
}

/// Checks that a response is returned unchanged.
async fn returned(bench: &Bench, what: &str, response: Response) -> Result<(), Observation> {
    let written = response.clone();
    let server = bench.server(move |_| Step::respond(written.clone()))?;
    let result = bench.send(&*bench.transport(), create(server.address(), "/v1")).await?;
    let returned = result.map_err(|error| {
        Observation::new(format!("the response {what} was an error: {error:?}"))
    })?;
    let (status, found) = (response.status, returned.status().as_u16());
    ensure(found == status, || format!("the status {status} of a response {what} became {found}"))?;
    let expected = sorted(response.headers.iter().map(|(name, value)| (*name, &**value)));
    let headers = without_framing(returned.headers());
    ensure(headers == expected, || {
        let [expected, headers] = [expected, headers].map(names);
        format!("the headers {expected} of a response {what} became {headers}")
    })?;
    let body = returned.body().as_ref();
    ensure(body == response.body, || {
        let (sent, found) = (response.body.len(), body.len());
        format!("the body of a response {what} changed: {sent} bytes became {found}")
    })
}

fn without_framing(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    sorted(headers.filter(|(name, _)| !FRAMING.contains(name)))
}

/// Sorts headers by name, and leaves the values of each in their order.
fn sorted<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(&'a str, &'a [u8])> {
    let mut headers: Vec<_> = headers.collect();
    headers.sort_by_key(|(name, _)| *name);
    headers
}

fn names(headers: Vec<(&str, &[u8])>) -> String {
    let headers = headers.into_iter();
    let headers =
        headers.map(|(name, value)| format!("`{name}: {}`", String::from_utf8_lossy(value)));
    headers.collect::<Vec<_>>().join(", ")
}
