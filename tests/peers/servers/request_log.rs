use std::collections::BTreeSet;

/// The requests that a server passed on, according to its own log.
pub(crate) struct RequestLog {
    /// How many the upstream responded to with a success.
    pub(crate) processed: usize,
    /// How many connections they came on.
    pub(crate) connections: usize,
}

impl RequestLog {
    /// Parses lines that contain a connection and the upstream's status each.
    pub(super) fn parse(lines: &[String]) -> Self {
        let requests: Vec<_> = lines.iter().filter_map(|line| line.split_once(' ')).collect();
        let processed = requests.iter().filter(|(_, status)| *status == "200").count();
        let connections: BTreeSet<_> = requests.iter().map(|(connection, _)| connection).collect();
        Self { processed, connections: connections.len() }
    }
}
