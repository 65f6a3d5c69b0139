use std::collections::HashSet;

/// The users who exist.
#[derive(Debug, Default)]
pub(crate) struct Users {
    /// `None` if every user exists.
    known: Option<HashSet<String>>,
    deleted: HashSet<String>,
}

impl Users {
    pub(crate) fn new(known: Option<HashSet<String>>) -> Self {
        Self { known, deleted: HashSet::new() }
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.known.as_ref().is_none_or(|known| known.contains(id)) && !self.deleted.contains(id)
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.deleted.insert(id.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_exists_unless_some_are_listed() {
        assert!(Users::default().contains("user_1"));
        let listed = Users::new(Some(HashSet::from(["user_1".to_owned()])));
        assert!(listed.contains("user_1") && !listed.contains("user_2"));
    }

    #[test]
    fn a_deleted_user_does_not_exist() {
        let mut users = Users::default();
        users.delete("user_1");
        assert!(!users.contains("user_1") && users.contains("user_2"));
    }
}
