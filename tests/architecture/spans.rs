use std::collections::BTreeSet;

use crate::{
    sources::{relative, rust_files},
    syntax::tokens_of_code,
    tokens::Kind,
};

fn names_tracing(source: &str) -> bool {
    tokens_of_code(source).iter().any(|token| token.kind == Kind::Word && token.text == "tracing")
}

#[test]
fn two_files_of_the_library_name_tracing() {
    let files = rust_files().into_iter().map(|(path, source)| (relative(&path), source));
    let files = files.filter(|(path, _)| path.starts_with("crates/") && path.contains("/src/"));
    // An application has a log of its own.
    let files = files.filter(|(path, _)| !path.starts_with("crates/clerk-support-desk/"));
    let found = files.filter(|(_, source)| names_tracing(source)).map(|(path, _)| path);
    let expected = ["clerk-actor-tokens/src/blocking/spans.rs", "clerk-core/src/call/spans.rs"];
    assert_eq!(
        found.collect::<BTreeSet<_>>(),
        expected.map(|path| format!("crates/{path}")).into()
    );
}

#[test]
fn only_code_names_tracing() {
    assert!(names_tracing("use tracing::Span;") && names_tracing("fn f() { tracing::info!(); }"));
    assert!(!names_tracing("// tracing\n#[cfg(feature = \"tracing\")] mod spans;"));
}
