use indexmap::IndexMap;

use super::clock::UnixMillis;

/// The number of records that are kept whatever has become of them.
const KEPT: usize = 1_000;

/// Something with an id that is of no further use once it is finished.
pub(crate) trait Record {
    fn id(&self) -> &str;

    /// Returns `true` if the record can no longer change.
    fn is_finished(&self, now: UnixMillis) -> bool;
}

/// The newest thousand records, and every older one that is not finished, in order of creation.
///
/// Forgetting the others lets the emulator run for days in the memory of an hour.
#[derive(Debug)]
pub(crate) struct Records<T> {
    by_id: IndexMap<String, T>,
    /// The number of records at which the next cleanup is due. It is at least twice what the last
    /// one left behind, so that cleanups cost little per record.
    limit: usize,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self { by_id: IndexMap::new(), limit: 2 * KEPT }
    }
}

impl<T: Record> Records<T> {
    pub(crate) fn insert(&mut self, record: T, now: UnixMillis) {
        if self.by_id.len() >= self.limit {
            self.forget_finished(now);
        }
        self.by_id.insert(record.id().to_owned(), record);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.by_id.get_mut(id)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.by_id.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_id.values_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    fn forget_finished(&mut self, now: UnixMillis) {
        let mut old = self.by_id.len().saturating_sub(KEPT);
        self.by_id.retain(|_, record| {
            let is_old = old > 0;
            old = old.saturating_sub(1);
            !is_old || !record.is_finished(now)
        });
        self.limit = 2 * self.by_id.len().max(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record that is finished from this time on.
    struct Until(String, UnixMillis);

    impl Record for Until {
        fn id(&self) -> &str {
            &self.0
        }

        fn is_finished(&self, now: UnixMillis) -> bool {
            now >= self.1
        }
    }

    fn records(count: usize, until: UnixMillis) -> Records<Until> {
        let mut records = Records::default();
        for number in 0..count {
            records.insert(Until(number.to_string(), until), 0);
        }
        records
    }

    #[test]
    fn records_are_found_and_keep_their_order() {
        let records = records(100, 0);
        assert_eq!(records.get("7").unwrap().id(), "7");
        assert!(records.get("100").is_none());
        assert!(records.iter().map(Record::id).eq((0..100).map(|number| number.to_string())));
    }

    #[test]
    fn the_newest_thousand_are_never_forgotten() {
        for count in [1, 1_999, 2_000, 2_001, 2_999, 3_500, 10_000] {
            let records = records(count, 0);
            assert!(records.len() <= 2 * KEPT, "{count}: {}", records.len());
            for number in count.saturating_sub(KEPT)..count {
                assert!(records.get(&number.to_string()).is_some(), "{number} of {count}");
            }
        }
    }

    #[test]
    fn unfinished_records_are_never_forgotten() {
        let mut records = records(5_000, 1);
        assert_eq!(records.len(), 5_000);
        // From the next cleanup on, all of them are finished.
        for number in 0..records.limit {
            records.insert(Until(format!("new {number}"), 1), 1);
        }
        assert!(records.get("0").is_none());
    }
}
