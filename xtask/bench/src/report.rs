//! The figures, as a table that can be pasted into a note.

use crate::load::median;

/// What one round measured.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    /// Ours.
    pub(crate) measured: f64,
    /// What it is compared with.
    pub(crate) against: f64,
}

/// One budget and how it was kept.
pub(crate) struct Row {
    what: String,
    figure: String,
    budget: String,
    kept: Option<bool>,
}

impl Row {
    /// Rates against the rates they are measured by, round by round; `budget` is the least ratio.
    pub(crate) fn rate(what: &str, rounds: &[Pair], budget: f64) -> Self {
        let ratio = ratio(rounds);
        Self {
            what: what.to_owned(),
            figure: rates(rounds),
            budget: format!("≥ {:.0} %", budget * 100.0),
            kept: Some(ratio >= budget),
        }
    }

    /// Such rates without a budget, for whoever wants to know what bounds the others.
    pub(crate) fn rate_without_budget(what: &str, rounds: &[Pair]) -> Self {
        Self { what: what.to_owned(), figure: rates(rounds), budget: "–".to_owned(), kept: None }
    }

    /// Times against the times they are measured by, round by round; `budget` is the greatest ratio.
    pub(crate) fn growth(what: &str, rounds: &[Pair], budget: f64) -> Self {
        let (measured_ms, against_ms) = medians(rounds);
        let ratio = ratio(rounds);
        Self {
            what: what.to_owned(),
            figure: format!("{measured_ms:.2} ms of {against_ms:.2} ms = {ratio:.2} times"),
            budget: format!("≤ {budget} times"),
            kept: Some(ratio <= budget),
        }
    }

    /// A figure without a budget.
    pub(crate) fn told(what: &str, figure: String) -> Self {
        Self { what: what.to_owned(), figure, budget: "–".to_owned(), kept: None }
    }

    /// A figure that has a least value.
    pub(crate) fn at_least(what: &str, figure: f64, budget: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            figure: format!("{figure:.0} {unit}"),
            budget: format!("≥ {budget} {unit}"),
            kept: Some(figure >= budget),
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
}

/// Of each round a figure and the one measured right beside it: a machine that is busy for a while
/// spoils both alike, so the ratio is taken of each pair and only then the median.
fn ratio(rounds: &[Pair]) -> f64 {
    median(rounds.iter().map(|pair| pair.measured / pair.against).collect())
}

fn medians(rounds: &[Pair]) -> (f64, f64) {
    (
        median(rounds.iter().map(|pair| pair.measured).collect()),
        median(rounds.iter().map(|pair| pair.against).collect()),
    )
}

fn rates(rounds: &[Pair]) -> String {
    let (measured, against) = medians(rounds);
    format!("{measured:.0}/s of {against:.0}/s = {:.0} %", ratio(rounds) * 100.0)
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
        let round = |measured| [Pair { measured, against: 100.0 }];
        assert_eq!(kept(Row::rate("x", &round(60.0), 0.6)), Some(true));
        assert_eq!(kept(Row::rate("x", &round(59.0), 0.6)), Some(false));
        assert_eq!(kept(Row::growth("x", &round(130.0), 1.3)), Some(true));
        assert_eq!(kept(Row::growth("x", &round(131.0), 1.3)), Some(false));
        assert_eq!(kept(Row::at_most("x", 300.0, 300.0, "ms")), Some(true));
        assert_eq!(kept(Row::at_most("x", 300.1, 300.0, "ms")), Some(false));
        assert_eq!(kept(Row::at_least("x", 10.0, 10.0, "/s")), Some(true));
        assert_eq!(kept(Row::at_least("x", 9.9, 10.0, "/s")), Some(false));
    }

    #[test]
    fn a_round_that_was_disturbed_does_not_count_when_its_pair_was_too() {
        let rounds =
            [(60.0, 100.0), (6.0, 10.0), (61.0, 100.0)].map(|(measured, against)| Pair { measured, against });
        assert!((ratio(&rounds) - 0.6).abs() < 0.001);
    }

    #[test]
    fn the_table_shows_both_rates_and_the_verdict() {
        let round = [Pair { measured: 1_234.4, against: 2_000.0 }];
        let rows = [Row::rate("Minting", &round, 0.6), Row::rate_without_budget("Raw", &round)];
        let wanted = "| Minting | 1234/s of 2000/s = 62 % | ≥ 60 % | kept |\n\
                      | Raw | 1234/s of 2000/s = 62 % | – |  |\n";
        assert!(table(&rows).ends_with(wanted));
    }
}
