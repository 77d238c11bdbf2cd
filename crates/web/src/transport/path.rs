//! Ids in paths.

use std::str::FromStr;

use super::problem::Problem;

/// Reads an id of a path. A malformed one names nothing, so it is not found.
///
/// `entity` is the word for people: `Organization`.
pub(crate) fn named<I: FromStr>(entity: &'static str, raw: &str) -> Result<I, Problem> {
    raw.parse().map_err(|_| Problem::entity_not_found(entity, raw))
}
