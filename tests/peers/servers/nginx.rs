use std::net::SocketAddr;

use super::{ports::free_ports, request_log::RequestLog, server_process::ServerProcess};
use crate::{box_error::BoxError, scratch::Scratch};

/// An nginx that passes requests on to an upstream, and offers each protocol at a port of its own.
pub(crate) struct Nginx {
    process: ServerProcess,
    http1: u16,
    http2: u16,
}

/// A protocol over TLS.
#[derive(Clone, Copy)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

const LOG: &str = "nginx-access.log";

impl Nginx {
    /// Starts nginx with these settings, and its defaults for all others.
    pub(crate) fn start(
        scratch: &Scratch,
        settings: &str,
        upstream: SocketAddr,
    ) -> Result<Self, BoxError> {
        let [http1, http2] = free_ports()?;
        let configuration = format!(
            "daemon off;
            pid nginx.pid;
            error_log stderr;
            events {{}}
            http {{
                log_format peers '$connection $upstream_status';
                access_log {LOG} peers;
                client_body_temp_path bodies;
                proxy_temp_path responses;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                ssl_certificate {identity};
                ssl_certificate_key {identity};
                {settings}
                server {{
                    listen 127.0.0.1:{http1} ssl;
                    listen 127.0.0.1:{http2} ssl http2;
                    location / {{ proxy_pass http://{upstream}; }}
                }}
            }}",
            identity = scratch.identity().display(),
        );
        let configuration = scratch.write("nginx.conf", &configuration)?;
        let args = ["-p".as_ref(), scratch.folder(), "-c".as_ref(), &configuration];
        let process = ServerProcess::start(scratch, "nginx", args, &[http1, http2], "QUIT")?;
        Ok(Self { process, http1, http2 })
    }

    /// Returns the port at which it offers this protocol alone.
    pub(crate) fn port(&self, protocol: Protocol) -> u16 {
        match protocol {
            Protocol::Http1 => self.http1,
            Protocol::Http2 => self.http2,
        }
    }

    /// Stops nginx and reads its log.
    pub(crate) fn stop(self, scratch: &Scratch) -> Result<RequestLog, BoxError> {
        self.process.stop()?;
        Ok(RequestLog::parse(&scratch.lines(LOG)?))
    }
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}
