#![doc = include_str!("../README.md")]

mod tokio_timer;

pub use tokio_timer::TokioTimer;
