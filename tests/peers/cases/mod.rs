//! The cases: servers, calls, and the outcomes that are allowed.

mod case;
mod haproxy;
mod nginx;
mod node;
mod squid;

pub(crate) use case::Case;

/// Returns the cases whose names begin with this.
pub(crate) fn cases(prefix: &str) -> Vec<Case> {
    let all = nginx::CASES.into_iter().chain(haproxy::CASES).chain(squid::CASES).chain(node::CASES);
    all.filter(|case| case.name.starts_with(prefix)).collect()
}
