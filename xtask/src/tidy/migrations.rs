//! Every migration exists for both databases.

use std::collections::BTreeSet;

use super::tree::Tree;

const DATABASES: [&str; 2] = ["migrations/postgres/", "migrations/sqlite/"];

/// Migrations one of the databases lacks.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let [postgres, sqlite] = DATABASES.map(|folder| names(tree, folder));
    let mut found = Vec::new();
    for (folder, lacking) in
        DATABASES.into_iter().zip([sqlite.difference(&postgres), postgres.difference(&sqlite)])
    {
        found.extend(lacking.map(|name| format!("{folder}{name}/up.sql is missing")));
    }
    found
}

fn names<'a>(tree: &'a Tree, folder: &str) -> BTreeSet<&'a str> {
    tree.paths().filter_map(|path| path.strip_prefix(folder)?.strip_suffix("/up.sql")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_database_has_the_other_must_have() {
        let tree = Tree::from([
            ("migrations/postgres/1_start/up.sql", ""),
            ("migrations/sqlite/1_start/up.sql", ""),
            ("migrations/sqlite/2_more/up.sql", ""),
            ("migrations/postgres/3_else/up.sql", ""),
        ]);
        assert_eq!(
            check(&tree),
            ["migrations/postgres/2_more/up.sql is missing", "migrations/sqlite/3_else/up.sql is missing",]
        );
    }
}
