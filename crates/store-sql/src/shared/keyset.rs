//! Keyset pages: from a bound on, in the order of an indexed column, one row more than the page.

/// Narrows a boxed query to a page by id.
macro_rules! keyset {
    ($query:expr, $id:expr, $request:expr) => {{
        let scan = $request.scan();
        let query = $query;
        match scan.order {
            vestibule_domain::page::Order::Ascending => {
                let query = match scan.bound {
                    Some(id) => query.filter($id.gt(id.to_string())),
                    None => query,
                };
                query.order($id.asc()).limit(scan.rows_max)
            }
            vestibule_domain::page::Order::Descending => {
                let query = match scan.bound {
                    Some(id) => query.filter($id.lt(id.to_string())),
                    None => query,
                };
                query.order($id.desc()).limit(scan.rows_max)
            }
        }
    }};
}

pub(super) use keyset;
