//! The arrows: who may know whom, among the packages and, inside the core, among the stages of the
//! flow.

mod manifests;
mod packages;
mod stages;
