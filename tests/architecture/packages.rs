//! The packages, as cargo sees them.

use std::{collections::BTreeSet, process::Command};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// What each member depends on among ours; dev-dependencies aside, which reach nobody who depends
/// on us.
const ARROWS: [(&str, &[&str]); 7] = [
    ("clerk-core", &[]),
    ("clerk-timer-tokio", &["clerk-core"]),
    ("clerk-transport-hyper", &["clerk-core", "clerk-timer-tokio"]),
    ("clerk-transport-mock", &["clerk-core"]),
    ("clerk-emulator", &[]),
    ("clerk-actor-tokens", &["clerk-core", "clerk-transport-hyper"]),
    (
        "clerk-tests",
        &[
            "clerk-actor-tokens",
            "clerk-core",
            "clerk-emulator",
            "clerk-transport-hyper",
            "clerk-transport-mock",
        ],
    ),
];

/// What the core must not know, however far away: HTTP clients, TLS, runtimes.
const NOT_IN_THE_CORE: [&str; 10] = [
    "async-std",
    "h2",
    "hyper",
    "hyper-util",
    "native-tls",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "tokio",
];

/// How many crates the core may bring in, itself included. What only build scripts need is not
/// counted.
const CORE_CRATES: usize = 25;
/// How many crates the client may bring in, with default features.
const CLIENT_CRATES: usize = 67;

pub(crate) fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new()
        .cargo_path(env!("CARGO"))
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap()
}

/// Gives every package that `package` brings in, itself included, by name and version.
fn tree(package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(metadata().workspace_root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    // The rest of a line says what kind of package it is and whether it was listed before.
    lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn ours(package: &Package, members: &BTreeSet<String>) -> BTreeSet<String> {
    let dependencies = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development);
    dependencies
        .map(|dependency| dependency.name.clone())
        .filter(|name| members.contains(name))
        .collect()
}

#[test]
fn the_arrows_between_our_packages_are_these_and_no_others() {
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let names: BTreeSet<_> = members.iter().map(|package| package.name.to_string()).collect();
    let arrows: BTreeSet<_> =
        members.iter().map(|package| (package.name.to_string(), ours(package, &names))).collect();
    let expected =
        ARROWS.map(|(from, to)| (from.to_owned(), to.iter().map(ToString::to_string).collect()));
    assert_eq!(arrows, BTreeSet::from(expected));
}

#[test]
fn the_core_knows_no_http_client_no_tls_and_no_runtime_on_any_platform_with_any_feature() {
    let tree = tree("clerk-core", &["--edges", "no-dev", "--target", "all", "--all-features"]);
    let names: BTreeSet<_> = tree.iter().filter_map(|package| package.split(' ').next()).collect();
    assert!(names.contains("clerk-core") && names.contains("http"), "the tree was read: {names:?}");
    assert_eq!(
        names.intersection(&NOT_IN_THE_CORE.into()).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
}

#[test]
fn nobody_gets_more_crates_than_we_promise() {
    for (package, most) in [("clerk-core", CORE_CRATES), ("clerk-actor-tokens", CLIENT_CRATES)] {
        // On one platform, so that the count is the same wherever it is made.
        let tree = tree(package, &["--edges", "normal", "--target", "x86_64-unknown-linux-gnu"]);
        assert!(
            (2..=most).contains(&tree.len()),
            "{package} brings in {} crates: {tree:#?}",
            tree.len()
        );
    }
}

#[test]
fn everything_but_the_tests_can_be_published() {
    for package in metadata().workspace_packages() {
        let may_be_published =
            package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
        assert_eq!(may_be_published, package.name != "clerk-tests", "{}", package.name);
    }
}
