//! A table: rows by key, indexes over them, and the way back to the last commit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use vestibule_domain::id::EnvironmentId;
use vestibule_domain::page::{Order, Scan};

/// What a table keeps.
pub(crate) trait Row: Clone {
    /// What identifies a row.
    type Key: Ord + Clone;
    /// What rows are looked up by besides. A unique rule is an index with at most one row.
    type Index: Ord + Clone;

    fn key(&self) -> Self::Key;

    /// All places where this row is found.
    fn indexes(&self) -> Vec<Self::Index>;
}

/// A row of tenant data.
pub(crate) trait Tenanted: Row {
    fn environment_id(&self) -> EnvironmentId;
}

pub(crate) struct Table<R: Row> {
    rows: BTreeMap<R::Key, Arc<R>>,
    index: BTreeMap<R::Index, BTreeSet<R::Key>>,
    /// What was under each key that was written since the last commit.
    before: BTreeMap<R::Key, Option<Arc<R>>>,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), index: BTreeMap::new(), before: BTreeMap::new() }
    }
}

impl<R: Row> Table<R> {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn last_key(&self) -> Option<&R::Key> {
        self.rows.keys().next_back()
    }

    pub(crate) fn get(&self, key: &R::Key) -> Option<&R> {
        self.rows.get(key).map(|row| &**row)
    }

    pub(crate) fn contains(&self, key: &R::Key) -> bool {
        self.rows.contains_key(key)
    }

    /// The keys under an index, in their order.
    pub(crate) fn keys(&self, index: &R::Index) -> Option<&BTreeSet<R::Key>> {
        self.index.get(index)
    }

    /// The rows under an index, in the order of their keys.
    pub(crate) fn by<'a>(&'a self, index: &R::Index) -> impl Iterator<Item = &'a R> + use<'a, R> {
        self.keys(index).into_iter().flatten().filter_map(|key| self.get(key))
    }

    /// The row under a unique index.
    pub(crate) fn one(&self, index: &R::Index) -> Option<&R> {
        self.by(index).next()
    }

    /// Whether any row but that one is under an index.
    pub(crate) fn taken(&self, index: &R::Index, except: &R::Key) -> bool {
        self.keys(index).is_some_and(|keys| keys.iter().any(|key| key != except))
    }

    /// All rows under the indexes up to and with a given one, in the order of the index.
    pub(crate) fn up_to<'a>(&'a self, last: &R::Index) -> impl Iterator<Item = &'a R> + use<'a, R> {
        self.index.range(..=last).flat_map(|(_, keys)| keys).filter_map(|key| self.get(key))
    }

    /// The first index that has any row.
    pub(crate) fn first_index(&self) -> Option<&R::Index> {
        self.index.keys().next()
    }

    /// All rows in the order of their keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = &R> {
        self.rows.values().map(|row| &**row)
    }

    /// Rows of a page: those among `keys` that are wanted, as the scan says.
    pub(crate) fn scan<'a>(
        &'a self,
        keys: Option<&BTreeSet<R::Key>>,
        scan: Scan<R::Key>,
        wanted: impl Fn(&R) -> bool,
    ) -> Vec<&'a R> {
        let Some(keys) = keys else { return Vec::new() };
        let rows_max = usize::try_from(scan.rows_max).unwrap_or(0);
        let row = |key| self.get(key).filter(|row| wanted(row));
        let bound = scan.bound.map_or(Bound::Unbounded, Bound::Excluded);
        match scan.order {
            Order::Ascending => {
                keys.range((bound, Bound::Unbounded)).filter_map(row).take(rows_max).collect()
            }
            Order::Descending => {
                keys.range((Bound::Unbounded, bound)).rev().filter_map(row).take(rows_max).collect()
            }
        }
    }

    /// Adds a row, or puts it in the place of the one with its key.
    pub(crate) fn put(&mut self, row: R) {
        let key = row.key();
        let old = self.set(&key, Some(Arc::new(row)));
        self.before.entry(key).or_insert(old);
    }

    /// Removes a row. False if there is none.
    pub(crate) fn remove(&mut self, key: &R::Key) -> bool {
        let old = self.set(key, None);
        let found = old.is_some();
        if found {
            self.before.entry(key.clone()).or_insert(old);
        }
        found
    }

    /// Removes all rows under an index.
    pub(crate) fn remove_by(&mut self, index: &R::Index) {
        for key in self.keys(index).cloned().into_iter().flatten() {
            self.remove(&key);
        }
    }

    /// Copies what was written since the last commit into the table that others see.
    pub(crate) fn publish(&mut self, seen: &mut Self) {
        for key in std::mem::take(&mut self.before).into_keys() {
            seen.set(&key, self.rows.get(&key).cloned());
        }
    }

    /// Puts back what was at the last commit.
    pub(crate) fn undo(&mut self) {
        for (key, row) in std::mem::take(&mut self.before) {
            self.set(&key, row);
        }
    }

    fn set(&mut self, key: &R::Key, row: Option<Arc<R>>) -> Option<Arc<R>> {
        let old = self.rows.remove(key);
        for index in old.iter().flat_map(|old| old.indexes()) {
            if let Some(keys) = self.index.get_mut(&index) {
                keys.remove(key);
                if keys.is_empty() {
                    self.index.remove(&index);
                }
            }
        }
        if let Some(row) = row {
            for index in row.indexes() {
                self.index.entry(index).or_default().insert(key.clone());
            }
            self.rows.insert(key.clone(), row);
        }
        old
    }
}

impl<R: Tenanted> Table<R> {
    /// A row of an environment; a foreign one is not found.
    pub(crate) fn find(&self, environment: EnvironmentId, key: &R::Key) -> Option<&R> {
        self.get(key).filter(|row| row.environment_id() == environment)
    }

    /// Changes a row of an environment. False if there is none.
    pub(crate) fn change(
        &mut self,
        environment: EnvironmentId,
        key: &R::Key,
        change: impl FnOnce(&mut R),
    ) -> bool {
        let Some(mut row) = self.find(environment, key).cloned() else { return false };
        change(&mut row);
        self.put(row);
        true
    }

    /// Removes a row of an environment. False if there is none.
    pub(crate) fn remove_of(&mut self, environment: EnvironmentId, key: &R::Key) -> bool {
        self.find(environment, key).is_some() && self.remove(key)
    }
}
