use std::fmt;

use serde_json::error::Category;

/// An error in JSON that should be an object.
///
/// The message of `serde_json` is not kept, because it quotes values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("invalid UTF-8{0}")]
    NotUtf8(Position),
    #[error("invalid JSON{0}")]
    Syntax(Position),
    #[error("unexpected end of JSON{0}")]
    UnexpectedEnd(Position),
    #[error("expected a JSON object")]
    NotAnObject,
}

impl JsonError {
    /// Creates the error for bytes that are not UTF-8.
    pub(crate) fn not_utf8(bytes: &[u8]) -> Self {
        let valid = bytes.utf8_chunks().next().map(|chunk| chunk.valid()).unwrap_or_default();
        let last_line = valid.rsplit('\n').next().unwrap_or_default();
        Self::NotUtf8(Position {
            line: valid.matches('\n').count() + 1,
            column: last_line.len() + 1,
        })
    }
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        let position = Position::of(&error);
        match error.classify() {
            Category::Io | Category::Syntax => Self::Syntax(position),
            Category::Eof => Self::UnexpectedEnd(position),
            Category::Data => Self::NotAnObject,
        }
    }
}

/// A position in JSON, with its preposition: " at line 1, column 8", or nothing if unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Starts at 1; 0 if unknown.
    line: usize,
    column: usize,
}

impl Position {
    pub(super) fn of(error: &serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column() }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        if *line == 0 { Ok(()) } else { write!(f, " at line {line}, column {column}") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::JsonError;

    #[test]
    fn invalid_utf8_has_a_position() {
        assert_eq!(JsonError::not_utf8(b"\xff").to_string(), "invalid UTF-8 at line 1, column 1");
        assert_eq!(
            JsonError::not_utf8(b"{\n \"a\xff\"}").to_string(),
            "invalid UTF-8 at line 2, column 4"
        );
    }

    #[test]
    fn syntax_errors_have_a_position() {
        for (json, message) in [
            (r#"{"a":canary}"#, "invalid JSON at line 1, column 6"),
            ("{\n\"canary\"}", "invalid JSON at line 2, column 9"),
            ("{\"a\":\"canary", "unexpected end of JSON at line 1, column 12"),
        ] {
            let error = serde_json::from_str::<Value>(json).unwrap_err();
            assert_eq!(JsonError::from(error).to_string(), message);
        }
    }
}
