//! Lists that are shown a page at a time, newest first: from where one is read, and the ways on.

use serde::Deserialize;
use url::form_urlencoded;
use vestibule_domain::id::Id;
use vestibule_domain::page::{Cursor, Order, Page, PageLimit, PageLimitError, PageRequest};

/// From where a list is read. What is not understood is as if it were not there: an address that
/// somebody kept must not end in an error.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Position {
    after: Option<String>,
    before: Option<String>,
}

impl Position {
    /// The page from there.
    pub(crate) fn request<I: Id>(&self, rows_max: u16) -> Result<PageRequest<I>, PageLimitError> {
        let id = |raw: &Option<String>| raw.as_deref().and_then(|raw| raw.parse().ok());
        let cursor = id(&self.after).map(Cursor::After).or_else(|| id(&self.before).map(Cursor::Before));
        Ok(PageRequest { limit: PageLimit::new(rows_max)?, order: Order::Descending, cursor })
    }
}

/// Where the pages beside one are.
#[derive(Default)]
pub(crate) struct Ways {
    /// Newer items.
    pub newer_href: Option<String>,
    /// Older items.
    pub older_href: Option<String>,
}

impl Ways {
    /// The ways from a page of a list, which stays narrowed as it is: by names and values, where
    /// there are values.
    pub(crate) fn from<T, I: Id>(
        page: &Page<T>,
        id: impl Fn(&T) -> I,
        list: &str,
        narrowed: &[(&str, Option<&str>)],
    ) -> Self {
        let href = |name: &str, item: &T| {
            let id = id(item).to_string();
            list_href(list, narrowed.iter().copied().chain([(name, Some(id.as_str()))]))
        };
        Self {
            newer_href: page.items.first().filter(|_| page.has_previous).map(|item| href("before", item)),
            older_href: page.items.last().filter(|_| page.has_next).map(|item| href("after", item)),
        }
    }
}

/// Where a list is that is narrowed by names and values, where there are values.
pub(crate) fn list_href<'a>(
    list: &str,
    narrowed: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(narrowed.into_iter().filter_map(|(name, value)| Some((name, value?))));
    format!("{list}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_domain::id::AuditId;

    const FIRST: &str = "audit_01J9ZQK3V0000000000000000A";
    const LAST: &str = "audit_01J9ZQK3V0000000000000000B";

    fn request(after: Option<&str>, before: Option<&str>) -> PageRequest<AuditId> {
        let [after, before] = [after, before].map(|raw| raw.map(str::to_owned));
        Position { after, before }.request(25).unwrap()
    }

    #[test]
    fn a_list_is_read_from_the_item_that_is_named_or_from_its_beginning() {
        let [first, last] = [FIRST, LAST].map(|raw| raw.parse().unwrap());
        assert_eq!(request(Some(FIRST), None).cursor, Some(Cursor::After(first)));
        assert_eq!(request(None, Some(LAST)).cursor, Some(Cursor::Before(last)));
        assert_eq!(request(Some(FIRST), Some(LAST)).cursor, Some(Cursor::After(first)));
        for nonsense in [None, Some(""), Some("org_01J9ZQK3V0000000000000000A"), Some("'--")] {
            assert_eq!(request(nonsense, nonsense).cursor, None);
        }
    }

    #[test]
    fn the_ways_on_keep_what_the_list_is_narrowed_by() {
        let items: Vec<AuditId> = [FIRST, LAST].map(|raw| raw.parse().unwrap()).into();
        let page = |has_previous, has_next| Page { items: items.clone(), has_previous, has_next };
        let narrowed = [("email", Some("a b@c&d")), ("standing", None)];
        let ways = Ways::from(&page(true, true), |id| *id, "/list", &narrowed);
        assert_eq!(ways.newer_href.unwrap(), format!("/list?email=a+b%40c%26d&before={FIRST}"));
        assert_eq!(ways.older_href.unwrap(), format!("/list?email=a+b%40c%26d&after={LAST}"));
        let none = Ways::from(&page(false, false), |id| *id, "/list", &narrowed);
        assert!(none.newer_href.is_none() && none.older_href.is_none());
    }
}
