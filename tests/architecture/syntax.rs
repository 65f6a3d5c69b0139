use crate::tokens::{Kind, Token, tokens};

/// Returns the tokens of some source, comments aside.
pub(crate) fn tokens_of_code(source: &str) -> Vec<Token<'_>> {
    let mut tokens = tokens(source);
    tokens.retain(|token| token.kind != Kind::Comment);
    tokens
}

/// Returns `true` if the tokens at this position have these texts.
pub(crate) fn matches(tokens: &[Token<'_>], at: usize, texts: &[&str]) -> bool {
    let tokens = tokens.iter().skip(at).map(|token| token.text);
    tokens.take(texts.len()).eq(texts.iter().copied())
}

/// Returns the position of the next token with this text, or the end.
pub(crate) fn position(tokens: &[Token<'_>], from: usize, text: &str) -> usize {
    let found = tokens.iter().skip(from).position(|token| token.text == text);
    found.map_or(tokens.len(), |at| from + at)
}

/// Returns the position of the brace that closes the one at `open`, or the end.
pub(crate) fn closing_brace(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" if depth == 1 => return at,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Returns the position at which the item that begins at `start` ends.
pub(crate) fn end_of_item(tokens: &[Token<'_>], start: usize) -> usize {
    let (semicolon, brace) = (position(tokens, start, ";"), position(tokens, start, "{"));
    if semicolon < brace { semicolon } else { closing_brace(tokens, brace) }
}

/// Returns `true` if the token at this position follows a visibility: `pub` or `pub(…)`.
pub(crate) fn is_public(tokens: &[Token<'_>], at: usize) -> bool {
    let before = &tokens[..at];
    match before.last().map(|token| token.text) {
        Some("pub") => true,
        Some(")") => {
            let open = before.iter().rposition(|token| token.text == "(");
            open.is_some_and(|open| open > 0 && before[open - 1].text == "pub")
        }
        _ => false,
    }
}
