//! The pages. Whatever is spliced into one is escaped by `maud`.

mod ended;
mod failure;
mod layout;
mod overview;
mod started;

pub(crate) use ended::ended_page;
pub(crate) use overview::overview_page;
pub(crate) use started::started_page;
