use std::fs;

use crate::sources::{ROOT, relative, rust_files};

/// Pages whose examples people copy, besides those in doc comments and in `examples`.
const PAGES: [&str; 4] = [
    "README.md",
    "crates/clerk-core/README.md",
    "crates/clerk-transport-mock/README.md",
    "docs/impersonation.md",
];

/// Returns the actors to which an example adds no id of its own: how each one goes on.
fn anonymous_actors(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for actor in text.split("Actor::new(").skip(1) {
        let statement = actor.split(';').next().unwrap_or_default();
        if !statement.contains(".with_claim(\"audit_id\"") {
            found.push(actor.lines().next().unwrap_or_default());
        }
    }
    found
}

/// Returns the examples in a Rust file.
fn examples(path: &str, source: &str) -> String {
    if path.contains("/examples/") {
        return source.to_owned();
    }
    let lines = source.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with("///") || line.starts_with("//!"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_example_puts_an_id_of_its_own_into_the_actor() {
    let files = rust_files().into_iter().map(|(path, source)| (relative(&path), source));
    let files = files.filter(|(path, _)| path.starts_with("crates/"));
    let mut texts: Vec<_> = files.map(|(path, source)| (examples(&path, &source), path)).collect();
    for page in PAGES {
        texts.push((fs::read_to_string(format!("{ROOT}/{page}")).unwrap(), page.to_owned()));
    }
    let actors: usize = texts.iter().map(|(text, _)| text.matches("Actor::new(").count()).sum();
    assert!(actors > 10, "most of the examples were not found");
    for (text, path) in &texts {
        assert_eq!(anonymous_actors(text), [""; 0], "{path}");
    }
}

#[test]
fn a_planted_anonymous_actor_is_found() {
    let named = "let actor = Actor::new(name)?\n    .with_claim(\"audit_id\", 1)?;";
    let text = format!("{named}\nlet actor = Actor::new(\"a\")?;\n{named}");
    assert_eq!(anonymous_actors(&text), ["\"a\")?;"]);
}
