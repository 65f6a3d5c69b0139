use std::{fmt, str::FromStr};

use clerk_bench::BoxError;
use tokio::runtime::{Builder, Runtime};

/// The threads of a worker's runtime.
#[derive(Clone, Copy, Debug)]
pub enum Threads {
    /// A current-thread runtime.
    One,
    /// A thread for each core, as in `#[tokio::main]`.
    PerCore,
}

impl Threads {
    pub(super) fn runtime(self) -> Result<Runtime, BoxError> {
        let mut builder = match self {
            Self::One => Builder::new_current_thread(),
            Self::PerCore => Builder::new_multi_thread(),
        };
        Ok(builder.enable_all().build()?)
    }
}

impl fmt::Display for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "one",
            Self::PerCore => "per-core",
        })
    }
}

impl FromStr for Threads {
    type Err = BoxError;

    fn from_str(name: &str) -> Result<Self, BoxError> {
        match name {
            "one" => Ok(Self::One),
            "per-core" => Ok(Self::PerCore),
            _ => Err(format!("unknown thread count {name:?}; expected one or per-core").into()),
        }
    }
}
