use super::id::id;

id! {
    /// The id of a user, such as `user_29w83sxmDNGwOuEthce5gg56FcC`.
    ///
    /// # Examples
    ///
    /// ```
    /// let user_id = clerk_core::UserId::new("user_1")?;
    /// assert_eq!(user_id.to_string(), "user_1");
    /// assert!(clerk_core::UserId::new("../user_1").is_err());
    /// # Ok::<(), clerk_core::InvalidInput>(())
    /// ```
    UserId, "user_id"
}
