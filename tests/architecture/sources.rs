use std::{
    fs,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Returns a path as it is seen from the root of the repository.
pub(crate) fn relative(path: &Path) -> String {
    let root = fs::canonicalize(ROOT).unwrap();
    let path = fs::canonicalize(path).unwrap();
    path.strip_prefix(&root).unwrap_or(&path).display().to_string()
}

/// Returns every Rust file of the repository, with its source.
pub(crate) fn rust_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // What is built or downloaded is not ours.
            let is_ours = !name.starts_with(['.', '_'])
                && !name.starts_with("target")
                && !["node_modules", "mutants.out"].contains(&&*name);
            if path.is_dir() && is_ours {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                files.push((path, source));
            }
        }
    }
    assert!(files.len() > 100, "most of the sources were not found");
    files
}
