//! The figures, as a table that can be pasted into a note.

/// One budget and how it was kept.
pub(crate) struct Row {
    what: String,
    figure: String,
    budget: String,
    kept: Option<bool>,
}

impl Row {
    /// A rate against the rate it is measured by; `budget` is the least ratio.
    pub(crate) fn rate(what: &str, rate: f64, against: f64, budget: f64) -> Self {
        let ratio = rate / against;
        Self {
            what: what.to_owned(),
            figure: format!("{rate:.0}/s of {against:.0}/s = {:.0} %", ratio * 100.0),
            budget: format!("≥ {:.0} %", budget * 100.0),
            kept: Some(ratio >= budget),
        }
    }

    /// A time against the time it is measured by; `budget` is the greatest ratio.
    pub(crate) fn growth(what: &str, small_ms: f64, large_ms: f64, budget: f64) -> Self {
        let ratio = large_ms / small_ms;
        Self {
            what: what.to_owned(),
            figure: format!("{large_ms:.2} ms against {small_ms:.2} ms = {ratio:.2} times"),
            budget: format!("≤ {budget} times"),
            kept: Some(ratio <= budget),
        }
    }

    /// A figure that has a greatest value.
    pub(crate) fn at_most(what: &str, figure: f64, budget: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            figure: format!("{figure:.1} {unit}"),
            budget: format!("≤ {budget} {unit}"),
            kept: Some(figure <= budget),
        }
    }

    /// A figure without a budget, for whoever wants to know what bounds the others.
    pub(crate) fn note(what: &str, figure: String) -> Self {
        Self { what: what.to_owned(), figure, budget: "–".to_owned(), kept: None }
    }
}

/// The whole table.
pub(crate) fn table(rows: &[Row]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .map(|Row { what, figure, budget, kept }| {
            let verdict = match kept {
                Some(true) => "kept",
                Some(false) => "MISSED",
                None => "",
            };
            format!("| {what} | {figure} | {budget} | {verdict} |\n")
        })
        .collect();
    format!("\n| What | Measured | Budget | |\n|---|---|---|---|\n{}", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_at_its_limit_and_missed_past_it() {
        let kept = |row: Row| row.kept;
        assert_eq!(kept(Row::rate("x", 60.0, 100.0, 0.6)), Some(true));
        assert_eq!(kept(Row::rate("x", 59.0, 100.0, 0.6)), Some(false));
        assert_eq!(kept(Row::growth("x", 10.0, 13.0, 1.3)), Some(true));
        assert_eq!(kept(Row::growth("x", 10.0, 13.1, 1.3)), Some(false));
        assert_eq!(kept(Row::at_most("x", 300.0, 300.0, "ms")), Some(true));
        assert_eq!(kept(Row::at_most("x", 300.1, 300.0, "ms")), Some(false));
    }

    #[test]
    fn the_table_shows_both_rates_and_the_verdict() {
        let rows = [Row::rate("Minting", 1_234.4, 2_000.0, 0.6), Row::note("Raw", "5/s".into())];
        assert!(
            table(&rows)
                .contains("| Minting | 1234/s of 2000/s = 62 % | ≥ 60 % | kept |\n| Raw | 5/s | – |  |")
        );
    }
}
