//! The desk as a browser sees it, with an emulator of Clerk.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod browser;
mod desk;
mod doubt;
mod errors;
mod forms;
mod life;
mod program;
mod secrets;
