//! Plans as PostgreSQL's `auto_explain` writes them into the log.

use std::collections::BTreeSet;

/// What plans consist of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plans {
    /// The types of their nodes, with the index that a scan goes by.
    pub(crate) nodes: BTreeSet<String>,
    /// Tables that are scanned from one end to the other, partitions under their own name.
    pub(crate) scanned: BTreeSet<String>,
}

/// Reads a stretch of the log.
pub(crate) fn read(log: &str) -> Plans {
    let mut plans = Plans::default();
    for line in log.lines() {
        // A node is a line of a plan with its costs.
        let Some((node, _)) = line.split_once("  (cost=") else { continue };
        let node = node.trim().trim_start_matches("->").trim();
        if let Some(table) = node.strip_prefix("Seq Scan on ").or(node.strip_prefix("Parallel Seq Scan on "))
        {
            plans.scanned.extend(table.split_whitespace().next().map(str::to_owned));
        }
        let kind = node.split(" on ").next().unwrap_or(node);
        plans.nodes.insert(kind.split(" using ").next().unwrap_or(kind).to_owned());
    }
    plans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_and_sequential_scans_are_found() {
        let log = "2026-11-22 09:00:00.000 UTC [7] LOG:  duration: 0.3 ms  plan:
\tQuery Text: SELECT id FROM organizations (cost=1)
\tLimit  (cost=0.42..8.44 rows=1 width=8)
\t  ->  Index Only Scan using organizations_sso on organizations  (cost=0.42..8.44 rows=1 width=8)
\t        Index Cond: (sso = 'none'::text)
\t  ->  Seq Scan on sso_sessions_2026_11 sso_sessions_1  (cost=0.00..1.00 rows=1 width=8)
\t  ->  Parallel Seq Scan on events_default  (cost=0.00..1.00 rows=1 width=8)";
        let plans = read(log);
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(plans.nodes, set(&["Index Only Scan", "Limit", "Parallel Seq Scan", "Seq Scan"]));
        assert_eq!(plans.scanned, set(&["events_default", "sso_sessions_2026_11"]));
        assert_eq!(read("LOG:  checkpoint starting: time"), Plans::default());
    }
}
