use std::{collections::BTreeSet, process::Command};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// The members that each member depends on. Dev-dependencies do not count, since they do not reach
/// dependents.
const ARROWS: [(&str, &[&str]); 10] = [
    ("clerk-core", &[]),
    ("clerk-timer-tokio", &["clerk-core"]),
    ("clerk-transport-conformance", &["clerk-core"]),
    ("clerk-transport-hyper", &["clerk-core", "clerk-timer-tokio"]),
    ("clerk-transport-mock", &["clerk-core"]),
    ("clerk-transport-reqwest", &["clerk-core", "clerk-timer-tokio", "clerk-transport-tower"]),
    ("clerk-transport-tower", &["clerk-core"]),
    ("clerk-emulator", &[]),
    (
        "clerk-actor-tokens",
        &[
            "clerk-core",
            "clerk-timer-tokio",
            "clerk-transport-hyper",
            "clerk-transport-reqwest",
            "clerk-transport-tower",
        ],
    ),
    (
        "clerk-tests",
        &[
            "clerk-actor-tokens",
            "clerk-core",
            "clerk-emulator",
            "clerk-transport-conformance",
            "clerk-transport-hyper",
            "clerk-transport-mock",
            "clerk-transport-reqwest",
            "clerk-transport-tower",
        ],
    ),
];

/// HTTP clients, TLS and runtimes: what the core must not depend on, not even indirectly.
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

/// How many crates the core may consist of, with its dependencies. Build dependencies do not count.
const MAX_CORE_CRATES: usize = 25;
/// How many crates the client may consist of, with its dependencies and default features. The
/// feature `blocking` adds none.
const MAX_CLIENT_CRATES: usize = 65;
/// The same without HTTP/2 and without proxies.
const MAX_SMALL_CLIENT_CRATES: usize = 54;

pub(crate) fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new()
        .cargo_path(env!("CARGO"))
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap()
}

/// Returns the name and version of a package and of all its dependencies.
fn tree(package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(metadata().workspace_root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    // The rest of a line is the kind of the package and whether it was listed before.
    lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn dependencies_among(package: &Package, members: &BTreeSet<String>) -> BTreeSet<String> {
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
fn members_depend_on_exactly_these_members() {
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let names: BTreeSet<_> = members.iter().map(|package| package.name.to_string()).collect();
    let arrows: BTreeSet<_> = members
        .iter()
        .map(|package| (package.name.to_string(), dependencies_among(package, &names)))
        .collect();
    let expected =
        ARROWS.map(|(from, to)| (from.to_owned(), to.iter().map(ToString::to_string).collect()));
    assert_eq!(arrows, BTreeSet::from(expected));
}

#[test]
fn the_core_and_the_conformance_suite_have_no_http_client_no_tls_and_no_runtime() {
    for package in ["clerk-core", "clerk-transport-conformance"] {
        let tree = tree(package, &["--edges", "no-dev", "--target", "all", "--all-features"]);
        let names: BTreeSet<_> =
            tree.iter().filter_map(|package| package.split(' ').next()).collect();
        assert!(
            names.contains(package) && names.contains("http"),
            "the tree was not read: {names:?}"
        );
        assert_eq!(
            names.intersection(&NOT_IN_THE_CORE.into()).collect::<Vec<_>>(),
            Vec::<&&str>::new()
        );
    }
}

#[test]
fn packages_have_no_more_dependencies_than_promised() {
    let small = &["--no-default-features", "--features", "hyper,ring,webpki-roots"][..];
    for (package, features, max) in [
        ("clerk-core", &[][..], MAX_CORE_CRATES),
        ("clerk-actor-tokens", &[], MAX_CLIENT_CRATES),
        ("clerk-actor-tokens", &["--features", "blocking"], MAX_CLIENT_CRATES),
        ("clerk-actor-tokens", small, MAX_SMALL_CLIENT_CRATES),
    ] {
        // For a fixed platform, so that the count is the same everywhere.
        let platform = ["--edges", "normal", "--target", "x86_64-unknown-linux-gnu"];
        let tree = tree(package, &[&platform[..], features].concat());
        assert!(
            (2..=max).contains(&tree.len()),
            "{package} consists of {} crates: {tree:#?}",
            tree.len()
        );
    }
}

#[test]
fn all_members_but_the_tests_can_be_published() {
    for package in metadata().workspace_packages() {
        let may_be_published =
            package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
        assert_eq!(may_be_published, package.name != "clerk-tests", "{}", package.name);
    }
}
