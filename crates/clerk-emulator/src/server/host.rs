use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{Version, header, request::Parts, uri::Authority};

use crate::api::Refusal;

/// Checks that a request names this machine as its host, in every place where it names one.
///
/// A website can let its own name resolve to 127.0.0.1, and the browsers of its visitors then send
/// its requests here (DNS rebinding). Such requests still carry the name of the website.
pub(crate) fn check_host(head: &Parts) -> Result<(), Refusal> {
    // The target has a host in HTTP/2, where it is `:authority`, and in requests to a proxy.
    let target = head.uri.authority().map(Authority::as_str);
    let headers = head.headers.get_all(header::HOST).iter();
    let hosts = headers.map(|host| host.to_str().unwrap_or_default()).chain(target);
    let hosts: Vec<_> = hosts.collect();
    let allowed = match hosts[..] {
        // Only HTTP/1.0 allows a request to name no host.
        [] => head.version == Version::HTTP_10,
        _ => hosts.into_iter().all(is_loopback),
    };
    if allowed { Ok(()) } else { Err(Refusal::host_not_loopback()) }
}

/// Returns `true` for `localhost` and the addresses of loopback, with any port or none.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let ip = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(ip) => ip.parse::<Ipv6Addr>().map(IpAddr::from),
        None => host.parse::<Ipv4Addr>().map(IpAddr::from),
    };
    match ip {
        Ok(ip) => ip.to_canonical().is_loopback(),
        Err(_) => host.strip_suffix('.').unwrap_or(host).eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_loopback_addresses_are_loopback() {
        for host in [
            "localhost",
            "LocalHost",
            "localhost.",
            "127.0.0.1",
            "127.255.255.254",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::FFFF:127.0.0.1]",
        ] {
            for port in ["", ":", ":80", ":65535"] {
                assert!(is_loopback(&format!("{host}{port}")), "{host}{port}");
            }
        }
    }

    #[test]
    fn everything_else_is_not_loopback() {
        for host in [
            "",
            ":4000",
            "emulator",
            "evil.example",
            "localhost.evil.example",
            "evil.localhost",
            "localhost..",
            ".localhost",
            "localhost:4000:4000",
            "localhost:+80",
            "localhost:http",
            "localhost/",
            "localhost, evil.example",
            "evil.example@localhost",
            "localhost@evil.example",
            "localhost:80@evil.example",
            "http://localhost",
            " localhost",
            "127.0.0.1.",
            "127.0.0.1.evil.example",
            "127.1",
            "0177.0.0.1",
            "2130706433",
            "0x7f000001",
            "0.0.0.0",
            "128.0.0.1",
            "192.168.0.1",
            "::1",
            "[::1",
            "[::1]evil.example",
            "[::1%25lo]",
            "[127.0.0.1]",
            "[::]",
            "[::2]",
            "[::ffff:192.168.0.1]",
            "[fe80::1]",
            "ｌocalhost",
        ] {
            assert!(!is_loopback(host), "{host}");
            assert!(!is_loopback(&format!("{host}:80")), "{host}:80");
        }
    }
}
