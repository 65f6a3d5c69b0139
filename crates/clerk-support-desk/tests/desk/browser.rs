//! What a browser does with the desk.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header::CONTENT_TYPE},
};
use form_urlencoded::Serializer;
use tower_service::Service as _;

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    /// Returns what comes between two strings.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self.body.split_once(before).unwrap_or_else(|| panic!("{self:?}"));
        rest.split_once(after).unwrap_or_else(|| panic!("{self:?}")).0
    }

    /// Returns the link that signs in, if the page has one.
    pub(crate) fn link(&self) -> Option<&str> {
        self.body
            .contains("class=\"button\"")
            .then(|| self.between("class=\"button\" href=\"", "\""))
    }

    #[track_caller]
    pub(crate) fn shows(&self, status: u16, text: &str) {
        assert_eq!((self.status.as_u16(), self.body.contains(text)), (status, true), "{self:?}");
    }
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Page {
    let response = app.clone().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    let body = String::from_utf8(body).unwrap();
    // The style only makes failures hard to read.
    let body = body.rsplit("</style>").next().unwrap().to_owned();
    Page { status: head.status, headers: head.headers, body }
}

pub(crate) async fn overview(app: &Router) -> Page {
    send(app, Request::new(Body::empty())).await
}

pub(crate) fn form(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header("Sec-Fetch-Site", "same-origin");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(body.into()).unwrap()
}

/// Fills in the form of the first page.
pub(crate) async fn start(app: &Router, user_id: &str, reason: &str) -> Page {
    let page = overview(app).await;
    let form_id = page.between("name=\"form_id\" value=\"", "\"");
    let fields = [("form_id", form_id), ("user_id", user_id), ("reason", reason)];
    send(app, form("/", &fields)).await
}

/// Presses the first button that ends an impersonation.
pub(crate) async fn end(app: &Router) -> Page {
    let page = overview(app).await;
    let id = page.between("action=\"/impersonations/", "/end\"");
    send(app, form(&format!("/impersonations/{id}/end"), &[])).await
}
