#![no_main]

#[path = "../../../crates/clerk-transport-hyper/src/connector"]
mod connector {
    pub(crate) mod proxy {
        pub(crate) mod proxy_rules;
        mod proxy_url;
    }
    pub(crate) mod proxy_variables;
}

use clerk_core::{ConfigError, http::Uri};
use connector::{proxy::proxy_rules::ProxyRules, proxy_variables::ProxyVariables};

libfuzzer_sys::fuzz_target!(|input: &str| {
    let (proxy, no_proxy) = input.split_once('\n').unwrap_or((input, ""));
    let rules = match rules(proxy, no_proxy) {
        Ok(rules) => rules,
        Err(refusal) => {
            // What a value contains does not show.
            let other = rules("ftp://proxy", "").err().expect("a refusal");
            assert_eq!(refusal.to_string(), other.to_string());
            return;
        }
    };
    let proxy_for = |target| rules.proxy_for(&Uri::from_static(target));
    assert!(proxy_for("http://api.clerk.com/v1").is_none());

    // An independent reading of what was accepted.
    let host_and_port = proxy.rsplit(['@', '/']).find(|part| !part.is_empty()).unwrap_or_default();
    let has_port = host_and_port.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    for (host, target) in [
        ("api.clerk.com", "https://api.clerk.com/v1"),
        ("api.clerk.com", "https://api.clerk.com./v1"),
        ("192.0.2.1", "https://192.0.2.1/v1"),
        ("2001:db8::1", "https://[2001:db8::1]/v1"),
    ] {
        match proxy_for(target) {
            Some(intercept) => {
                let authority = intercept.uri().authority().expect("an authority").as_str();
                assert!(authority.eq_ignore_ascii_case(host_and_port), "{authority}");
                assert_eq!(intercept.uri().port_u16().is_some(), has_port);
            }
            None => assert!(proxy.is_empty() || is_exempt(host, no_proxy), "{host}"),
        }
    }
});

fn rules(proxy: &str, no_proxy: &str) -> Result<ProxyRules, ConfigError> {
    let variables = ProxyVariables::read(|name| match name {
        "HTTPS_PROXY" => Some(proxy.into()),
        "NO_PROXY" => Some(no_proxy.into()),
        _ => None,
    });
    ProxyRules::new(variables.as_ref())
}

/// Returns `true` if an entry might exempt a host: it is the end of its name, or a network.
fn is_exempt(host: &str, no_proxy: &str) -> bool {
    no_proxy.split(|c: char| c == ',' || c.is_whitespace()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        let name = entry.trim_matches('.');
        let may_be_a_network = entry.contains(['/', ':']);
        entry == "*" || may_be_a_network || (!name.is_empty() && host.ends_with(name))
    })
}
