/// An operation on actor tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Revoke,
}

impl Operation {
    pub const BOTH: [Self; 2] = [Self::Create, Self::Revoke];
}
