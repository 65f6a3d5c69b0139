use std::fs;

use crate::packages::metadata;

/// Returns the name and the manifest of each member.
///
/// The metadata of cargo no longer shows where a value comes from.
fn manifests() -> Vec<(String, String)> {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    let read = |path| fs::read_to_string(path).unwrap();
    packages
        .iter()
        .map(|package| (package.name.to_string(), read(&package.manifest_path)))
        .collect()
}

/// Returns the lines of a manifest, each with the name of its table.
fn lines(manifest: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines =
        manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.scan("", |table, line| {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            *table = name;
        }
        Some((*table, line))
    })
}

#[test]
fn every_dependency_comes_from_the_workspace_table() {
    for (name, manifest) in manifests() {
        let mut dependencies = 0;
        for (table, line) in lines(&manifest) {
            let (_, last) = table.rsplit_once('.').unwrap_or(("", table));
            assert!(
                !table.contains("dependencies."),
                "{name}: a dependency takes a line, not a table: {table}"
            );
            if last.ends_with("dependencies") && line.contains('=') {
                assert!(line.contains("workspace = true"), "{name}: {line}");
                dependencies += 1;
            }
        }
        assert!(dependencies > 2, "{name}: the manifest was not understood");
    }
}

#[test]
fn every_member_has_the_workspace_lints_or_forbids_unsafe_code() {
    for (name, manifest) in manifests() {
        let expected = if name == "clerk-tests" {
            ("lints.rust", r#"unsafe_code = "forbid""#)
        } else {
            ("lints", "workspace = true")
        };
        assert!(lines(&manifest).any(|line| line == expected), "{name} lacks {expected:?}");
    }
}

#[test]
fn version_edition_and_license_come_from_the_workspace() {
    for (name, manifest) in manifests() {
        for key in ["version", "edition", "license"] {
            let expected = format!("{key}.workspace = true");
            assert!(
                lines(&manifest).any(|line| line == ("package", &expected)),
                "{name} lacks {expected}"
            );
        }
    }
}
