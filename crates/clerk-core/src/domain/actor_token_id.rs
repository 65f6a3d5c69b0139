use super::id::id;

id! {
    /// The id of an actor token, such as `act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1`.
    ///
    /// Clerk returns it when it creates the token, and it is the only handle on that token: no
    /// endpoint lists actor tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// let actor_token_id: clerk_core::ActorTokenId = "act_1".parse()?;
    /// assert_eq!(actor_token_id.as_str(), "act_1");
    /// assert!("../users/user_1/ban?".parse::<clerk_core::ActorTokenId>().is_err());
    /// # Ok::<(), clerk_core::InvalidInput>(())
    /// ```
    ActorTokenId, "actor_token_id"
}
