//! What somebody saw of a thing when they began to change it, so that of two people the later one
//! is told what changed instead of taking it back unknowingly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Context, SHA256};

/// Bytes of the digest that are kept: enough to tell states of one thing apart.
const SEEN_BYTES: usize = 12;

/// A state of a thing, told apart from its other states. It travels in a form and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(String);

impl Seen {
    /// The state that these values make, in this order.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut context = Context::new(&SHA256);
        for value in values {
            // The length keeps `ab`, `c` apart from `a`, `bc`.
            context.update(&value.len().to_be_bytes());
            context.update(value);
        }
        let digest = context.finish();
        let kept = digest.as_ref().get(..SEEN_BYTES).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(kept))
    }

    /// A state as a form carried it; a text that never was one equals none.
    pub fn sent(raw: &str) -> Self {
        Self(raw.to_owned())
    }

    /// The text for a form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_apart_wherever_their_values_end() {
        let of = |values: &[&str]| Seen::of(values.iter().map(|value| value.as_bytes()));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        assert_eq!(Seen::sent(of(&["a"]).as_str()), of(&["a"]));
        assert_eq!(of(&[]).as_str().len(), SEEN_BYTES * 4 / 3);
    }
}
