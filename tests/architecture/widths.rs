use crate::{
    sources::{relative, rust_files},
    tokens::{Kind, tokens},
};

const MAX_WIDTH: usize = 100;

/// Returns the numbers of the lines that are too wide, string literals, tables and links aside.
fn wide_lines(source: &str) -> Vec<usize> {
    let code = without_literals(source);
    let (mut wide, mut example) = (Vec::new(), None::<Vec<(usize, &str)>>);
    for (number, line) in (1..).zip(code.lines()) {
        let is_doc = line.trim_start().starts_with("///") || line.trim_start().starts_with("//!");
        let is_fence = is_doc && line.contains("```");
        let was_in_example = example.is_some();
        let ended = example.take_if(|_| is_fence || !is_doc);
        wide.extend(ended.iter().flat_map(|lines| wide_lines_of_example(lines)));
        match &mut example {
            Some(lines) => lines.push((number, line)),
            None if is_wide(line) => wide.push(number),
            None => {}
        }
        if is_fence && !was_in_example {
            example = Some(Vec::new());
        }
    }
    wide.extend(example.iter().flat_map(|lines| wide_lines_of_example(lines)));
    wide
}

/// Returns the numbers of the lines that are too wide in an example of the documentation, whose
/// string literals do not count either.
fn wide_lines_of_example(lines: &[(usize, &str)]) -> Vec<usize> {
    let split = |line| str::split_at_checked(line, line.find("//").unwrap_or(0) + 3);
    let (markers, code): (Vec<_>, Vec<_>) =
        lines.iter().map(|(_, line)| split(line).unwrap_or((line, ""))).unzip();
    let code = without_literals(&code.join("\n"));
    let numbers = lines.iter().map(|(number, _)| *number);
    let joined =
        markers.iter().zip(code.split('\n')).map(|(marker, line)| format!("{marker}{line}"));
    numbers.zip(joined).filter(|(_, line)| is_wide(line)).map(|(number, _)| number).collect()
}

/// Removes string literals, but for their line breaks.
fn without_literals(source: &str) -> String {
    let mut rest = source.to_owned();
    // From the end, so that what comes before keeps its place.
    for token in tokens(source).iter().rev().filter(|token| token.kind == Kind::Literal) {
        let breaks = "\n".repeat(token.text.matches('\n').count());
        rest.replace_range(token.start..token.start + token.text.len(), &breaks);
    }
    rest
}

fn is_wide(line: &str) -> bool {
    let (code, comment) = line.split_at(line.find("//").unwrap_or(line.len()));
    let is_table = comment.trim_start_matches(['/', '!', ' ']).starts_with('|');
    let is_link = |word: &&str| word.contains("://") || word.contains("](") || word.contains("]:");
    let comment: Vec<_> = comment.split(' ').filter(|word| !is_link(word)).collect();
    !is_table && code.chars().count() + comment.join(" ").chars().count() > MAX_WIDTH
}

#[test]
fn no_line_is_wider_than_100_columns() {
    let mut found = Vec::new();
    for (path, source) in rust_files() {
        let numbers = wide_lines(&source).into_iter();
        found.extend(numbers.map(|number| format!("{}:{number}", relative(&path))));
    }
    found.sort();
    assert!(found.is_empty(), "{} lines: {found:#?}", found.len());
}

#[test]
fn a_planted_wide_line_is_found() {
    let wide = "x".repeat(101);
    for line in [
        wide.clone(),
        format!("// {wide}"),
        format!("//! {wide}"),
        format!("\"\"; {wide}"),
        format!("/// ```\n/// {wide}"),
        format!("/// ```\n/// \"a\n/// b\"; {wide}\n/// ```"),
    ] {
        assert_eq!(wide_lines(&line).len(), 1, "{line}");
    }
    for line in [
        "ü".repeat(100),
        format!("let a = \"{wide}\";"),
        format!("let a = r#\"\n{wide}\"#;"),
        format!("//! see https://{wide}"),
        format!("/// [a](https://{wide})"),
        format!("/// | {wide} | a |"),
        format!("/// ```\n/// let a = \"{wide}\n/// {wide}\";\n/// ```"),
    ] {
        assert_eq!(wide_lines(&line), Vec::<usize>::new(), "{line}");
    }
    assert_eq!(wide_lines(&format!("\"a\nb\";\n{wide}")), [3]);
}
