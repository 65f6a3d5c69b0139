use std::error::Error as StdError;

/// An error that ends the program.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;
