//! Pictures of numbers, and the numbers: columns as SVG paths, drawn here since a template does no
//! sums. What is told apart by colour is told apart by pattern too; text stands outside the picture,
//! where it keeps its size.

use std::fmt::Write as _;

use serde::Serialize;
use time::{Date, Duration};
use vestibule_application::ports::store::{
    OVERVIEW_DAYS, OVERVIEW_WEEKS, SetUpWeek, SignInDay, first_day, first_monday,
};
use vestibule_domain::Instant;

/// The picture's size, in its own units.
const WIDTH: u64 = 600;
const HEIGHT: u64 = 120;

/// A picture with its numbers.
#[derive(Debug, Serialize)]
pub(crate) struct ChartView {
    /// What it is told apart by on its page.
    pub id: &'static str,
    /// What it says, in a sentence.
    pub summary: String,
    /// Whether there is anything to be drawn.
    pub any: bool,
    /// Its width.
    pub width: u64,
    /// Its height.
    pub height: u64,
    /// What is drawn, by kind.
    pub series: Vec<SeriesView>,
    /// What stands at its left and right end.
    pub ends: [String; 2],
    /// What its highest column stands for.
    pub most: u64,
    /// The heads of the numbers.
    pub heads: &'static [&'static str],
    /// The numbers: a row for each column of the picture that is not empty.
    pub rows: Vec<Vec<String>>,
}

/// Everything of a kind in a picture.
#[derive(Debug, Serialize)]
pub(crate) struct SeriesView {
    /// The word of the kind: how it is drawn.
    pub kind: &'static str,
    /// The same for people.
    pub label: &'static str,
    /// The outline of its columns.
    pub path: String,
}

/// Sign-ins by the day, one outcome upon the other.
pub(crate) fn sign_ins(days: &[SignInDay], now: Instant) -> ChartView {
    let first = first_day(now);
    let mut columns = vec![[0; 3]; OVERVIEW_DAYS.into()];
    for day in days {
        if let Some(column) = place(first, day.day, 1).and_then(|at| columns.get_mut(at)) {
            *column = [day.successful, day.failed, day.unfinished];
        }
    }
    let most = columns.iter().map(|column| column.iter().sum()).max().unwrap_or(0);
    let [successful, failed, unfinished] = [0, 1, 2].map(|kind| columns.iter().map(|c| c[kind]).sum::<u64>());
    let series = |kind, label, at: usize| {
        let outline = |n: usize, column: &[u64; 3]| {
            let below = scaled(column[..at].iter().sum(), most);
            let top = scaled(column[..=at].iter().sum(), most);
            rectangle(slot(n, OVERVIEW_DAYS, 3), below, top)
        };
        SeriesView { kind, label, path: path(&columns, outline) }
    };
    ChartView {
        id: "sign-ins",
        summary: format!(
            "{successful} successful, {failed} failed and {unfinished} unfinished in the last {OVERVIEW_DAYS} days"
        ),
        any: most > 0,
        width: WIDTH,
        height: HEIGHT,
        series: vec![
            series("good", "Successful", 0),
            series("bad", "Failed", 1),
            series("open", "Unfinished", 2),
        ],
        ends: [short(first), "today".to_owned()],
        most,
        heads: &["Day", "Successful", "Failed", "Unfinished"],
        rows: rows(&columns, first, 1),
    }
}

/// Set-ups by the week: started beside finished. The median is among the numbers.
pub(crate) fn set_ups(weeks: &[SetUpWeek], now: Instant) -> ChartView {
    let first = first_monday(now);
    let mut columns = vec![[0; 2]; OVERVIEW_WEEKS.into()];
    let mut medians = vec![None; OVERVIEW_WEEKS.into()];
    for week in weeks {
        let Some(at) = place(first, week.monday, 7) else { continue };
        if let (Some(column), Some(median)) = (columns.get_mut(at), medians.get_mut(at)) {
            *column = [week.started, week.finished];
            *median = week.median;
        }
    }
    let most = columns.iter().flatten().copied().max().unwrap_or(0);
    let [started, finished] = [0, 1].map(|kind| columns.iter().map(|c| c[kind]).sum::<u64>());
    let series = |kind, label, at: usize| {
        let outline = |n: usize, column: &[u64; 2]| {
            let (left, right) = slot(n, OVERVIEW_WEEKS, 8);
            let middle = u64::midpoint(left, right);
            let half = if at == 0 { (left, middle - 1) } else { (middle + 1, right) };
            rectangle(half, 0, scaled(column[at], most))
        };
        SeriesView { kind, label, path: path(&columns, outline) }
    };
    let mut rows = rows(&columns, first, 7);
    let taken = columns.iter().zip(&medians).filter(|(column, _)| column.iter().any(|sum| *sum > 0));
    for (row, (_, median)) in rows.iter_mut().zip(taken) {
        row.push(median.map_or_else(|| "–".to_owned(), took));
    }
    let last = medians.iter().flatten().next_back();
    let last = last.map(|median| format!("; lately half of them took no more than {}", took(*median)));
    ChartView {
        id: "set-ups",
        summary: format!(
            "{started} started and {finished} finished in the last {OVERVIEW_WEEKS} weeks{}",
            last.unwrap_or_default()
        ),
        any: most > 0,
        width: WIDTH,
        height: HEIGHT,
        series: vec![series("open", "Started", 0), series("good", "Finished", 1)],
        ends: [short(first), "this week".to_owned()],
        most,
        heads: &["Week from", "Started", "Finished", "Median time"],
        rows,
    }
}

/// Which column a date has, when each is so many days wide.
fn place(first: Date, date: Date, days: i64) -> Option<usize> {
    usize::try_from((date - first).whole_days().div_euclid(days)).ok()
}

/// From where to where the n-th of some columns reaches, with a gap between them.
fn slot(n: usize, columns: u16, gap: u64) -> (u64, u64) {
    let n = u64::try_from(n).unwrap_or(0);
    let columns = u64::from(columns);
    (n * WIDTH / columns, (n + 1) * WIDTH / columns - gap)
}

/// How high something is drawn; whatever is there can be seen.
fn scaled(sum: u64, most: u64) -> u64 {
    if sum == 0 { 0 } else { (sum.saturating_mul(HEIGHT) / most.max(1)).max(1) }
}

fn rectangle((left, right): (u64, u64), below: u64, top: u64) -> Option<String> {
    let height = top.saturating_sub(below);
    (height > 0).then(|| format!("M{left} {}h{}v-{height}h-{}z", HEIGHT - below, right - left, right - left))
}

fn path<const N: usize>(
    columns: &[[u64; N]],
    outline: impl Fn(usize, &[u64; N]) -> Option<String>,
) -> String {
    columns.iter().enumerate().filter_map(|(n, column)| outline(n, column)).collect()
}

/// The numbers of the columns that have any, the oldest first.
fn rows<const N: usize>(columns: &[[u64; N]], first: Date, days: i64) -> Vec<Vec<String>> {
    let mut date = first;
    let mut rows = Vec::new();
    for column in columns {
        if column.iter().any(|sum| *sum > 0) {
            rows.push(std::iter::once(short(date)).chain(column.iter().map(u64::to_string)).collect());
        }
        date += Duration::days(days);
    }
    rows
}

/// A day of the last months, as English has it.
fn short(date: Date) -> String {
    format!("{} {}", date.day(), &date.month().to_string()[..3])
}

/// A time that people took.
fn took(time: Duration) -> String {
    let mut text = String::new();
    let minutes = time.whole_minutes();
    let written = match minutes {
        0 => write!(text, "a minute"),
        1..120 => write!(text, "{minutes} min"),
        120..2_880 => write!(text, "{} hours", time.whole_hours()),
        _ => write!(text, "{} days", time.whole_days()),
    };
    debug_assert!(written.is_ok(), "a text takes whatever is written to it");
    text
}

/// Pictures for the samples of pages: with columns, or empty.
pub(crate) fn samples(filled: bool) -> [ChartView; 2] {
    let now = time::macros::datetime!(2026-11-22 10:00 UTC);
    let day = SignInDay { day: now.date(), successful: 40, failed: 3, unfinished: 1 };
    let week =
        SetUpWeek { monday: first_monday(now), started: 4, finished: 3, median: Some(Duration::minutes(14)) };
    if filled {
        [sign_ins(&[day], now), set_ups(&[week], now)]
    } else {
        [sign_ins(&[], now), set_ups(&[], now)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_one_upon_the_other_within_the_picture() {
        let now = time::macros::datetime!(2026-11-22 10:00 UTC);
        let day = |days_ago: i64, successful, failed| SignInDay {
            day: now.date() - Duration::days(days_ago),
            successful,
            failed,
            unfinished: 0,
        };
        let chart = sign_ins(&[day(29, 30, 10), day(0, 1, 0), day(30, 999, 0), day(-1, 999, 0)], now);
        assert_eq!(chart.most, 40);
        let paths: Vec<_> = chart.series.iter().map(|series| series.path.as_str()).collect();
        assert_eq!(paths, ["M0 120h17v-90h-17zM580 120h17v-3h-17z", "M0 30h17v-30h-17z", ""]);
        assert_eq!(chart.rows, [["24 Oct", "30", "10", "0"], ["22 Nov", "1", "0", "0"]]);
        assert_eq!(chart.summary, "31 successful, 10 failed and 0 unfinished in the last 30 days");
    }

    #[test]
    fn weeks_stand_side_by_side_and_tell_the_median() {
        let now = time::macros::datetime!(2026-11-22 10:00 UTC);
        let week = |weeks_ago: i64, started, finished, minutes: Option<i64>| SetUpWeek {
            monday: first_monday(now) + Duration::weeks(11 - weeks_ago),
            started,
            finished,
            median: minutes.map(Duration::minutes),
        };
        let chart = set_ups(&[week(11, 2, 1, Some(14)), week(0, 1, 0, None)], now);
        let paths: Vec<_> = chart.series.iter().map(|series| series.path.as_str()).collect();
        assert_eq!(paths, ["M0 120h20v-120h-20zM550 120h20v-60h-20z", "M22 120h20v-60h-20z"]);
        assert_eq!(chart.rows, [["31 Aug", "2", "1", "14 min"], ["16 Nov", "1", "0", "–"]]);
    }

    #[test]
    fn nothing_makes_an_empty_picture() {
        for chart in samples(false) {
            assert!(!chart.any && chart.rows.is_empty());
            assert!(chart.series.iter().all(|series| series.path.is_empty()));
        }
    }

    #[test]
    fn times_are_told_as_exactly_as_anybody_wants_to_know_them() {
        for (minutes, text) in
            [(0, "a minute"), (1, "1 min"), (119, "119 min"), (120, "2 hours"), (2_880, "2 days")]
        {
            assert_eq!(took(Duration::minutes(minutes)), text);
        }
    }

    #[test]
    fn the_largest_sums_are_drawn() {
        assert_eq!(scaled(u64::MAX, u64::MAX), 1);
        assert_eq!(scaled(1, u64::MAX), 1);
        assert_eq!(scaled(5, 5), HEIGHT);
    }
}
