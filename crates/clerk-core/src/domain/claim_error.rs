use super::json_error::Position;

/// The error that [`Claims::get`](crate::Claims::get) returns for a claim of another type.
///
/// The message names the claim and never quotes its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("claim {name:?} does not match the requested type{position}")]
pub struct ClaimError {
    name: String,
    position: Position,
}

impl ClaimError {
    pub(super) fn new(name: &str, error: &serde_json::Error) -> Self {
        Self { name: name.to_owned(), position: Position::of(error) }
    }

    /// Returns the name of the claim.
    pub fn name(&self) -> &str {
        &self.name
    }
}
