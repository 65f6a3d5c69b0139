use serde::{Deserialize, Serialize};

/// The heap allocations of one driver, as `bin/allocations.rs` prints them in JSON.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct AllocationReport {
    /// Of one create.
    pub create: PerCall,
    /// Of a create and the revoke of its token.
    pub create_and_revoke: PerCall,
}

/// The average allocations of one call.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct PerCall {
    /// The number of blocks.
    pub count: f64,
    /// Their total size in bytes.
    pub bytes: f64,
}
