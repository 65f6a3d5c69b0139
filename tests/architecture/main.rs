//! Which package, stage and file may use which other, and how all sources are written.

mod cycles;
mod docs;
mod examples;
mod manifests;
mod modules;
mod packages;
mod reader;
mod sources;
mod spans;
mod stages;
mod syntax;
mod tokens;
mod use_tree;
mod widths;
