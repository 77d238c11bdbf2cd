//! What every paged list keeps, checked page by page.

use std::fmt::Debug;

use vestibule_domain::page::{Cursor, Order, Page, PageLimit, PageRequest};

pub(crate) fn limit(limit: u16) -> PageLimit {
    PageLimit::new(limit).expect("a limit")
}

/// Reads a list of at least five items in all ways: both orders, forwards and backwards, with
/// limits that leave a short last page, fill it exactly, and hold everything.
///
/// `expected` is the whole list, oldest first.
pub(crate) async fn every_page_is_right<T, I>(
    expected: &[T],
    id: impl Fn(&T) -> I,
    fetch: impl AsyncFn(PageRequest<I>) -> Page<T>,
) where
    T: Clone + Debug + PartialEq,
    I: Copy,
{
    assert!(expected.len() >= 5, "too few items for three pages");
    let all = u16::try_from(expected.len()).expect("a short list");
    let mut sorted = expected.to_vec();
    for order in [Order::Ascending, Order::Descending] {
        for size in [1, 2, 3, all - 1, all, all + 1] {
            let request = PageRequest { limit: limit(size), order, cursor: None };
            forwards(&sorted, request, &id, &fetch).await;
            backwards(&sorted, request, &id, &fetch).await;
        }
        sorted.reverse();
    }
}

async fn forwards<T, I>(
    expected: &[T],
    first: PageRequest<I>,
    id: &impl Fn(&T) -> I,
    fetch: &impl AsyncFn(PageRequest<I>) -> Page<T>,
) where
    T: Clone + Debug + PartialEq,
    I: Copy,
{
    let mut cursor = None;
    let chunks = expected.chunks(usize::from(first.limit.get()));
    let last = chunks.len() - 1;
    for (number, items) in chunks.enumerate() {
        let page = fetch(PageRequest { cursor, ..first }).await;
        let right = Page { items: items.to_vec(), has_previous: number > 0, has_next: number < last };
        assert_eq!(page, right, "page {number} forwards, {first_limit:?}", first_limit = first.limit);
        cursor = page.items.last().map(|item| Cursor::After(id(item)));
    }
    let page = fetch(PageRequest { cursor, ..first }).await;
    assert_eq!(page, Page { items: Vec::new(), has_previous: false, has_next: false }, "after the end");
}

async fn backwards<T, I>(
    expected: &[T],
    first: PageRequest<I>,
    id: &impl Fn(&T) -> I,
    fetch: &impl AsyncFn(PageRequest<I>) -> Page<T>,
) where
    T: Clone + Debug + PartialEq,
    I: Copy,
{
    let (end, before) = expected.split_last().expect("a list with items");
    let mut cursor = Some(Cursor::Before(id(end)));
    let chunks = before.rchunks(usize::from(first.limit.get()));
    let last = chunks.len() - 1;
    for (number, items) in chunks.enumerate() {
        let page = fetch(PageRequest { cursor, ..first }).await;
        let right = Page { items: items.to_vec(), has_previous: number < last, has_next: true };
        assert_eq!(page, right, "page {number} backwards, {first_limit:?}", first_limit = first.limit);
        cursor = page.items.first().map(|item| Cursor::Before(id(item)));
    }
    let page = fetch(PageRequest { cursor, ..first }).await;
    assert_eq!(page, Page { items: Vec::new(), has_previous: false, has_next: false }, "before the start");
}
