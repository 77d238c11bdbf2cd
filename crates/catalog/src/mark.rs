//! A neutral mark for a provider: letters on a hue. Logos belong to the vendors.

/// How many hues a mark can have.
pub const HUES: u8 = 8;

/// The initials of the first two words; of a single word its first letter, and the next capital
/// inside it (`OneLogin` is OL).
pub(crate) fn monogram(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters: Vec<char> = match words.as_slice() {
        [] => Vec::new(),
        [word] => {
            let mut rest = word.chars();
            let first = rest.next();
            // A run of capitals at the start, as in ADFS, is one initial.
            let second = rest.skip_while(|c| c.is_uppercase()).find(|c| c.is_uppercase());
            first.into_iter().chain(second).collect()
        }
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
    };
    // A letter may have a capital form of several characters (ß): the first is enough.
    letters.into_iter().filter_map(|letter| letter.to_uppercase().next()).collect()
}

/// FNV-1a of the name, modulo [`HUES`]: the same in every process and release.
pub(crate) fn hue(name: &str) -> u8 {
    const OFFSET_BASIS: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let hash = name.bytes().fold(OFFSET_BASIS, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
    u8::try_from(hash % u32::from(HUES)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monogram_is_one_or_two_capitals() {
        for (name, letters) in [
            ("Okta", "O"),
            ("Microsoft Entra ID", "ME"),
            ("OneLogin", "OL"),
            ("miniOrange", "MO"),
            ("SimpleSAMLphp", "SS"),
            ("AD FS", "AF"),
            ("ADFS", "A"),
            ("Login.gov", "LG"),
            ("Auth0", "A"),
            ("Oracle Identity Cloud (IDCS / OCI IAM)", "OI"),
            ("élan", "É"),
            ("ßx", "S"),
            ("", ""),
        ] {
            assert_eq!(monogram(name), letters, "{name}");
        }
    }

    #[test]
    fn a_hue_is_stable_and_in_range() {
        assert_eq!(hue("Okta"), hue("Okta"));
        // FNV-1a of the empty text is its offset basis, 0x811c9dc5.
        assert_eq!(hue(""), 5);
        for name in ["Okta", "Google Workspace", "Keycloak", "é"] {
            assert!(hue(name) < HUES);
        }
    }
}
