//! A support desk to copy: who impersonates whom, why, and until when.
//!
//! ```text
//! app ──► handlers ──► pages ──► desk ──► store ──► impersonation
//! ```
//!
//! - `app`: the routes, and what protects the pages. `engineer` knows who is there,
//! - `handlers`: from a form to a page,
//! - `pages`: HTML, and a page for each `failure`,
//! - `desk`: start and end, the only use of the client,
//! - `store`: the audit table, in SQLite,
//! - `impersonation`: a row of it, and what it says to Clerk.

mod app;
mod desk;
mod engineer;
mod failure;
mod handlers;
mod impersonation;
mod pages;
mod store;

pub use app::app;
pub use desk::Desk;
pub use engineer::SignIn;
pub use store::Store;
