use std::{error::Error as StdError, fmt};

/// Writes an error and its causes on one line, outermost first.
///
/// A program that returns an error from `main` prints its `Debug`, so this is what people read.
pub(super) fn write_chain(
    error: &(dyn StdError + 'static),
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "{error}")?;
    let mut next = error.source();
    while let Some(cause) = next {
        write!(f, ": {cause}")?;
        next = cause.source();
    }
    Ok(())
}
