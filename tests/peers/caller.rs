use std::{path::Path, sync::Arc, time::Duration};

use clerk_actor_tokens::{Clerk, SecretKey};
use clerk_tests::client::command;
use clerk_transport_hyper::{
    HyperTransport,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, pem::PemObject as _},
    },
};
use tokio::{runtime::Runtime, task::JoinSet, time::sleep};

use crate::{box_error::BoxError, outcome::Outcome};

/// The difference between the longest and the shortest pause, in milliseconds.
const SPREAD: u64 = 10;

/// Makes the calls of a [`Load`](crate::load::Load) and prints their outcomes, one a line.
pub(crate) fn call(args: &[&str]) -> Result<(), BoxError> {
    let [base_url, identity, rounds, at_once, in_a_row, pause] = args else {
        return Err("usage: peers call BASE_URL IDENTITY ROUNDS AT_ONCE IN_A_ROW PAUSE".into());
    };
    let clerk = Clerk::builder(SecretKey::new("sk_test_1")?)
        .base_url(*base_url)
        .transport(transport(Path::new(identity))?)
        .build()?;
    let (at_once, in_a_row) = (at_once.parse()?, in_a_row.parse()?);
    let (rounds, pause): (usize, u64) = (rounds.parse()?, pause.parse()?);
    Runtime::new()?.block_on(async {
        for number in 0..rounds {
            if number > 0 {
                let pause = pause.saturating_sub(fastrand::u64(..SPREAD));
                sleep(Duration::from_millis(pause)).await;
            }
            for outcome in round(&clerk, number, at_once, in_a_row).await {
                println!("{outcome}");
            }
        }
    });
    Ok(())
}

/// Makes calls, as many at once and in a row, and returns their outcomes.
async fn round(clerk: &Clerk, number: usize, at_once: usize, in_a_row: usize) -> Vec<Outcome> {
    let mut tasks = JoinSet::new();
    for task in 0..at_once {
        let clerk = clerk.clone();
        tasks.spawn(async move {
            let mut outcomes = Vec::with_capacity(in_a_row);
            for call in 0..in_a_row {
                let name = format!("r{number}t{task}c{call}");
                let result = clerk.actor_tokens().create(command(&name)).await;
                outcomes.push(Outcome::new(name, result));
            }
            outcomes
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// Returns the default transport, except that it trusts only this certificate.
fn transport(identity: &Path) -> Result<HyperTransport, BoxError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(identity)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(HyperTransport::builder().tls_config(config).build()?)
}
