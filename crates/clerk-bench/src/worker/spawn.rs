use std::{
    env,
    process::{Command, Stdio},
};

use clerk_bench::BoxError;

use super::report::Report;
use crate::server::ServerProcess;

/// Runs a worker to completion and returns its report.
pub fn spawn(
    command: &str,
    driver: &str,
    options: &[&dyn ToString],
    server: &ServerProcess,
) -> Result<Report, BoxError> {
    let output = Command::new(env::current_exe()?)
        .args([command, driver])
        .args(options.iter().map(|option| option.to_string()))
        .args(server.to_args())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{command} {driver} failed: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
