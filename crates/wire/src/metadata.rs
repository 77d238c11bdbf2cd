//! Maps with keys that other people choose.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use vestibule_domain::organization::Metadata;

/// Metadata in the order in which JavaScript would write it.
///
/// Many receivers of webhooks verify the signature over `JSON.stringify(JSON.parse(body))`, and
/// JavaScript puts keys that look like array indexes first, in numeric order, whatever order they
/// came in (ECMA-262, section 10.1.11.1, `OrdinaryOwnPropertyKeys`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetadataJson(pub(crate) Metadata);

impl Serialize for MetadataJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.as_map();
        let mut indexed: Vec<_> =
            entries.iter().filter_map(|entry| Some((array_index(entry.0)?, entry))).collect();
        indexed.sort_unstable_by_key(|(index, _)| *index);
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (_, (key, value)) in indexed {
            map.serialize_entry(key, value)?;
        }
        for (key, value) in entries.iter().filter(|entry| array_index(entry.0).is_none()) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The number if the key is an array index: a decimal below 2³² - 1 in its shortest form.
///
/// Source: ECMA-262, section 6.1.7.
fn array_index(key: &str) -> Option<u32> {
    let shortest = key == "0" || (!key.starts_with('0') && key.bytes().all(|b| b.is_ascii_digit()));
    key.parse().ok().filter(|index| shortest && *index != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_decimal_below_the_limit_is_an_index() {
        assert_eq!(array_index("0"), Some(0));
        assert_eq!(array_index("10"), Some(10));
        assert_eq!(array_index("4294967294"), Some(4_294_967_294));
        for key in ["4294967295", "4294967296", "00", "01", "+1", "-1", "-0", "1.0", "1e3", "", " 1", "a"] {
            assert_eq!(array_index(key), None, "{key:?}");
        }
    }
}
