use crate::{
    sources::{relative, rust_files},
    tokens::tokens,
};

/// Words that no documentation begins with: a type is described by a noun phrase, and a function by
/// a more precise verb.
const BANNED: [&str; 6] = ["Gives ", "Holds ", "Is ", "Says ", "Takes ", "Tells "];

/// Returns the first line of each piece of documentation that begins with a banned word.
fn banned_first_lines(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut previous = None;
    for token in tokens(source) {
        let (marker, line) = doc_line(token.text).unzip();
        let is_banned = |line: &&str| BANNED.iter().any(|word| line.starts_with(word));
        if marker != previous {
            found.extend(line.filter(is_banned));
        }
        previous = marker;
    }
    found
}

/// Splits a doc comment into its marker and its text.
fn doc_line(token: &str) -> Option<(&str, &str)> {
    let is_doc =
        (token.starts_with("///") && !token.starts_with("////")) || token.starts_with("//!");
    is_doc.then(|| token.split_at(3)).map(|(marker, line)| (marker, line.trim_start()))
}

#[test]
fn no_documentation_begins_with_a_vague_verb() {
    let mut found = Vec::new();
    for (path, source) in rust_files() {
        let lines = banned_first_lines(&source).into_iter();
        found.extend(lines.map(|line| format!("{}: {line}", relative(&path))));
    }
    found.sort();
    assert!(found.is_empty(), "{} first lines: {found:#?}", found.len());
}

#[test]
fn a_planted_vague_verb_is_found() {
    let source = "//! Holds all.\n\n/// Is a type.\n/// Is more of it.\nstruct A;\n/// A type.\n/// Is more.\nstruct B { /// Says it.\n b: u8 }\n// Is a comment.\nlet c = \"/// Is a string.\";\n/// Issues a token.";
    assert_eq!(banned_first_lines(source), ["Holds all.", "Is a type.", "Says it."]);
}
