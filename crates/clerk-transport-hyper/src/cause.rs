use std::{error::Error as StdError, io};

/// Finds an error of type `E` in a chain of causes, the error itself included.
///
/// It also looks at what an I/O error wraps, which `source` skips.
pub(crate) fn find_cause<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{find_cause, io};

    #[test]
    fn a_cause_is_found_however_deeply_it_is_wrapped() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, alert));
        assert!(find_cause::<rustls::Error>(&wrapped).is_some());
        assert!(find_cause::<hyper::Error>(&wrapped).is_none());
    }
}
