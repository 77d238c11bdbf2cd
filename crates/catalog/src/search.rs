//! Finding providers by what people call them.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How much of a query is read, in characters; no provider's name comes near it.
pub const QUERY_CHARS_MAX: usize = 128;

/// Everything a provider is known by, folded.
#[derive(Debug)]
pub(crate) struct Haystack(String);

impl Haystack {
    /// Folds names; each is kept with and without its spaces, so that "gsuite" finds "G Suite".
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut haystack = String::new();
        for name in names {
            let words = fold(name);
            haystack.push_str(&words.join(" "));
            haystack.push('\n');
            if words.len() > 1 {
                haystack.push_str(&words.concat());
                haystack.push('\n');
            }
        }
        Self(haystack)
    }

    /// Whether every word occurs.
    pub(crate) fn contains_all(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.0.contains(word.as_str()))
    }
}

/// The words of a query, of which only the first [`QUERY_CHARS_MAX`] characters count.
pub(crate) fn words_of(query: &str) -> Vec<String> {
    let end = query.char_indices().nth(QUERY_CHARS_MAX).map_or(query.len(), |(at, _)| at);
    fold(&query[..end])
}

/// Splits a text into words without case, diacritics and punctuation.
fn fold(text: &str) -> Vec<String> {
    let folded: String =
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_and_punctuation_do_not_count() {
        assert_eq!(fold("Ökta-SAML  (Entra\u{a0}ID)"), ["okta", "saml", "entra", "id"]);
        assert_eq!(fold("O\u{308}KTA"), ["okta"]);
        assert_eq!(fold("ＯＫＴＡ"), ["okta"]);
        assert!(fold(" - ").is_empty());
    }

    #[test]
    fn every_word_must_occur() {
        let haystack = Haystack::new(["Google Workspace", "G Suite"]);
        assert!(haystack.contains_all(&words_of("work goo")));
        assert!(haystack.contains_all(&words_of("gsuite")));
        assert!(haystack.contains_all(&words_of("")));
        assert!(!haystack.contains_all(&words_of("google okta")));
    }

    #[test]
    fn a_query_is_read_up_to_its_limit() {
        let at_the_limit = "é".repeat(QUERY_CHARS_MAX);
        assert_eq!(words_of(&at_the_limit), ["e".repeat(QUERY_CHARS_MAX)]);
        let past_the_limit = "é".repeat(QUERY_CHARS_MAX + 1);
        assert_eq!(words_of(&past_the_limit), ["e".repeat(QUERY_CHARS_MAX)]);
    }
}
