//! The envelope of lists.

use serde::Serialize;
use vestibule_domain::page::Page;

use super::query::Listing;

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct List<T> {
    /// Always `list`.
    #[schema(value_type = String, example = "list")]
    object: &'static str,
    /// The items, in the order of the list.
    data: Vec<T>,
    /// Where the neighbouring pages are.
    #[serde(rename = "list_metadata")]
    neighbours: Neighbours,
}

/// Where the neighbouring pages are. Both members are always there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ListMetadata)]
pub(crate) struct Neighbours {
    /// What to pass as `before` for the preceding page; null on the first page.
    #[schema(required = true)]
    before: Option<String>,
    /// What to pass as `after` for the following page; null on the last page.
    #[schema(required = true)]
    after: Option<String>,
}

impl<T> List<T> {
    /// A page; `id` tells an item's id, `view` how it looks.
    pub(crate) fn of<I, R>(
        listing: &Listing<I>,
        page: Page<R>,
        id: impl Fn(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let first = page.items.first().filter(|_| page.has_previous).map(&id);
        let last = page.items.last().filter(|_| page.has_next).map(&id);
        let (before, after) = if listing.cursors_swapped() { (last, first) } else { (first, last) };
        Self {
            object: "list",
            data: page.items.into_iter().map(view).collect(),
            neighbours: Neighbours { before, after },
        }
    }

    /// A list that is shown whole.
    pub(crate) fn whole(data: Vec<T>) -> Self {
        Self { object: "list", data, neighbours: Neighbours { before: None, after: None } }
    }
}

/// The parameters of every list, for the OpenAPI document; [`super::Params`] reads them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are documentation")]
pub(crate) struct PageParams {
    /// How many items: 1 to 100, 10 unless given.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<u16>,
    /// `desc` (newest first), `asc`, or `normal` (newest first with the two cursors swapped).
    #[param(default = "desc")]
    order: Option<String>,
    /// The page that follows the item with this id.
    after: Option<String>,
    /// The page that precedes the item with this id.
    before: Option<String>,
}
