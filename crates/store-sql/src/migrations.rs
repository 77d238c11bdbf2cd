//! The migrations, compiled in.
//!
//! Of the same name for both databases; each has the whole of a step. They expand, move and
//! contract, and one that shipped is never edited.

use std::collections::BTreeSet;

/// One step of the schema.
pub(crate) struct Migration {
    /// Name of its directory.
    pub(crate) name: &'static str,
    /// What is kept of it in the database: the digits of its name, as diesel's tool does it.
    pub(crate) version: &'static str,
    /// For PostgreSQL.
    pub(crate) postgres: &'static str,
    /// For SQLite.
    pub(crate) sqlite: &'static str,
}

macro_rules! migrations {
    ($($version:literal = $name:literal,)*) => {
        /// All of them, oldest first.
        pub(crate) const MIGRATIONS: &[Migration] = &[$(Migration {
            name: $name,
            version: $version,
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, "/up.sql")),
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, "/up.sql")),
        },)*];
    };
}

migrations! {
    "20261121000001" = "2026-11-21-000001_start",
    "20261121000002" = "2026-11-21-000002_proof_of_address",
    "20261122000003" = "2026-11-22-000003_custom_attributes",
    "20261122000004" = "2026-11-22-000004_sign_in",
    "20261122000005" = "2026-11-22-000005_test_provider",
    "20261122000006" = "2026-11-22-000006_social",
    "20261122000007" = "2026-11-22-000007_trials",
    "20261122000008" = "2026-11-22-000008_dashboard",
    "20261122000009" = "2026-11-22-000009_people",
    "20261122000010" = "2026-11-22-000010_brand",
    "20261122000011" = "2026-11-22-000011_overview",
    "20261122000012" = "2026-11-22-000012_orgs",
    "20261122000013" = "2026-11-22-000013_comfort",
    "20261122000014" = "2026-11-22-000014_notices",
    "20261122000015" = "2026-11-22-000015_editors",
    "20261122000016" = "2026-11-22-000016_domain_checks",
    "20261122000017" = "2026-11-22-000017_stuck",
    "20261122000018" = "2026-11-22-000018_slim_sign_ins",
}

/// Where a database's schema stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// As this program wants it.
    Current,
    /// Older.
    Behind {
        /// Names of the migrations that are missing, oldest first.
        pending: Vec<&'static str>,
    },
    /// Made by a newer program; this one can work with it if nothing was taken away.
    Ahead,
}

impl SchemaState {
    /// The state by the versions that were applied.
    pub(crate) fn of(applied: &BTreeSet<String>) -> Self {
        let pending: Vec<_> =
            MIGRATIONS.iter().filter(|m| !applied.contains(m.version)).map(|m| m.name).collect();
        if !pending.is_empty() {
            return Self::Behind { pending };
        }
        if applied.len() > MIGRATIONS.len() { Self::Ahead } else { Self::Current }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_directory_is_compiled_in_for_both_databases() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        for database in ["postgres", "sqlite"] {
            let mut found: Vec<_> = fs::read_dir(root.join(database))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            found.sort();
            assert_eq!(found, MIGRATIONS.iter().map(|m| m.name).collect::<Vec<_>>(), "{database}");
        }
    }

    #[test]
    fn a_version_is_the_digits_of_the_name() {
        for migration in MIGRATIONS {
            let (date, _) = migration.name.split_once('_').unwrap();
            assert_eq!(migration.version, date.replace('-', ""));
        }
    }

    #[test]
    fn the_state_follows_from_what_was_applied() {
        let all: BTreeSet<String> = MIGRATIONS.iter().map(|m| m.version.to_owned()).collect();
        assert_eq!(SchemaState::of(&all), SchemaState::Current);
        let mut more = all.clone();
        more.insert("99991231000000".into());
        assert_eq!(SchemaState::of(&more), SchemaState::Ahead);
        let pending = MIGRATIONS.iter().map(|m| m.name).collect();
        assert_eq!(SchemaState::of(&BTreeSet::new()), SchemaState::Behind { pending });
    }
}
