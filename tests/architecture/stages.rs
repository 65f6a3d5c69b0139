//! The stages inside the core, read from its source: each knows only those to its left.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The flow, from left to right. Stages of one column do not know each other.
const COLUMNS: [&[&str]; 5] =
    [&["domain", "port"], &["retry", "error"], &["wire"], &["call"], &["client"]];

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/clerk-core/src");

fn column(stage: &str) -> Option<usize> {
    COLUMNS.iter().position(|stages| stages.contains(&stage))
}

/// Tells whether a file of `from` may name something of `to`.
fn may_know(from: &str, to: &str) -> bool {
    from == to || column(from) > column(to)
}

/// Takes comments out, line by line: links of the documentation may lead anywhere.
fn without_comments(source: &str) -> String {
    source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Gives the first name of each path after `prefix`: `a` and `b` for `crate::{a::X, b}`, and for
/// `crate::a::X` with `crate::b`.
fn names_after(source: &str, prefix: &str) -> Vec<String> {
    let paths = source.match_indices(prefix).map(|(at, _)| &source[at + prefix.len()..]);
    paths
        .flat_map(|path| match path.strip_prefix('{') {
            Some(list) => first_names(list),
            None => vec![first_name(path)],
        })
        .collect()
}

/// Gives the first name of each path in a list, up to the brace that closes it.
fn first_names(list: &str) -> Vec<String> {
    let mut names = vec![first_name(list)];
    let mut depth = 1;
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(first_name(&list[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    path.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

/// Gives the stage of each name that the root of the crate re-exports: `InvalidInput` is of
/// `domain`.
fn exports() -> BTreeMap<String, String> {
    let root = without_comments(&fs::read_to_string(format!("{SOURCES}/lib.rs")).unwrap());
    let of = |stage: &'static str| {
        let names = names_after(&root, &format!("pub use {stage}::"));
        names.into_iter().map(move |name| (name, stage.to_owned()))
    };
    COLUMNS.concat().into_iter().flat_map(of).collect()
}

/// Gives the source files of a stage.
fn files(stage: &Path) -> Vec<PathBuf> {
    fs::read_dir(stage).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_folders_of_the_core_are_its_stages() {
    let mut found: Vec<_> = files(Path::new(SOURCES))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "lib.rs")
        .collect();
    let mut stages: Vec<_> = COLUMNS.concat();
    found.sort();
    stages.sort_unstable();
    assert_eq!(found, stages);
}

#[test]
fn a_file_of_the_core_imports_only_from_its_own_stage_and_those_to_its_left() {
    let exports = exports();
    let mut imports = 0;
    for stage in COLUMNS.concat() {
        for file in files(&Path::new(SOURCES).join(stage)) {
            let source = without_comments(&fs::read_to_string(&file).unwrap());
            for name in names_after(&source, "crate::") {
                let known = exports.get(&name).map_or(&*name, String::as_str);
                assert!(column(known).is_some(), "{}: what is `crate::{name}`?", file.display());
                assert!(
                    may_know(stage, known),
                    "{}: `{stage}` must not know `{known}`",
                    file.display()
                );
                imports += 1;
            }
        }
    }
    assert!(imports > 20, "the sources were not understood");
}

#[test]
fn no_file_of_the_core_leaves_its_stage_by_way_of_super() {
    for stage in COLUMNS.concat() {
        for file in files(&Path::new(SOURCES).join(stage)) {
            let source = without_comments(&fs::read_to_string(&file).unwrap());
            // Up from a file is its stage, and up from the stage's own file is out. Tests are one
            // further in.
            let (code, tests) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
            let out = if file.ends_with("mod.rs") { "super::" } else { "super::super::" };
            assert!(!code.contains(out), "{}", file.display());
            assert!(!tests.contains(&format!("super::{out}")), "{}", file.display());
        }
    }
}

#[test]
fn imports_are_understood_however_they_are_written() {
    for (source, names) in [
        ("use crate::domain::X;", &["domain"][..]),
        ("use crate::{domain, port::{Y, Z}, retry};", &["domain", "port", "retry"]),
        (
            "use crate::{\n    domain::{\n        A, B,\n    },\n    error::Misfit,\n};\nlet x = 1;",
            &["domain", "error"],
        ),
        (
            "fn f(x: crate::InvalidInput) -> crate::domain::id::Y { crate::wire::z(a, b) }",
            &["InvalidInput", "domain", "wire"],
        ),
        ("crate::wire", &["wire"]),
    ] {
        assert_eq!(names_after(source, "crate::"), names, "{source}");
    }
    assert!(may_know("wire", "domain") && may_know("wire", "wire") && may_know("call", "wire"));
    assert!(
        !may_know("domain", "port") && !may_know("retry", "error") && !may_know("wire", "call")
    );
    assert_eq!(without_comments("a // crate::b\n/// crate::c\nd"), "a \n\nd");
}
