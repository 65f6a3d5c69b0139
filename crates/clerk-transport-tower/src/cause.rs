use std::{error::Error as StdError, io, iter::successors};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Returns an error and its causes.
///
/// It also looks at what an I/O error wraps, which `source` skips.
pub(crate) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |&error: &&'a (dyn StdError + 'static)| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{causes, io};

    #[test]
    fn what_an_io_error_wraps_is_a_cause() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, refused));
        let kinds: Vec<_> = causes(&wrapped)
            .filter_map(|cause| cause.downcast_ref().map(io::Error::kind))
            .collect();
        assert_eq!(
            kinds,
            [io::ErrorKind::Other, io::ErrorKind::InvalidData, io::ErrorKind::ConnectionRefused]
        );
    }
}
