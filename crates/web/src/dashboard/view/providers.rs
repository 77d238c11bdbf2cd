//! With which accounts of their own people sign in.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The public providers, and the test identity provider.
#[derive(Debug, Serialize)]
pub(crate) struct ProvidersPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// What is registered at the providers.
    pub redirect_uri: String,
    /// The providers.
    pub providers: Vec<ProviderView>,
    /// Whether a sandbox has the test identity provider: `on` or `off`.
    pub test_provider: Option<&'static str>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
}

/// A public provider.
#[derive(Debug, Serialize)]
pub(crate) struct ProviderView {
    /// Its word in addresses.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What the environment is there, if it is anything.
    pub client_id: Option<String>,
    /// Id and secret.
    pub fields: [Field; 2],
    /// What the form was made from.
    pub made_from: String,
    /// Whether somebody else changed it meanwhile.
    pub overtaken: bool,
    /// Where the form goes.
    pub href: String,
}

impl Page for ProvidersPage {
    const TEMPLATE: &'static str = "dashboard/providers.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let provider = |held: Option<&str>, error: Option<&str>| ProviderView {
            word: "google",
            name: "Google",
            client_id: held.map(str::to_owned),
            fields: [
                Field {
                    error: error.map(Into::into),
                    value: held.unwrap_or_default().to_owned(),
                    ..Field::plain("google_client_id", "Client id", "line")
                },
                Field {
                    kept: held.is_some(),
                    ..Field::plain("google_client_secret", "Client secret", "secret")
                },
            ],
            made_from: "00".to_owned(),
            overtaken: error.is_some(),
            href: "/dashboard/e/providers/google".to_owned(),
        };
        let page = |shell: Shell, held: Option<&str>, error: Option<&str>, test_provider| Self {
            shell,
            href: "/dashboard/e/providers".to_owned(),
            redirect_uri: "https://vestibule.example/sso/oidc/callback".to_owned(),
            providers: vec![provider(held, error)],
            test_provider,
            errors: error
                .map(|error| ErrorLink { field_id: "field-google_client_id".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, None, None, Some("on")),
            page(member, Some(HOSTILE), None, Some("off")),
            page(hostile, Some(HOSTILE), Some(HOSTILE), None),
        ]
    }
}
