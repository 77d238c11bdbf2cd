//! Values that look right and are not: ours instead of theirs, examples, what a console shows
//! beside the value that is asked for. What a provider's are is data of the catalogue.

use vestibule_catalog::{FieldKey, MistakeKind, Provider};
use vestibule_words::Text;

use super::super::words::faults;
use super::{Fault, tidy};
use crate::app::App;

/// Where our own values for identity providers begin, below the public address.
const OUR_PATH: &str = "/sso/";

/// What is wrong with a value before anything is done with it. `field` is where it was typed, `key`
/// what it is taken for.
pub(super) fn fault(
    app: &App,
    provider: &Provider,
    field: &'static str,
    key: FieldKey,
    value: &str,
) -> Option<Fault> {
    let told = |text: Text| Some(Fault::named(field, text));
    if is_ours(app, value) {
        return told(faults::ours(provider, key));
    }
    let typed_in = FieldKey::find(field).unwrap_or(key);
    let mistake = [key, typed_in].into_iter().find_map(|key| provider.field(key)?.mistake(value));
    if let Some(mistake) = mistake {
        let meant = mistake.meant(value);
        let fault = Fault::named(field, faults::mistake(mistake.kind, meant.as_deref(), provider, key));
        return Some(match mistake.kind {
            MistakeKind::SecretHere => fault.forgetting(),
            MistakeKind::ConsolePage
            | MistakeKind::SignInAddress
            | MistakeKind::StartPage
            | MistakeKind::WholeTenant
            | MistakeKind::SecretId => fault,
        });
    }
    told(faults::placeholder(tidy::placeholder(value)?))
}

/// Whether a value is one that we gave the admin for their console.
fn is_ours(app: &App, value: &str) -> bool {
    let rest = value.strip_prefix(app.ambient.addresses.public_url());
    rest.is_some_and(|rest| rest.starts_with(OUR_PATH))
}

/// Parts of made-up values that no customer has.
const MADE_UP: [&str; 8] = [
    "acme.",
    "acme-app",
    "/acme",
    "exk1a2b3c4d5e6f7g8h9",
    "11111111-2222-3333",
    "C01abc2de",
    "0123abcd",
    "AbCdEf123456",
];

/// Whether a value is the made-up one that stands beside its field. Some examples are everybody's
/// value and so no example.
pub(super) fn is_example(provider: &Provider, key: FieldKey, value: &str) -> bool {
    let example = provider.field(key).and_then(|field| field.example.as_deref());
    example == Some(value) && MADE_UP.iter().any(|part| value.contains(part))
}
