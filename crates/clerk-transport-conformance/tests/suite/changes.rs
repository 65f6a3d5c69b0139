//! What quirks change of requests and results.

use clerk_core::{
    Attempt, Body, HttpRequest, HttpResponse, Sent, TransportError,
    TransportErrorKind::{self, Connect, Io, Other, Tls, TooLarge},
    http::{HeaderValue, Response, StatusCode},
};

use crate::{quirk::Quirk, reference::LIMIT};

type Output = Result<HttpResponse, TransportError>;

/// Changes a request before it is sent.
pub(crate) fn change_request(quirk: Quirk, request: &mut HttpRequest) {
    match quirk {
        Quirk::AddsAHeader => {
            request.headers_mut().insert("x-client", HeaderValue::from_static("1"));
        }
        Quirk::LosesARepeatedHeader => {
            if let Some(first) = request.headers_mut().remove("x-twice") {
                request.headers_mut().insert("x-twice", first);
            }
        }
        Quirk::NormalizesTargets => {
            let uri = request.uri().to_string().replace("%2F", "/");
            *request.uri_mut() = uri.parse().unwrap();
        }
        Quirk::ChangesBodies => {
            let attempt = Attempt::of(request).cloned().unwrap();
            *request.body_mut() = request.body().as_ref().to_ascii_lowercase().into();
            attempt.attach(request);
        }
        _ => {}
    }
}

/// Returns the request that is sent after this result, if there is one.
pub(crate) fn next_request(
    quirk: Quirk,
    request: &HttpRequest,
    result: &Output,
) -> Option<HttpRequest> {
    let status = result.as_ref().ok().map(HttpResponse::status);
    match quirk {
        Quirk::SendsTwice => status.is_some(),
        Quirk::ResendsAfterServerErrors => status.is_some_and(|status| status.is_server_error()),
        Quirk::ResendsLostRequests => result.as_ref().is_err_and(|error| error.status().is_none()),
        Quirk::FollowsRedirects | Quirk::VisitsHosts | Quirk::VisitsPaths => {
            let location = result.as_ref().ok()?.headers().get("location")?.to_str().ok()?;
            let is_path = location.starts_with('/');
            let is_visited = match quirk {
                Quirk::VisitsHosts => !is_path,
                Quirk::VisitsPaths => is_path,
                _ => true,
            };
            if !is_visited {
                return None;
            }
            let authority = request.uri().authority()?;
            let host = if is_path { format!("http://{authority}") } else { String::new() };
            let mut request = request.clone();
            *request.uri_mut() = format!("{host}{location}").parse().ok()?;
            return Some(request);
        }
        _ => false,
    }
    .then(|| request.clone())
}

/// Changes the result of a call.
pub(crate) fn change_result(quirk: Quirk, request: &HttpRequest, result: Output) -> Output {
    result
        .and_then(|response| change_response(quirk, response))
        .map_err(|error| change_error(quirk, request, error))
}

fn change_response(quirk: Quirk, mut response: HttpResponse) -> Output {
    match quirk {
        // Each has a status that the checks of other requirements do not use.
        Quirk::FailsForServerErrors if response.status() == 500 => {
            return Err(TransportError::new(Other, "500"));
        }
        Quirk::FailsForRedirects if response.headers().contains_key("location") => {
            return Err(TransportError::new(Other, "redirect"));
        }
        Quirk::CutsBodiesAtTheLimit if response.body().as_ref().len() == LIMIT => {
            let mut body = response.body().as_ref().to_vec();
            body.pop();
            *response.body_mut() = body.into();
        }
        Quirk::ChangesStatuses if response.status() == 599 => {
            *response.status_mut() = StatusCode::BAD_GATEWAY;
        }
        Quirk::Decompresses if response.headers().contains_key("content-encoding") => {
            response.headers_mut().remove("content-encoding");
            *response.body_mut() = Body::from("{}");
        }
        Quirk::ChangesResponseBodies => {
            *response.body_mut() = response.body().as_ref().to_ascii_lowercase().into();
        }
        Quirk::LosesResponseHeaders => {
            response.headers_mut().remove("x-empty");
        }
        _ => {}
    }
    Ok(response)
}

fn change_error(quirk: Quirk, request: &HttpRequest, error: TransportError) -> TransportError {
    let kind = error.kind();
    match quirk {
        Quirk::LosesHeads => without_head(&error),
        Quirk::LosesHeadsOfLargeResponses if kind == TooLarge => without_head(&error),
        Quirk::KeepsOnlyStatuses | Quirk::KeepsOnlyHeaders => {
            let lost = without_head(&error);
            let (Some(status), Some(headers)) = (error.status(), error.headers()) else {
                return lost;
            };
            let (mut head, ()) = Response::new(()).into_parts();
            match quirk {
                Quirk::KeepsOnlyStatuses => head.status = status,
                _ => head.headers = headers.clone(),
            }
            lost.with_head(head)
        }
        Quirk::ShowsResponses => changed(&error, kind, format!("{:?}", error.headers())),
        Quirk::ShowsRequests => changed(&error, kind, format!("{:?}", request.headers())),
        Quirk::ClaimsUnsent => error.with_sent(Sent::No),
        Quirk::NeverClaimsUnsent => error.with_sent(Sent::Maybe),
        Quirk::ConfusesKinds if kind == Other => changed(&error, Tls, "not HTTP"),
        Quirk::CallsEverythingAFailedConnection if kind != TooLarge => {
            changed(&error, Connect, "failed")
        }
        Quirk::HasNoFailedConnections if kind == Connect => changed(&error, Io, "failed"),
        _ => error,
    }
}

fn without_head(error: &TransportError) -> TransportError {
    TransportError::new(error.kind(), "the head is lost").with_sent(error.sent())
}

/// Returns the error with another kind and another cause.
fn changed(
    error: &TransportError,
    kind: TransportErrorKind,
    cause: impl Into<String>,
) -> TransportError {
    let changed = TransportError::new(kind, cause.into()).with_sent(error.sent());
    match (error.status(), error.headers()) {
        (Some(status), Some(headers)) => {
            let (mut head, ()) = Response::new(()).into_parts();
            (head.status, head.headers) = (status, headers.clone());
            changed.with_head(head)
        }
        _ => changed,
    }
}
