use std::ffi::OsString;

/// The variables that name the proxy for https. The first that is set and not empty is used.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variables that list the hosts to reach directly.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The environment variables for proxies, of which at least one names a proxy.
pub(crate) struct ProxyVariables {
    /// The variable that names the proxy.
    pub(super) name: &'static str,
    #[cfg_attr(not(feature = "proxy"), expect(dead_code, reason = "no proxy is used"))]
    pub(super) proxy: String,
    no_proxy: String,
}

impl ProxyVariables {
    /// Reads the variables through `get`, so that tests need no environment. Returns `None` if none
    /// names a proxy.
    pub(crate) fn read(get: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let first_set = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = get(name).filter(|value| !value.is_empty())?;
                Some((*name, value.to_string_lossy().into_owned()))
            })
        };
        let (name, proxy) = first_set(&PROXY)?;
        let no_proxy = first_set(&NO_PROXY).map(|(_, hosts)| hosts).unwrap_or_default();
        Some(Self { name, proxy, no_proxy })
    }

    /// Returns the hosts to reach directly.
    pub(super) fn exempt(&self) -> impl Iterator<Item = &str> {
        self.no_proxy.split(|c: char| c == ',' || c.is_whitespace())
    }

    /// Returns `true` if every host is to be reached directly.
    pub(super) fn exempt_all(&self) -> bool {
        self.exempt().any(|host| host == "*")
    }
}
