//! Good documents with something wrong in them.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Most changes of one document.
const CHANGES_MAX: usize = 6;

/// Most bytes that one change removes, repeats or takes from another document.
const RUN_BYTES_MAX: usize = 400;

/// One change of a document.
#[derive(Clone, Debug)]
enum Change {
    Set { at: Index, byte: u8 },
    Insert { at: Index, bytes: Vec<u8> },
    Remove { at: Index, length: usize },
    Repeat { at: Index, length: usize, times: usize },
    Take { at: Index, document: Index, from: Index, length: usize },
    Cut { at: Index },
}

/// A document that was good before it was changed.
#[derive(Clone)]
pub struct Mutant {
    /// The place of the document among those that were given.
    pub of: usize,
    /// What became of it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {} as {:?}", self.of, String::from_utf8_lossy(&self.bytes))
    }
}

/// One of these documents with up to six changes: bytes set, removed, repeated, cut off, taken from
/// another of them, or one of these `tokens` put in.
///
/// # Panics
/// Without a document.
pub fn mutants(documents: Vec<Vec<u8>>, tokens: &'static [&'static str]) -> impl Strategy<Value = Mutant> {
    assert!(!documents.is_empty(), "there is nothing to change");
    (any::<Index>(), vec(change(tokens), 1..=CHANGES_MAX)).prop_map(move |(document, changes)| {
        let of = document.index(documents.len());
        let mut bytes = documents[of].clone();
        for change in changes {
            change.apply(&mut bytes, &documents);
        }
        Mutant { of, bytes }
    })
}

impl AsRef<[u8]> for Mutant {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn change(tokens: &'static [&'static str]) -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let length = || 1..=RUN_BYTES_MAX;
    let token = any::<Index>().prop_map(move |token| match tokens {
        [] => Vec::new(),
        tokens => token.get(tokens).as_bytes().to_vec(),
    });
    prop_oneof![
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set { at, byte }),
        2 => (at(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert { at, bytes }),
        3 => (at(), token).prop_map(|(at, bytes)| Change::Insert { at, bytes }),
        3 => (at(), length()).prop_map(|(at, length)| Change::Remove { at, length }),
        2 => (at(), length(), 1..40_usize)
            .prop_map(|(at, length, times)| Change::Repeat { at, length, times }),
        3 => (at(), at(), at(), length())
            .prop_map(|(at, document, from, length)| Change::Take { at, document, from, length }),
        1 => at().prop_map(|at| Change::Cut { at }),
    ]
}

impl Change {
    fn apply(self, bytes: &mut Vec<u8>, documents: &[Vec<u8>]) {
        let end = bytes.len();
        let place = |at: Index| at.index(end + 1);
        match self {
            Self::Set { at, byte } => {
                let at = place(at);
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
            Self::Insert { at, bytes: new } => {
                let at = place(at);
                bytes.splice(at..at, new);
            }
            Self::Remove { at, length } => {
                let at = place(at);
                bytes.drain(at..end.min(at + length));
            }
            Self::Repeat { at, length, times } => {
                let at = place(at);
                let run = bytes[at..end.min(at + length)].repeat(times);
                bytes.splice(at..at, run);
            }
            Self::Take { at, document, from, length } => {
                let other = document.get(documents);
                let from = from.index(other.len() + 1);
                let run = other[from..other.len().min(from + length)].to_vec();
                let at = place(at);
                bytes.splice(at..at, run);
            }
            Self::Cut { at } => bytes.truncate(place(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn most_mutants_differ_from_their_document_and_keep_most_of_it() {
        let document = b"a document that is long enough to be changed here and there".to_vec();
        let (changed, kept, empty) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let inputs = mutants(vec![document.clone(), Vec::new()], &["<token>"]);
        crate::check("mutants", 2_000, &inputs, |mutant| {
            let bytes = mutant.as_ref();
            changed.set(changed.get() + u32::from(bytes != document));
            kept.set(kept.get() + u32::from(bytes.starts_with(b"a doc")));
            empty.set(empty.get() + u32::from(bytes.is_empty()));
            Ok(())
        });
        assert!(changed.get() > 1_500 && kept.get() > 500, "{changed:?} {kept:?}");
        assert!(empty.get() < 1_000, "{empty:?}");
    }
}
