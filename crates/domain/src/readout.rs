//! What can be edited of a thing, read out as texts: it tells what an edit changed, and whether
//! somebody else edited meanwhile.
//!
//! A form carries the [`Revision`] of what it was filled with. Whoever saves names it again; when the
//! thing reads otherwise by then, the save is refused as [`Overtaken`] with what it reads now. Only
//! what is read out counts: a row that was touched for another reason overtakes nobody.

use std::fmt;

/// Bytes of a revision: enough that nobody meets another one by accident.
const REVISION_BYTES: usize = 16;

/// Longest text of a change that the audit trail keeps, in characters.
pub const CHANGE_CHARS_MAX: usize = 300;

/// Texts by field, in the order in which they are shown. Never holds a secret. A field that is not
/// set is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readout(Vec<Field>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: String,
    text: String,
    /// What tells it from another of the same text, where not all of it is shown.
    mark: Option<Revision>,
}

impl Readout {
    /// Adds a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.push(Field { name: field.into(), text: value.to_string(), mark: None });
        self
    }

    /// Adds a field of which not all is shown, such as a picture or a sealed secret. `bytes` tell it
    /// from another of the same text; they are not kept.
    #[must_use]
    pub fn with_marked(mut self, field: impl Into<String>, value: impl fmt::Display, bytes: &[u8]) -> Self {
        let mark = Some(Revision::of([bytes]));
        self.0.push(Field { name: field.into(), text: value.to_string(), mark });
        self
    }

    /// Adds a field if it is set.
    #[must_use]
    pub fn with_some(self, field: impl Into<String>, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    /// The readout with another text in a field; none takes it away. It is told from any other, even one
    /// that reads alike.
    #[must_use]
    pub fn setting(mut self, field: &str, text: Option<impl fmt::Display>) -> Self {
        let place = self.0.iter().position(|held| held.name == field);
        let new = text.map(|text| Field { name: field.to_owned(), text: text.to_string(), mark: None });
        match (place, new) {
            (Some(place), Some(new)) => self.0[place] = new,
            (Some(place), None) => drop(self.0.remove(place)),
            (None, Some(new)) => self.0.push(new),
            (None, None) => {}
        }
        self
    }

    /// Adds all fields of another readout.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What a field reads.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.field(field).map(|field| field.text.as_str())
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.name == name)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|field| (field.name.as_str(), field.text.as_str()))
    }

    /// Stands for all of it.
    pub fn revision(&self) -> Revision {
        Revision::of(self.0.iter().flat_map(|Field { name, text, mark }| {
            [name.as_bytes(), text.as_bytes(), mark.as_ref().map_or(&[][..], |mark| &mark.0)]
        }))
    }

    /// Refuses a save that was made from something else than what reads here. Who names no revision
    /// (a program) means the thing as it is.
    pub fn expect(&self, made_from: Option<Revision>) -> Result<(), Overtaken> {
        match made_from {
            Some(revision) if revision != self.revision() => Err(Overtaken { now: self.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// What differs in `after`: fields of both in order, then those that are only there. Where another
    /// of the same text took something's place, it says so.
    pub fn changes(&self, after: &Self) -> Vec<FieldChange> {
        let new = after.0.iter().filter(|field| self.field(&field.name).is_none());
        let fields = self.0.iter().chain(new).map(|field| &field.name);
        fields
            .filter_map(|name| {
                let (before, after) = (self.field(name), after.field(name));
                let alike = before.map(|field| &field.text) == after.map(|field| &field.text);
                let said = |field: &Field| field.text.clone();
                let replaced = |field: &Field| format!("{}, replaced", field.text);
                (before != after).then(|| FieldChange {
                    field: name.clone(),
                    before: before.map(said),
                    after: if alike { after.map(replaced) } else { after.map(said) },
                })
            })
            .collect()
    }
}

/// Stands for what a form was filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision([u8; REVISION_BYTES]);

/// Lower-case hex.
impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Revision {
    /// Stands for these values in this order.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for value in values {
            // The length keeps values apart that would read the same in a row.
            context.update(&(value.len() as u64).to_be_bytes());
            context.update(value);
        }
        let mut bytes = [0; REVISION_BYTES];
        bytes.copy_from_slice(&context.finish().as_ref()[..REVISION_BYTES]);
        Self(bytes)
    }

    /// Reads what was written by `Display`.
    pub fn parse(raw: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if raw.len() != 2 * REVISION_BYTES || !raw.bytes().all(plain) {
            return None;
        }
        let mut bytes = [0; REVISION_BYTES];
        for (byte, at) in bytes.iter_mut().zip((0..raw.len()).step_by(2)) {
            *byte = u8::from_str_radix(raw.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Somebody else changed what was edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was changed meanwhile")]
pub struct Overtaken {
    /// What it reads now.
    pub now: Readout,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Which one.
    pub field: String,
    /// What it read; none if it was not set.
    pub before: Option<String>,
    /// What it reads; none if it is not set any more.
    pub after: Option<String>,
}

impl FieldChange {
    /// The change as the audit trail keeps it: long texts end in `…`.
    #[must_use]
    pub fn shortened(self) -> Self {
        let Self { field, before, after } = self;
        Self { field: short(field), before: before.map(short), after: after.map(short) }
    }
}

fn short(text: String) -> String {
    match text.char_indices().nth(CHANGE_CHARS_MAX) {
        None => text,
        Some(_) => text.chars().take(CHANGE_CHARS_MAX - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readout(fields: &[(&str, &str)]) -> Readout {
        fields.iter().fold(Readout::default(), |readout, (field, value)| readout.with(*field, value))
    }

    #[test]
    fn a_save_is_refused_when_what_it_was_made_from_reads_otherwise() {
        let before = readout(&[("name", "Acme"), ("plan", "free")]);
        let now = readout(&[("name", "Acme"), ("plan", "paid")]);
        let made_from = Revision::parse(&before.revision().to_string());
        assert_eq!(before.expect(made_from), Ok(()));
        assert_eq!(now.expect(made_from), Err(Overtaken { now: now.clone() }));
        assert_eq!(now.expect(None), Ok(()), "a program that names none means the thing as it is");
    }

    #[test]
    fn texts_that_read_the_same_in_a_row_are_told_apart() {
        let one = readout(&[("a", "bc")]);
        for other in [readout(&[("ab", "c")]), readout(&[("a", "b"), ("c", "")]), Readout::default()] {
            assert_ne!(one.revision(), other.revision());
        }
    }

    #[test]
    fn values_are_told_apart_wherever_they_end() {
        let of = |values: &[&str]| Revision::of(values.iter().map(|value| value.as_bytes()));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        assert_ne!(of(&[""]), of(&[]));
    }

    #[test]
    fn only_a_revision_is_read_as_one() {
        let revision = Readout::default().revision();
        assert_eq!(Revision::parse(&revision.to_string()), Some(revision));
        let long = format!("{revision}0");
        for raw in ["", "é", &"+1".repeat(16), &long[1..32], &long, &"F".repeat(32), &"é".repeat(16)] {
            assert_eq!(Revision::parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn changes_are_told_field_by_field() {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| FieldChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let before = readout(&[("name", "Acme"), ("plan", "free"), ("old", "x")]);
        let after = readout(&[("new", ""), ("plan", "paid"), ("name", "Acme")]);
        assert_eq!(
            before.changes(&after),
            [
                change("plan", Some("free"), Some("paid")),
                change("old", Some("x"), None),
                change("new", None, Some("")),
            ]
        );
        assert_eq!(before.changes(&before), []);
    }

    #[test]
    fn what_is_not_shown_in_full_is_told_from_another_that_reads_alike() {
        let secret = |bytes: &[u8]| Readout::default().with_marked("client_secret", "set", bytes);
        let change = |before: Option<&str>, after: Option<&str>| FieldChange {
            field: "client_secret".to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let (one, other, none) = (secret(b"one"), secret(b"other"), Readout::default());
        assert_eq!(one.changes(&other), [change(Some("set"), Some("set, replaced"))]);
        assert_eq!(one.changes(&one), []);
        assert_eq!(none.changes(&one), [change(None, Some("set"))]);
        assert_eq!(one.changes(&none), [change(Some("set"), None)]);
        assert!(other.expect(Some(one.revision())).is_err());
        assert_eq!(one.expect(Some(one.revision())), Ok(()));
    }

    #[test]
    fn a_field_is_set_where_it_stands_or_taken_away() {
        let before = readout(&[("name", "Acme"), ("plan", "free")]);
        let none = None::<&str>;
        assert_eq!(before.clone().setting("name", Some("Initech")).iter().next(), Some(("name", "Initech")));
        assert_eq!(before.clone().setting("name", none), readout(&[("plan", "free")]));
        assert_eq!(before.clone().setting("new", none), before);
        assert_eq!(before.clone().setting("new", Some(1)).get("new"), Some("1"));
        let secret = Readout::default().with_marked("secret", "set", b"one");
        assert_eq!(secret.changes(&secret.clone().setting("secret", Some("set"))).len(), 1);
    }

    #[test]
    fn long_texts_are_shortened_for_the_audit_trail() {
        let kept = |chars: usize| {
            let before = Some("é".repeat(chars));
            let change = FieldChange { field: "note".to_owned(), before, after: None }.shortened();
            change.before.unwrap()
        };
        assert_eq!(kept(CHANGE_CHARS_MAX), "é".repeat(CHANGE_CHARS_MAX));
        assert_eq!(kept(CHANGE_CHARS_MAX + 1), format!("{}…", "é".repeat(CHANGE_CHARS_MAX - 1)));
    }
}
