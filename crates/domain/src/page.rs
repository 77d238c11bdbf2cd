//! Pages of lists: keyset cursors over time-ordered ids.

/// Most items of a page.
pub const PAGE_LIMIT_MAX: u16 = 100;
/// Items of a page when nobody says how many.
pub const PAGE_LIMIT_DEFAULT: u16 = 10;

/// How many items a page may have: 1 to [`PAGE_LIMIT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u16);

/// The limit is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be between 1 and {PAGE_LIMIT_MAX}")]
pub struct PageLimitError;

impl PageLimit {
    /// Accepts 1 to [`PAGE_LIMIT_MAX`].
    pub fn new(limit: u16) -> Result<Self, PageLimitError> {
        if (1..=PAGE_LIMIT_MAX).contains(&limit) { Ok(Self(limit)) } else { Err(PageLimitError) }
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(PAGE_LIMIT_DEFAULT)
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Ascending,
    /// Newest first.
    #[default]
    Descending,
}

/// Where a page lies, exclusive of the named item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor<I> {
    /// The items that follow it in the order of the list.
    After(I),
    /// The items that precede it, those next to it, still in the order of the list.
    Before(I),
}

/// Which page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest<I> {
    /// How many items at most.
    pub limit: PageLimit,
    /// Which end comes first.
    pub order: Order,
    /// From where; the beginning of the list otherwise.
    pub cursor: Option<Cursor<I>>,
}

impl<I> Default for PageRequest<I> {
    fn default() -> Self {
        Self { limit: PageLimit::default(), order: Order::default(), cursor: None }
    }
}

impl<I: Copy> PageRequest<I> {
    /// How a store reads the page: (descending, the exclusive bound, whether to turn the rows).
    ///
    /// A `Before` page is read away from its cursor, backwards, and turned afterwards.
    pub fn scan(&self) -> Scan<I> {
        let (backwards, bound) = match self.cursor {
            Some(Cursor::Before(id)) => (true, Some(id)),
            Some(Cursor::After(id)) => (false, Some(id)),
            None => (false, None),
        };
        let order = match (self.order, backwards) {
            (Order::Ascending, false) | (Order::Descending, true) => Order::Ascending,
            (Order::Descending, false) | (Order::Ascending, true) => Order::Descending,
        };
        Scan { order, bound, rows_max: i64::from(self.limit.get()) + 1 }
    }

    /// Makes a page of what [`PageRequest::scan`] asked for: at most one row more than the limit.
    pub fn page<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let limit = usize::from(self.limit.get());
        let more = rows.len() > limit;
        rows.truncate(limit);
        match self.cursor {
            // The item of the cursor lies on the other side; an empty page has no neighbours.
            Some(Cursor::Before(_)) => {
                rows.reverse();
                Page { has_previous: more, has_next: !rows.is_empty(), items: rows }
            }
            Some(Cursor::After(_)) => Page { has_previous: !rows.is_empty(), has_next: more, items: rows },
            None => Page { has_previous: false, has_next: more, items: rows },
        }
    }
}

/// How a store reads a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan<I> {
    /// Order of the scan.
    pub order: Order,
    /// Exclusive bound: greater than it when ascending, less than it when descending.
    pub bound: Option<I>,
    /// Rows to read: one more than the page, to know whether more follow.
    pub rows_max: i64,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Whether items precede the first.
    pub has_previous: bool,
    /// Whether items follow the last.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(all: &[u32], request: PageRequest<u32>) -> Page<u32> {
        let scan = request.scan();
        let mut rows: Vec<u32> = all
            .iter()
            .copied()
            .filter(|id| match (scan.bound, scan.order) {
                (None, _) => true,
                (Some(bound), Order::Ascending) => *id > bound,
                (Some(bound), Order::Descending) => *id < bound,
            })
            .collect();
        rows.sort_unstable();
        if scan.order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(usize::try_from(scan.rows_max).unwrap());
        request.page(rows)
    }

    fn request(order: Order, cursor: Option<Cursor<u32>>) -> PageRequest<u32> {
        PageRequest { limit: PageLimit::new(2).unwrap(), order, cursor }
    }

    #[test]
    fn forwards_and_backwards_show_the_same_pages() {
        let all = [1, 2, 3, 4, 5, 6];
        for (order, pages) in
            [(Order::Ascending, [[1, 2], [3, 4], [5, 6]]), (Order::Descending, [[6, 5], [4, 3], [2, 1]])]
        {
            let first = read(&all, request(order, None));
            assert_eq!(
                (first.items.as_slice(), first.has_previous, first.has_next),
                (&pages[0][..], false, true)
            );
            let second = read(&all, request(order, Some(Cursor::After(pages[0][1]))));
            assert_eq!(
                (second.items.as_slice(), second.has_previous, second.has_next),
                (&pages[1][..], true, true)
            );
            let last = read(&all, request(order, Some(Cursor::After(pages[1][1]))));
            assert_eq!(
                (last.items.as_slice(), last.has_next),
                (&pages[2][..], false),
                "an exactly full last page"
            );
            let back = read(&all, request(order, Some(Cursor::Before(pages[2][0]))));
            assert_eq!(
                (back.items.as_slice(), back.has_previous, back.has_next),
                (&pages[1][..], true, true)
            );
            let start = read(&all, request(order, Some(Cursor::Before(pages[1][0]))));
            assert_eq!((start.items.as_slice(), start.has_previous), (&pages[0][..], false));
        }
    }

    #[test]
    fn a_page_has_one_to_a_hundred_items() {
        assert_eq!(PageLimit::new(0), Err(PageLimitError));
        assert!(PageLimit::new(1).is_ok() && PageLimit::new(PAGE_LIMIT_MAX).is_ok());
        assert_eq!(PageLimit::new(PAGE_LIMIT_MAX + 1), Err(PageLimitError));
    }
}
