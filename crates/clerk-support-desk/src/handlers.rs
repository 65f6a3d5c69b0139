use axum::{
    BoxError, Form,
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;

use crate::{
    desk::Desk,
    engineer::Engineer,
    failure::Failure,
    impersonation::Wish,
    pages::{ended_page, overview_page, started_page},
};

/// The form on the first page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct StartForm {
    form_id: String,
    user_id: String,
    reason: String,
}

pub(crate) async fn overview(
    State(desk): State<Desk>,
    Engineer(engineer): Engineer,
) -> Result<Response, Failure> {
    Ok(overview_page(&engineer, &desk.overview().await?))
}

pub(crate) async fn start(
    State(desk): State<Desk>,
    Engineer(engineer): Engineer,
    Form(form): Form<StartForm>,
) -> Result<Response, Failure> {
    let reason = form.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Failure::NoReason);
    }
    let user_id = form.user_id.trim().parse().map_err(|_| Failure::InvalidUser)?;
    let wish = Wish { form_id: form.form_id, engineer, user_id, reason };
    let (impersonation, link) = to_the_end(async move { desk.start(wish).await }).await?;
    Ok(started_page(&impersonation, &link))
}

pub(crate) async fn end(
    State(desk): State<Desk>,
    Engineer(_): Engineer,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let ended = to_the_end(async move { desk.end(id).await }).await?;
    Ok(ended_page(&ended))
}

/// Runs to the end even if the browser goes away, so that no create is left half done.
async fn to_the_end<T: Send + 'static>(
    task: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    tokio::spawn(task).await.map_err(BoxError::from)?
}
