//! Keyset pages: from a bound on, in the order of an indexed column, one row more than the page.

/// Narrows a boxed query to a page by id, which is sorted as it stands or by an expression of it.
macro_rules! keyset {
    ($query:expr, $id:expr, $request:expr) => {
        keyset!($query, $id, $request, $id)
    };
    ($query:expr, $id:expr, $request:expr, $sorted:expr) => {{
        let scan = $request.scan();
        let query = $query;
        match scan.order {
            vestibule_domain::page::Order::Ascending => {
                let query = match scan.bound {
                    Some(id) => query.filter($id.gt(id.to_string())),
                    None => query,
                };
                query.order($sorted.asc()).limit(scan.rows_max)
            }
            vestibule_domain::page::Order::Descending => {
                let query = match scan.bound {
                    Some(id) => query.filter($id.lt(id.to_string())),
                    None => query,
                };
                query.order($sorted.desc()).limit(scan.rows_max)
            }
        }
    }};
}

pub(super) use keyset;
