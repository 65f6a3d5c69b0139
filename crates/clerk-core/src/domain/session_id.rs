use super::id::id;

id! {
    /// The id of a session, such as `sess_29w9CxhOvPQ4ZP6DSEWtPPZTfb1`.
    ///
    /// It is also the `sid` claim of the session's tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// let session_id: clerk_core::SessionId = "sess_1".parse()?;
    /// assert_eq!(session_id.as_str(), "sess_1");
    /// assert!("../users/user_1/ban?".parse::<clerk_core::SessionId>().is_err());
    /// # Ok::<(), clerk_core::InvalidInput>(())
    /// ```
    SessionId, "session_id"
}
