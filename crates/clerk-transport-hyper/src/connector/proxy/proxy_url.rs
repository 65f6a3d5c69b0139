use std::net::Ipv6Addr;

const SCHEMES: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// The longest user name and password that SOCKS5 can send (RFC 1929).
const MAX_SOCKS5_CREDENTIAL: usize = 255;

/// Returns `true` if a value is the URL of a proxy, and nothing of it would be misunderstood.
///
/// Parsers disagree about values that are not whole URLs: one takes `user` for the host in
/// `http://user:pa#ss@proxy`, another one port 80 for port 99999.
pub(super) fn is_proxy_url(value: &str) -> bool {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (credentials, host_and_port) = match authority.split_once('@') {
        Some((credentials, host_and_port)) => (Some(credentials), host_and_port),
        None => (None, authority),
    };
    let max = if scheme.starts_with("socks5") { MAX_SOCKS5_CREDENTIAL } else { usize::MAX };
    SCHEMES.contains(&scheme)
        && credentials.is_none_or(|credentials| are_credentials(credentials, max))
        && is_host_and_port(host_and_port)
}

/// Returns `true` if this is a user name, with or without a password.
fn are_credentials(credentials: &str, max: usize) -> bool {
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    [user, password]
        .into_iter()
        .all(|part| percent_decode(part).is_some_and(|decoded| decoded.len() <= max))
}

/// Decodes a part of a URL's user information (RFC 3986, section 3.2.1), if it is valid.
fn percent_decode(part: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => byte,
            _ if b"-._~!$&'()*+,;=:".contains(&byte) => byte,
            _ => return None,
        });
    }
    String::from_utf8(decoded).ok()
}

fn is_host_and_port(host_and_port: &str) -> bool {
    let (host, port) = match host_and_port.rsplit_once(':') {
        // Otherwise, the colon belongs to an IPv6 address.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    is_host(host) && port.is_none_or(is_port)
}

fn is_host(host: &str) -> bool {
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name_byte),
    }
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::is_proxy_url;

    #[test]
    fn a_whole_url_names_a_host_and_perhaps_a_port_and_credentials() {
        for value in [
            "proxy",
            "proxy:1",
            "http://proxy",
            "http://proxy/",
            "http://proxy:65535",
            "https://user@proxy.example.com:8080/",
            "https://user:password@10.0.0.1",
            "http://user:p%40ss%23:%C3%BC-._~!$&'()*+,;=@proxy",
            "http://@proxy",
            "http://:@proxy",
            "socks5h://[::1]:1080",
            "http://[::1]",
            "http://my_proxy",
        ] {
            assert!(is_proxy_url(value), "{value}");
        }
        let (longest, too_long) = ("x".repeat(255), "x".repeat(256));
        for user in [format!("{longest}:{longest}"), format!("{}:", "%41".repeat(255))] {
            assert!(is_proxy_url(&format!("socks5://{user}@proxy")), "{user}");
        }
        for user in [format!("{too_long}:"), format!("user:{too_long}")] {
            assert!(!is_proxy_url(&format!("socks5h://{user}@proxy")), "{user}");
            assert!(is_proxy_url(&format!("http://{user}@proxy")), "{user}");
        }
    }

    #[test]
    fn any_other_value_is_refused() {
        for value in [
            "",
            " ",
            "/",
            "http://",
            "http:///",
            "http://:8080",
            "http://user@",
            "http://user@:8080",
            "http://proxy:",
            "http://proxy:0",
            "http://proxy:+80",
            "http://proxy:abc",
            "http://proxy:99999",
            "http://proxy:65536",
            "http://proxy:80:80",
            "http://proxy//",
            "http://proxy/path",
            "http://proxy?query",
            "http://proxy#fragment",
            "http://proxy ",
            " http://proxy",
            "http://pro xy",
            "http://pro%78y",
            "http://pr\u{f6}xy",
            "http://[::1",
            "http://[::1]80",
            "http://[::1].example.com:80",
            "http://[::g]",
            "http://::1",
            "http://user:pa#ss@proxy",
            "http://user:pa/ss@proxy",
            "http://user:pa?ss@proxy",
            "http://user:p@ss@proxy",
            "http://user:pa ss@proxy",
            "http://user:p%4@proxy",
            "http://user:p%zz@proxy",
            "http://user:p%ff@proxy",
            "http://user:p\u{e4}ss@proxy",
            "http://user:pa\\ss@proxy",
            "http://http://proxy",
            "ftp://proxy",
            "socks://proxy",
            "://proxy",
        ] {
            assert!(!is_proxy_url(value), "{value}");
        }
    }
}
