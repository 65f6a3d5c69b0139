/// What a token is, as far as these checks need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A lifetime, `::`, or any other single character.
    Punctuation,
    /// A string or a character.
    Literal,
    Comment,
}

/// A token of Rust source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The byte at which it starts.
    pub(crate) start: usize,
}

/// Splits Rust source into its tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while !rest.is_empty() {
        let (kind, length) = first(rest);
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text, start: source.len() - rest.len() });
        rest = after.trim_start();
    }
    tokens
}

/// Returns the kind and the length of the first token.
fn first(source: &str) -> (Kind, usize) {
    if source.starts_with("//") {
        return (Kind::Comment, source.find('\n').unwrap_or(source.len()));
    }
    if source.starts_with("/*") {
        return (Kind::Comment, block_comment(source));
    }
    if let Some(length) = literal(source) {
        return (Kind::Literal, length);
    }
    match word(source) {
        0 if source.starts_with("::") => (Kind::Punctuation, 2),
        0 if source.starts_with('\'') => (Kind::Punctuation, 1 + word(&source[1..])),
        0 => (Kind::Punctuation, source.chars().next().map_or(0, char::len_utf8)),
        length => (Kind::Word, length),
    }
}

/// Returns the length of the word at the start, or 0.
fn word(source: &str) -> usize {
    source.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(source.len())
}

fn block_comment(source: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < source.len() {
        let rest = &source[at..];
        let (change, length) = match rest {
            _ if rest.starts_with("/*") => (1, 2),
            _ if rest.starts_with("*/") => (-1, 2),
            _ => (0, rest.chars().next().map_or(0, char::len_utf8)),
        };
        depth += change;
        at += length;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Returns the length of the literal at the start, if there is one.
fn literal(source: &str) -> Option<usize> {
    let prefix = source.find(|c| !matches!(c, 'b' | 'c' | 'r'))?;
    let (prefix, body) = source.split_at(prefix);
    let length = match prefix {
        "r" | "br" | "cr" => raw_string(body)?,
        "" | "b" | "c" if body.starts_with('"') => escaped(body, '"')?,
        "" | "b" if body.starts_with('\'') => character(body)?,
        _ => return None,
    };
    Some(prefix.len() + length)
}

fn raw_string(body: &str) -> Option<usize> {
    let hashes = body.find(|c| c != '#')?;
    let start = hashes + 1;
    let string = body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(start + string.find(&end)? + end.len())
}

/// Returns the length of a literal that ends with an unescaped `quote`, as it starts with one.
fn escaped(body: &str, quote: char) -> Option<usize> {
    let mut characters = body.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return Some(at + 1);
        }
    }
    None
}

/// Returns the length of a character literal, unless a lifetime starts here.
fn character(body: &str) -> Option<usize> {
    let mut characters = body.chars().skip(1);
    let (first, second) = (characters.next()?, characters.next()?);
    if first == '\\' || second == '\'' { escaped(body, '\'') } else { None }
}

#[test]
fn tokens_of_every_kind_are_told_apart() {
    let source = r##"
        use a::b; // c "d
        /* e /* f */ g */ let h: &'i str = "j\"k"; 'l'; '\''; b'm'; br#"n"o"#; r"p\";
    "##;
    let of = |kind| {
        let tokens = tokens(source).into_iter().filter(move |token| token.kind == kind);
        tokens.map(|token| token.text).collect::<Vec<_>>()
    };
    assert_eq!(of(Kind::Word), ["use", "a", "b", "let", "h", "str"]);
    assert_eq!(of(Kind::Comment), ["// c \"d", "/* e /* f */ g */"]);
    assert_eq!(
        of(Kind::Literal),
        [r#""j\"k""#, "'l'", r"'\''", "b'm'", r##"br#"n"o"#"##, r#"r"p\""#]
    );
    assert!(of(Kind::Punctuation).contains(&"::") && of(Kind::Punctuation).contains(&"'i"));
    for token in tokens(source) {
        assert!(source[token.start..].starts_with(token.text), "{token:?}");
    }
}
