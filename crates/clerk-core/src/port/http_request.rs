use super::{Attempt, Body, SendProgress};

/// A request as the core hands it to a transport: the URI is absolute, every header but `Host` is
/// set, and the body is complete.
///
/// An [`Attempt`] travels with its body. Ask for it before the body is taken out of the request:
/// [`into_parts`](http::Request::into_parts) and [`map`](http::Request::map) separate the two.
pub type HttpRequest = http::Request<Body>;

impl Attempt {
    /// Attaches this attempt to a request, in place of an earlier one.
    pub fn attach(self, request: &mut HttpRequest) {
        request.body_mut().attempt = Some(self);
    }

    /// Returns the attempt that a request belongs to, if it has one: in its body, or else in its
    /// extensions, where a layer may have moved it.
    pub fn of(request: &HttpRequest) -> Option<&Self> {
        request.body().attempt.as_ref().or_else(|| request.extensions().get())
    }
}

impl SendProgress {
    /// Returns the send progress of a request, or one that nobody reads if there is no [`Attempt`].
    pub fn of(request: &HttpRequest) -> Self {
        Attempt::of(request).map(Attempt::progress).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, HttpRequest, SendProgress};
    use crate::port::Sent;

    #[test]
    fn an_attempt_is_found_in_the_body_and_in_the_extensions() {
        let mut request = HttpRequest::default();
        assert!(Attempt::of(&request).is_none());
        request.extensions_mut().insert(Attempt::new("moved", 1, None));
        assert_eq!(Attempt::of(&request).unwrap().operation(), "moved");
        Attempt::new("attached", 2, None).attach(&mut request);
        let attempt = Attempt::of(&request).unwrap();
        assert_eq!((attempt.operation(), attempt.number(), attempt.limit()), ("attached", 2, None));
    }

    #[test]
    fn marks_reach_the_attempt_that_was_attached() {
        let mut request = HttpRequest::default();
        let attempt = Attempt::new("operation", 1, None);
        attempt.clone().attach(&mut request);
        SendProgress::of(&request).mark_not_written();
        assert_eq!(attempt.progress().sent(), Sent::No);
        SendProgress::of(&request).mark_written();
        assert_eq!(attempt.progress().sent(), Sent::Maybe);
    }

    #[test]
    fn without_an_attempt_marks_have_no_effect() {
        let request = HttpRequest::default();
        SendProgress::of(&request).mark_not_written();
        assert_eq!(SendProgress::of(&request).sent(), Sent::Maybe);
    }
}
