//! Pictures, in SVG. They follow the reader's color scheme, light or dark.

mod bars;
mod lines;
mod svg;

pub use bars::bars;
pub use lines::{Panel, Scale, lines};

use std::{fs, path::Path};

use clerk_bench::BoxError;

/// A picture, named after its file.
#[derive(Debug)]
pub struct Chart {
    name: &'static str,
    svg: String,
}

impl Chart {
    /// Writes the picture into a folder.
    pub fn write_to(&self, folder: &Path) -> Result<(), BoxError> {
        Ok(fs::write(folder.join(self.name).with_extension("svg"), &self.svg)?)
    }
}

/// The figures of one driver.
#[derive(Debug)]
pub struct Series {
    /// The driver's label in the tables.
    pub label: String,
    /// Whether it is the client that the picture is about.
    pub is_ours: bool,
    pub values: Vec<f64>,
}
