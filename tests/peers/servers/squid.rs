use std::process::Command;

use super::{ports::free_ports, server_process::ServerProcess};
use crate::{box_error::BoxError, scratch::Scratch};

/// A squid that opens a tunnel for whoever has the password.
pub(crate) struct Squid {
    process: ServerProcess,
    http: u16,
    https: u16,
}

/// The user `user` with the password `right`.
const PASSWORDS: &str = "user:$apr1$peers123$5VTqzS2C3bWcrJos/xjn21\n";

const LOG: &str = "squid-access.log";

impl Squid {
    pub(crate) fn start(scratch: &Scratch) -> Result<Self, BoxError> {
        let [http, https] = free_ports()?;
        let passwords = scratch.write("passwords", PASSWORDS)?;
        let configuration = format!(
            "visible_hostname localhost
            http_port 127.0.0.1:{http}
            https_port 127.0.0.1:{https} tls-cert={identity}
            auth_param basic program /usr/lib/squid/basic_ncsa_auth {passwords}
            acl known proxy_auth REQUIRED
            http_access allow known
            logformat peers %rm %>Hs
            access_log stdio:{log} peers
            cache_log {cache_log}
            cache deny all
            pid_filename none
            netdb_filename none
            pinger_enable off
            shutdown_lifetime 0 seconds\n",
            identity = scratch.identity().display(),
            passwords = passwords.display(),
            log = scratch.file(LOG).display(),
            cache_log = scratch.file("squid-cache.log").display(),
        );
        let configuration = scratch.write("squid.conf", &configuration)?;
        // It writes its log as another user if root starts it.
        Command::new("chmod").arg("a+w").arg(scratch.folder()).status()?;
        let args = ["-N".as_ref(), "-f".as_ref(), configuration.as_path()];
        let process = ServerProcess::start(scratch, "squid", args, &[http, https], "TERM")?;
        Ok(Self { process, http, https })
    }

    /// Returns the URL of the proxy without TLS, for this password.
    pub(crate) fn http(&self, password: &str) -> String {
        format!("http://user:{password}@127.0.0.1:{}", self.http)
    }

    /// Returns the URL of the proxy with TLS, for this password.
    pub(crate) fn https(&self, password: &str) -> String {
        format!("https://user:{password}@127.0.0.1:{}", self.https)
    }

    /// Stops squid and returns the statuses with which it responded to requests for a tunnel.
    pub(crate) fn stop(self, scratch: &Scratch) -> Result<Vec<String>, BoxError> {
        self.process.stop()?;
        let lines = scratch.lines(LOG)?;
        Ok(lines
            .iter()
            .filter_map(|line| line.strip_prefix("CONNECT "))
            .map(str::to_owned)
            .collect())
    }
}
