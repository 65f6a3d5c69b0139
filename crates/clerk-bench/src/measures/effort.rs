/// How much time to spend on noisy figures.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// The number of rounds. Each driver has one turn in each round.
    pub rounds: usize,
    /// The length of a turn under load, in milliseconds.
    pub turn_millis: u64,
}

impl Effort {
    /// For figures to publish.
    pub const FULL: Self = Self { rounds: 9, turn_millis: 400 };

    /// To check that the benchmark works.
    pub const QUICK: Self = Self { rounds: 3, turn_millis: 150 };
}
