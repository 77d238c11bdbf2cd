//! Days, times and lists, as each language writes them. Months are words wherever figures could
//! be read in two ways, and years have four figures.

use time::UtcOffset;
use vestibule_domain::Instant;
use vestibule_domain::language::Language;

type Months = [&'static str; 12];

const ENGLISH: Months = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const GERMAN: Months = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

const FRENCH: Months = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

const SPANISH: Months = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

const PORTUGUESE: Months = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

/// A day, in UTC.
pub fn day(language: Language, at: Instant) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (day, year) = (at.day(), at.year());
    let number = u8::from(at.month());
    let month = |names: Months| names[usize::from(number) - 1];
    match language {
        Language::En => format!("{day} {} {year}", month(ENGLISH)),
        Language::De => format!("{day}. {} {year}", month(GERMAN)),
        // Only the first of a month is an ordinal.
        Language::Fr if day == 1 => format!("1er {} {year}", month(FRENCH)),
        Language::Fr => format!("{day} {} {year}", month(FRENCH)),
        Language::Es => format!("{day} de {} de {year}", month(SPANISH)),
        Language::Pt => format!("{day} de {} de {year}", month(PORTUGUESE)),
        Language::Ja => format!("{year}年{number}月{day}日"),
    }
}

/// A day and a time, in UTC, to the minute.
pub fn moment(language: Language, at: Instant) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (day, hour, minute) = (day(language, at), at.hour(), at.minute());
    let comma = match language {
        Language::Ja => "",
        Language::En | Language::De | Language::Fr | Language::Es | Language::Pt => ",",
    };
    format!("{day}{comma} {hour:02}:{minute:02} UTC")
}

/// Things one after the other.
pub(crate) fn list(language: Language, items: &[String]) -> String {
    let (comma, and) = match language {
        Language::En => (", ", " and "),
        Language::De => (", ", " und "),
        Language::Fr => (", ", " et "),
        Language::Es => (", ", " y "),
        Language::Pt => (", ", " e "),
        Language::Ja => ("、", "、"),
    };
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        let at = datetime!(2026-11-21 23:30 -02:00);
        for (language, written) in [
            (Language::En, "22 November 2026"),
            (Language::De, "22. November 2026"),
            (Language::Fr, "22 novembre 2026"),
            (Language::Es, "22 de noviembre de 2026"),
            (Language::Pt, "22 de novembro de 2026"),
            (Language::Ja, "2026年11月22日"),
        ] {
            assert_eq!(day(language, at), written);
        }
        assert_eq!(day(Language::Fr, datetime!(2027-08-01 0:00 UTC)), "1er août 2027");
    }

    #[test]
    fn moments_name_their_zone() {
        let at = datetime!(2026-03-05 07:08:09 UTC);
        assert_eq!(moment(Language::En, at), "5 March 2026, 07:08 UTC");
        assert_eq!(moment(Language::Ja, at), "2026年3月5日 07:08 UTC");
    }

    #[test]
    fn lists_of_any_length_are_joined() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(Language::En, &[]), "");
        assert_eq!(list(Language::De, &items[..1]), "a");
        assert_eq!(list(Language::Fr, &items[..2]), "a et b");
        assert_eq!(list(Language::Es, &items), "a, b y c");
        assert_eq!(list(Language::Pt, &items), "a, b e c");
        assert_eq!(list(Language::Ja, &items), "a、b、c");
    }
}
