//! How easy a password is to guess, as `zxcvbn` estimates it: by what a guesser tries first.

use vestibule_application::ports::ambient::PasswordStrength;
use vestibule_domain::password::{Password, Weakness};
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// What a password must reach: more than 10^8 guesses, with wrong ones limited by the account and
/// each stored hash costing [`crate::ARGON2_MEMORY_KIB`] a guess.
const SCORE_MIN: Score = Score::Three;

/// Shortest word of one's own that counts, in characters: shorter ones are in every text.
const OWN_WORD_CHARS_MIN: usize = 3;

/// Estimates by dictionaries of 30,000 words and passwords, keyboards, dates and repetitions.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZxcvbnStrength;

impl PasswordStrength for ZxcvbnStrength {
    fn weakness(&self, password: &Password, own_words: &[&str]) -> Option<Weakness> {
        let pieces: Vec<&str> = own_words
            .iter()
            .flat_map(|text| std::iter::once(*text).chain(text.split(|c: char| !c.is_alphanumeric())))
            .filter(|word| word.chars().count() >= OWN_WORD_CHARS_MIN)
            .collect();
        let estimate = zxcvbn(password.expose(), &pieces);
        if estimate.score() >= SCORE_MIN {
            return None;
        }
        // Without one's own words it would do: then they are what makes it weak.
        if !pieces.is_empty() && zxcvbn(password.expose(), &[]).score() >= SCORE_MIN {
            return Some(Weakness::Own);
        }
        let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
        Some(warning.map_or(Weakness::Predictable, weakness))
    }
}

fn weakness(warning: Warning) -> Weakness {
    match warning {
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::Common,
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Weakness::Keyboard
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Weakness::Repetition
        }
        Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
        Warning::AWordByItselfIsEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::FewWords,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(password: &str, own_words: &[&str]) -> Option<Weakness> {
        ZxcvbnStrength.weakness(&Password::parse(password).unwrap(), own_words)
    }

    #[test]
    fn what_a_guesser_tries_first_is_refused_and_named() {
        for (password, named) in [
            ("aaaaaaaaaaaaaaaaaa", Weakness::Repetition),
            ("passwordpassword", Weakness::Repetition),
            ("qwertyuiopasdfghjkl", Weakness::Common),
            ("abcdefghijklmnopqrst", Weakness::Sequence),
        ] {
            assert_eq!(weak(password, &[]), Some(named), "{password}");
        }
    }

    #[test]
    fn a_few_words_that_do_not_go_together_are_taken() {
        for password in
            ["a long walk along the shore", "gravel teapot lantern moss", "Xk7-9vQp2_mT4zLw8rB1cD3e"]
        {
            assert_eq!(weak(password, &["Ada Lovelace", "ada@vendor.example", "Vendor"]), None, "{password}");
        }
    }

    #[test]
    fn ones_own_words_count_as_known() {
        let own = ["Wilhelmina Ockenfels", "w.ockenfels@quibblestone.example", "Quibblestone"];
        assert_eq!(weak("wilhelminaockenfels", &[]), None);
        assert_eq!(weak("wilhelminaockenfels", &own), Some(Weakness::Own));
        assert_eq!(weak("quibblestoneockenfels", &own), Some(Weakness::Own));
    }

    #[test]
    fn the_longest_password_is_estimated_in_bearable_time() {
        let longest = "aB3$".repeat(vestibule_domain::password::PASSWORD_CHARS_MAX / 4);
        assert!(weak(&longest, &["aB3", "3$aB"]).is_some());
    }
}
