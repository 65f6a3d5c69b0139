use std::{fs, path::Path};

use crate::{reader::read, sources::relative};

/// The stages of the core, from left to right. Stages of one column do not use each other.
const COLUMNS: &[&[&str]] =
    &[&["domain", "port"], &["retry", "error"], &["wire"], &["call"], &["client"]];

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/clerk-core/src");

fn column(stage: &str) -> Option<usize> {
    COLUMNS.iter().position(|stages| stages.contains(&stage))
}

/// Returns `true` if a file of one stage may use another stage.
fn may_use(by: &str, of: &str) -> bool {
    by == of || (column(of).is_some() && column(by) > column(of))
}

/// Returns the stage of a file, or the name of a file outside all stages.
fn stage(file: &Path) -> String {
    let file = file.strip_prefix(SOURCES).unwrap();
    file.components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

#[test]
fn the_folders_of_the_core_are_its_stages() {
    let entries = fs::read_dir(SOURCES).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        entries.map(|path| stage(&path)).filter(|name| name != "lib.rs").collect();
    let mut stages: Vec<_> = COLUMNS.concat();
    found.sort();
    stages.sort_unstable();
    assert_eq!(found, stages);
}

#[test]
fn a_file_of_the_core_uses_only_its_own_stage_and_those_to_its_left() {
    let root = Path::new(SOURCES).join("lib.rs");
    let uses = read(&root).uses();
    assert!(uses.len() > 50, "the sources were not understood");
    // The root re-exports from all stages.
    let uses = uses.iter().filter(|usage| usage.by != root);
    let found: Vec<_> = uses
        .filter(|usage| !may_use(&stage(&usage.by), &stage(&usage.of)))
        .map(|usage| format!("{} uses {}", relative(&usage.by), relative(&usage.of)))
        .collect();
    assert!(found.is_empty(), "not to the left: {found:#?}");
}

#[test]
fn stages_use_only_those_to_their_left() {
    for (by, of) in [("wire", "domain"), ("wire", "wire"), ("wire", "error")] {
        assert!(may_use(by, of), "{by} and {of}");
    }
    for (by, of) in [("domain", "port"), ("retry", "error"), ("error", "wire"), ("wire", "lib.rs")]
    {
        assert!(!may_use(by, of), "{by} and {of}");
    }
}
