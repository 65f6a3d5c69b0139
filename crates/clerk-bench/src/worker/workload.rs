use std::{fmt, str::FromStr};

use clerk_bench::BoxError;

/// The calls that a worker repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workload {
    /// One create.
    Create,
    /// A create and the revoke of its token.
    CreateAndRevoke,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::CreateAndRevoke => "create-and-revoke",
        })
    }
}

impl FromStr for Workload {
    type Err = BoxError;

    fn from_str(name: &str) -> Result<Self, BoxError> {
        match name {
            "create" => Ok(Self::Create),
            "create-and-revoke" => Ok(Self::CreateAndRevoke),
            _ => Err(format!("unknown workload {name:?}").into()),
        }
    }
}
