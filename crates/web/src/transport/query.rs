//! Query strings: read once, without regard to how a client joins its arrays.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use vestibule_domain::page::{Cursor, Order, PAGE_LIMIT_MAX, PageLimit, PageRequest};

use super::fields::Fields;
use super::problem::Problem;

/// Most items of one comma-joined array.
const ARRAY_ITEMS_MAX: usize = 100;

/// The parameters of a query string, decoded, empty values dropped. That the whole of it is UTF-8
/// was checked before any handler runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing<I> {
    /// The page.
    pub(crate) page: PageRequest<I>,
    order: ListOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListOrder {
    Ascending,
    Descending,
    /// Descending with the two cursors swapped, in the question and in the answer.
    Normal,
}

impl<I> Listing<I> {
    /// Whether `after` and `before` have changed places.
    pub(super) fn cursors_swapped(&self) -> bool {
        self.order == ListOrder::Normal
    }
}

impl Params {
    /// Reads a query string.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Self { pairs }
    }

    /// A parameter; the last one wins if it is repeated.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A parameter parsed into a value.
    pub(crate) fn parsed<T: FromStr>(&self, fields: &mut Fields, name: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        fields.optional(name, self.one(name), str::parse)
    }

    /// An array: comma-joined, repeated, repeated with `[]`, or any mixture.
    pub(crate) fn array(&self, fields: &mut Fields, name: &str) -> Vec<&str> {
        let items: Vec<_> = self
            .pairs
            .iter()
            .filter(|(n, _)| n == name || n.strip_suffix("[]") == Some(name))
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect();
        if items.len() > ARRAY_ITEMS_MAX {
            fields.wrong(name, format_args!("must have at most {ARRAY_ITEMS_MAX} items"));
            return Vec::new();
        }
        items
    }

    /// `limit`, `order`, `after` and `before`; newest first unless told otherwise.
    pub(crate) fn listing<I: Copy + FromStr>(&self, fields: &mut Fields) -> Listing<I>
    where
        I::Err: std::fmt::Display,
    {
        self.listing_in(fields, Order::Descending)
    }

    /// The same for a list with another order of its own.
    pub(crate) fn listing_in<I: Copy + FromStr>(
        &self,
        fields: &mut Fields,
        default_order: Order,
    ) -> Listing<I>
    where
        I::Err: std::fmt::Display,
    {
        let order = fields.optional("order", self.one("order"), |raw| match raw {
            "asc" => Ok(ListOrder::Ascending),
            "desc" => Ok(ListOrder::Descending),
            "normal" => Ok(ListOrder::Normal),
            _ => Err("must be asc, desc or normal"),
        });
        let order = order.unwrap_or(match default_order {
            Order::Ascending => ListOrder::Ascending,
            Order::Descending => ListOrder::Descending,
        });
        let limit = self.limit(fields).unwrap_or_default();
        let after = self.parsed(fields, "after").map(Cursor::After);
        let before = self.parsed(fields, "before").map(Cursor::Before);
        if after.is_some() && before.is_some() {
            fields.wrong("before", "cannot be combined with after");
        }
        let cursor = match after.or(before) {
            Some(Cursor::After(id)) if order == ListOrder::Normal => Some(Cursor::Before(id)),
            Some(Cursor::Before(id)) if order == ListOrder::Normal => Some(Cursor::After(id)),
            as_given => as_given,
        };
        let store_order = match order {
            ListOrder::Ascending => Order::Ascending,
            ListOrder::Descending | ListOrder::Normal => Order::Descending,
        };
        Listing { page: PageRequest { limit, order: store_order, cursor }, order }
    }

    /// `limit`, if it is given.
    pub(crate) fn limit(&self, fields: &mut Fields) -> Option<PageLimit> {
        fields.optional("limit", self.one("limit"), |raw| {
            raw.parse()
                .ok()
                .and_then(|limit| PageLimit::new(limit).ok())
                .ok_or(format!("must be a whole number between 1 and {PAGE_LIMIT_MAX}"))
        })
    }
}

impl FromRequest for Params {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::parse(request.query_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_domain::page::PAGE_LIMIT_DEFAULT;

    fn errors(query: &str) -> Vec<String> {
        let mut fields = Fields::new();
        let _: Listing<u32> = Params::parse(query).listing(&mut fields);
        match fields.finish() {
            Ok(()) => Vec::new(),
            Err(problem) => problem.errors().iter().map(|e| e.field.clone()).collect(),
        }
    }

    fn listing(query: &str) -> Listing<u32> {
        let mut fields = Fields::new();
        let listing = Params::parse(query).listing(&mut fields);
        fields.finish().unwrap();
        listing
    }

    #[test]
    fn limits_hold_exactly_and_the_field_is_named() {
        assert_eq!(listing("").page.limit.get(), PAGE_LIMIT_DEFAULT);
        assert_eq!(listing("limit=1").page.limit.get(), 1);
        assert_eq!(listing("limit=100").page.limit.get(), PAGE_LIMIT_MAX);
        for bad in ["limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=x", "limit=99999999999"] {
            assert_eq!(errors(bad), ["limit"], "{bad}");
        }
    }

    #[test]
    fn wrong_orders_and_cursors_name_their_fields() {
        assert_eq!(errors("order=up"), ["order"]);
        assert_eq!(errors("after=x"), ["after"]);
        assert_eq!(errors("before=x"), ["before"]);
        assert_eq!(errors("before=1&after=2"), ["before"]);
        assert_eq!(errors("limit=&order=&after=&before="), [] as [&str; 0], "empty values count as absent");
    }

    #[test]
    fn normal_is_descending_with_the_cursors_swapped() {
        let normal = listing("order=normal&after=7");
        assert_eq!(normal.page.order, Order::Descending);
        assert_eq!(normal.page.cursor, Some(Cursor::Before(7)));
        assert_eq!(listing("order=desc&after=7").page.cursor, Some(Cursor::After(7)));
        assert_eq!(listing("order=asc").page.order, Order::Ascending);
    }

    #[test]
    fn arrays_come_in_every_form_that_clients_send() {
        for query in ["d=a,b", "d=a%2Cb", "d=a&d=b", "d[]=a&d[]=b", "d%5B%5D=a&d=,b,", "d=a,%20b"] {
            let mut fields = Fields::new();
            assert_eq!(Params::parse(query).array(&mut fields, "d"), ["a", "b"], "{query}");
        }
        let at = |n: usize| {
            let mut fields = Fields::new();
            Params::parse(&format!("d={}", vec!["x"; n].join(","))).array(&mut fields, "d");
            fields.finish()
        };
        assert!(at(ARRAY_ITEMS_MAX).is_ok() && at(ARRAY_ITEMS_MAX + 1).is_err());
    }
}
