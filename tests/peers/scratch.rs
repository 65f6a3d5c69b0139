use std::{
    env, fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::box_error::BoxError;

/// A folder for the files of one case, with a certificate for 127.0.0.1. Removed when dropped.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    pub(crate) fn new() -> Result<Self, BoxError> {
        let folder = env::temp_dir().join(format!("clerk-peers-{}", process::id()));
        fs::create_dir(&folder)?;
        let scratch = Self { folder };
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([Ipv4Addr::LOCALHOST.to_string()])?;
        fs::write(scratch.identity(), cert.pem() + &signing_key.serialize_pem())?;
        Ok(scratch)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the file with the certificate, which signs itself, and its key.
    pub(crate) fn identity(&self) -> PathBuf {
        self.file("identity.pem")
    }

    /// Returns the path of the file with this name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, contents: &str) -> Result<PathBuf, BoxError> {
        let path = self.file(name);
        fs::write(&path, contents)?;
        Ok(path)
    }

    /// Returns the lines of a file.
    pub(crate) fn lines(&self, name: &str) -> Result<Vec<String>, BoxError> {
        let contents = fs::read_to_string(self.file(name))?;
        Ok(contents.lines().map(str::to_owned).collect())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What remains is in the folder for temporary files.
        let _removed = fs::remove_dir_all(&self.folder);
    }
}
