//! The languages that people are spoken to in.

/// A language of pages and mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, which whoever understands none of the others is spoken to in.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese, as it is written in Brazil.
    Pt,
    /// Japanese.
    Ja,
}

impl Language {
    /// All languages, in the order in which a page offers them.
    pub const ALL: [Self; 6] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Pt, Self::Ja];

    /// The tag. Source: RFC 5646.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Pt => "pt",
            Self::Ja => "ja",
        }
    }

    /// Reads a tag. What follows the language itself, as a region does, makes no difference:
    /// `de-AT` is German. Source: RFC 4647, section 3.4.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Pt => "Português",
            Self::Ja => "日本語",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_survives_its_tag() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Some(language));
        }
    }

    #[test]
    fn regions_and_case_make_no_difference() {
        for (tag, language) in [
            ("de-AT", Language::De),
            ("pt-BR", Language::Pt),
            ("pt-PT", Language::Pt),
            ("JA", Language::Ja),
            ("en-US-x-twain", Language::En),
        ] {
            assert_eq!(Language::parse(tag), Some(language), "{tag}");
        }
    }

    #[test]
    fn other_languages_are_not_spoken() {
        for tag in ["", "-", "d", "deu", "zh-Hant", "e n", "en_US", "<b>"] {
            assert_eq!(Language::parse(tag), None, "{tag}");
        }
    }
}
