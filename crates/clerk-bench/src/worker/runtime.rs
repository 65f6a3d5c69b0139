use clerk_bench::BoxError;
use tokio::runtime::{Builder, Runtime};

