use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use http::StatusCode;

use crate::domain::ActorTokenId;

/// What is known about every call that failed, whatever the stage.
#[derive(Debug, Default)]
pub(crate) struct Stamp {
    pub(crate) status: Option<StatusCode>,
    pub(crate) trace_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) actor_token_id: Option<ActorTokenId>,
    /// How many attempts there were; the use case counts them.
    pub(crate) attempts: u32,
    /// The last attempt or an earlier one may have taken effect; the use case decides it.
    pub(crate) ambiguous: bool,
}

impl fmt::Display for Stamp {
    /// Writes what follows the stage's own sentence, if anything is to be said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts > 1 {
            write!(f, " (after {} attempts)", self.attempts)?;
        }
        if self.ambiguous {
            f.write_str("; the request may have taken effect")?;
        }
        if let Some(id) = &self.actor_token_id {
            write!(f, "; the answer names {id}")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; the server asks to wait for {wait:?}")?;
        }
        if let Some(trace_id) = &self.trace_id {
            write!(f, "; trace id {}", Quoted(trace_id))?;
        }
        Ok(())
    }
}

/// Shows text that a server wrote: on one line, and not without end.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LONGEST) {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        if characters.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Quoted, Stamp};

    #[test]
    fn a_stamp_says_only_what_is_worth_saying() {
        assert_eq!(Stamp { attempts: 1, ..Stamp::default() }.to_string(), "");
        let stamp = Stamp {
            attempts: 2,
            ambiguous: true,
            actor_token_id: Some("act_1".parse().unwrap()),
            trace_id: Some("abc".to_owned()),
            retry_after: Some(Duration::from_secs(120)),
            ..Stamp::default()
        };
        assert_eq!(
            stamp.to_string(),
            " (after 2 attempts); the request may have taken effect; the answer names act_1; the server asks to wait for 120s; trace id abc"
        );
    }

    #[test]
    fn what_a_server_wrote_is_kept_to_one_line_and_cut() {
        assert_eq!(Quoted("a\nb\u{1b}[31mü").to_string(), "a\\nb\\u{1b}[31mü");
        assert_eq!(Quoted(&"ü".repeat(200)).to_string(), "ü".repeat(200));
        assert_eq!(Quoted(&"ü".repeat(201)).to_string(), "ü".repeat(200) + "…");
    }
}
