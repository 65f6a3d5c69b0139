//! The ways of use, each built as the package of a user who depends on nothing else of ours.

use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

use clerk_emulator::{Emulator, TokenStatus};

/// Returns cargo for one of the packages under `ways`.
///
/// They are not members, so that nothing in this workspace helps them to build. Each gets a copy of
/// our lock file, so that it builds with the versions that we test with, and without the network.
fn command(subcommand: &str, way: &str) -> Command {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = tests.join("ways").join(way);
    fs::copy(tests.join("../Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command
        .args([subcommand, "--quiet", "--offline"])
        .current_dir(package)
        // Shared by all ways, and not the directory that the outer cargo has locked.
        .env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/ways"))
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
}

/// Runs cargo in one of these packages.
fn cargo(subcommand: &str, way: &str, set_up: impl FnOnce(&mut Command)) -> Output {
    let mut command = command(subcommand, way);
    set_up(&mut command);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{way}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn lines(output: Output) -> Vec<String> {
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Runs a program with an emulator, and returns what it printed and the id of the token that it
/// created and revoked.
fn run(way: &str) -> (Vec<String>, String) {
    let emulator = Emulator::start().unwrap();
    let output = cargo("run", way, |program| {
        program
            .env("CLERK_SECRET_KEY", emulator.secret_key())
            .env("CLERK_API_URL", emulator.base_url().trim_end_matches("/v1"))
            .env_remove("CLERK_API_VERSION");
    });
    let [token] = &emulator.tokens()[..] else {
        panic!("expected one token: {:?}", emulator.tokens())
    };
    assert_eq!(token.status, TokenStatus::Revoked);
    (lines(output), token.id.clone())
}

/// Returns what a program prints that creates a token and revokes it.
fn created_and_revoked(id: &str) -> [String; 2] {
    [
        format!(r#"{id} is pending for {{"sub":"user_support","audit_id":"audit_4711"}}"#),
        format!("{id} is revoked"),
    ]
}

#[test]
fn the_core_works_over_a_custom_transport_without_a_runtime() {
    let (lines, id) = run("core_only");
    assert_eq!(
        lines,
        [
            format!(r#"{id} is pending for {{"sub":"user_support","audit_id":"audit_4711"}}"#),
            format!("{id} is revoked"),
            "not pending: true".to_owned(),
        ]
    );
}

#[test]
fn the_mock_tests_a_service_without_a_network_or_a_runtime() {
    let output = lines(cargo("test", "mock", |_| ()));
    assert!(output.iter().any(|line| line.starts_with("test result: ok. 4 passed")), "{output:#?}");
}

#[test]
fn the_default_client_is_configured_by_the_environment_alone() {
    let (lines, id) = run("default");
    assert_eq!(lines, created_and_revoked(&id));
}

#[test]
fn the_blocking_client_needs_no_runtime_of_its_users() {
    let (lines, id) = run("blocking");
    assert_eq!(lines, created_and_revoked(&id));
}

#[test]
fn a_small_program_refuses_a_proxy_that_it_cannot_use() {
    let (lines, id) = run("small");
    assert_eq!(lines, created_and_revoked(&id));

    let emulator = Emulator::start().unwrap();
    let output = command("run", "small")
        .env("CLERK_SECRET_KEY", emulator.secret_key())
        .env("CLERK_API_URL", emulator.base_url())
        .env("HTTPS_PROXY", "http://canary:canary@127.0.0.1:1")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && emulator.requests() == 0, "{error}");
    assert!(error.contains("HTTPS_PROXY: set, but the feature `proxy` is disabled"), "{error}");
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn a_tower_stack_replaces_the_default_transport() {
    let (lines, id) = run("tower");
    assert_eq!(lines, created_and_revoked(&id));
}

#[test]
fn a_reqwest_builder_needs_a_tls_feature_for_https() {
    let (lines, id) = run("reqwest");
    let (mission, errors) = lines.split_at(2);
    assert_eq!(mission, created_and_revoked(&id));
    let [over_https, without_transport] = errors else { panic!("{errors:?}") };
    assert!(over_https.contains("enable a feature of reqwest"), "{over_https}");
    assert!(over_https.ends_with("1 attempt"), "{over_https}");
    assert_eq!(
        without_transport,
        "invalid setting transport: not set; set one, or enable the feature `hyper`"
    );
}

#[test]
fn a_transport_of_its_own_is_proved_by_the_conformance_suite() {
    let output = lines(cargo("test", "conformance", |_| ()));
    assert!(output.iter().any(|line| line.starts_with("test result: ok. 1 passed")), "{output:#?}");
}

#[test]
fn each_way_depends_on_nothing_else_of_ours() {
    for (way, ours) in [
        ("core_only", &["clerk-core"][..]),
        ("mock", &["clerk-actor-tokens", "clerk-transport-mock"]),
        ("default", &["clerk-actor-tokens"]),
        ("blocking", &["clerk-actor-tokens"]),
        ("small", &["clerk-actor-tokens"]),
        ("conformance", &["clerk-core", "clerk-transport-conformance"]),
        ("tower", &["clerk-actor-tokens"]),
        ("reqwest", &["clerk-actor-tokens"]),
    ] {
        let manifest =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("ways").join(way).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        let lines = manifest.lines().filter(|line| line.starts_with("clerk-"));
        let names: Vec<_> = lines.filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names, ours, "{way}");
    }
}
