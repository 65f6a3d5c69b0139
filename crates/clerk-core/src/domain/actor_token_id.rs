use super::id::id;

id! {
    /// Names an actor token, like `act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1`.
    ///
    /// The id in the answer to create is the only handle on a token: no endpoint lists them.
    ///
    /// ```
    /// let actor_token_id: clerk_core::ActorTokenId = "act_1".parse()?;
    /// assert_eq!(actor_token_id.as_str(), "act_1");
    /// assert!("../users/user_1/ban?".parse::<clerk_core::ActorTokenId>().is_err());
    /// # Ok::<(), clerk_core::InvalidInput>(())
    /// ```
    ActorTokenId, "actor_token_id"
}
