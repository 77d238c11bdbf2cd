//! All about a connection.

use serde::Serialize;
use vestibule_words::{Day, Moment};

use super::head::{OrganizationHead, Tab, sample};
use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{CertificateView, ErrorLink, FactView, Field, HOSTILE, hostile_data};

/// All about an organization's connection, or that it has none.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where the set-up is.
    pub setup_href: String,
    /// What was done just now.
    pub notice: Option<&'static str>,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// The connection.
    pub connection: Option<ConnectionFacts>,
}

/// A connection.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionFacts {
    /// Where what is done with it goes.
    pub href: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The vendor's own id for it.
    pub external_id: Option<String>,
    /// Its provider.
    pub provider: String,
    /// Its type on the wire.
    pub connection_type: String,
    /// Where it stands.
    pub state: &'static str,
    /// The same for people.
    pub state_word: &'static str,
    /// Who set it up.
    pub set_up_by: Option<String>,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// Whether it can be switched off.
    pub on: bool,
    /// Whether it can be switched on.
    pub off: bool,
    /// What is known of the provider.
    pub facts: Vec<FactView>,
    /// Our values, as the provider needs them: name and value.
    pub ours: Vec<(&'static str, String)>,
    /// The certificate that our assertions are checked with, where we prove ourselves by a key.
    pub assertion_pem: Option<String>,
    /// What only SAML has; none for OpenID Connect and for what is not set up.
    pub saml: Option<SamlFacts>,
    /// How many groups give roles.
    pub group_roles: usize,
}

/// What only SAML connections have.
#[derive(Debug, Serialize)]
pub(crate) struct SamlFacts {
    /// Where metadata is read, every day and when asked; none if it was given by hand.
    pub metadata_url: Option<String>,
    /// When it was last read there.
    pub metadata_read_at: Option<Moment>,
    /// Whether the provider's metadata asks for signed requests.
    pub wants_signed_requests: bool,
    /// The certificate that our requests are signed with.
    pub signing: Option<SigningView>,
    /// The one that follows it.
    pub next_signing: Option<SigningView>,
    /// The provider's certificates.
    pub certificates: Vec<CertificateRow>,
    /// The form for one more.
    pub certificate: Field,
    /// What the form of the options was made from.
    pub made_from: String,
    /// The options that are on or off.
    pub switches: Vec<SwitchView>,
    /// How far clocks may be apart.
    pub clock_skew: Field,
}

/// A certificate of ours.
#[derive(Debug, Serialize)]
pub(crate) struct SigningView {
    /// Its id.
    pub id: String,
    /// The certificate.
    pub pem: String,
    /// Its last day.
    pub not_after: Day,
}

/// A certificate of the provider.
#[derive(Debug, Serialize)]
pub(crate) struct CertificateRow {
    /// Where it is removed, if it is not the last.
    pub remove_href: Option<String>,
    /// The certificate.
    pub certificate: CertificateView,
    /// When it was added.
    pub added_at: Moment,
}

/// An option that is on or off.
#[derive(Debug, Serialize)]
pub(crate) struct SwitchView {
    /// Its name in the form.
    pub name: &'static str,
    /// What it does.
    pub label: &'static str,
    /// What to think of before.
    pub hint: &'static str,
    /// Whether it is on.
    pub on: bool,
}

impl Page for ConnectionPage {
    const TEMPLATE: &'static str = "dashboard/connection.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let signing = |text: &str| SigningView {
            id: text.to_owned(),
            pem: text.to_owned(),
            not_after: Day::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
        };
        let saml = |error: Option<&str>| SamlFacts {
            metadata_url: error.map(str::to_owned),
            metadata_read_at: error.map(|_| at),
            wants_signed_requests: error.is_none(),
            signing: error.map(signing),
            next_signing: error.map(signing),
            certificates: hostile_data()
                .certificates
                .into_iter()
                .map(|certificate| CertificateRow {
                    remove_href: error.map(|_| "/dashboard/e/connections/c/certificates/x/delete".to_owned()),
                    certificate,
                    added_at: at,
                })
                .collect(),
            certificate: Field {
                error: error.map(Into::into),
                value: error.unwrap_or_default().to_owned(),
                ..Field::plain("certificate", "Certificate", "area")
            },
            made_from: "00".to_owned(),
            switches: vec![SwitchView {
                name: "idp_initiated",
                label: "Sign-ins may begin at the provider",
                hint: "A hint.",
                on: error.is_some(),
            }],
            clock_skew: Field::plain("clock_skew_seconds", "Clock skew", "line"),
        };
        let connection = |saml: Option<SamlFacts>, on: bool| ConnectionFacts {
            href: "/dashboard/e/connections/c".to_owned(),
            id: HOSTILE.to_owned(),
            name: HOSTILE.to_owned(),
            external_id: on.then(|| HOSTILE.to_owned()),
            provider: HOSTILE.to_owned(),
            connection_type: HOSTILE.to_owned(),
            state: "active",
            state_word: "Active",
            set_up_by: Some(HOSTILE.to_owned()),
            created_at: at,
            updated_at: at,
            on,
            off: !on,
            facts: hostile_data().facts,
            ours: vec![("Entity id", HOSTILE.to_owned())],
            assertion_pem: on.then(|| HOSTILE.to_owned()),
            group_roles: usize::from(on),
            saml,
        };
        let page = |shell, connection, error: Option<&str>| Self {
            shell,
            head: sample(Tab::Connection),
            setup_href: "/dashboard/e/organizations/o".to_owned(),
            notice: error.is_none().then_some("Saved."),
            errors: error
                .map(|error| ErrorLink { field_id: "field-certificate".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            connection,
        };
        vec![
            page(plain.clone(), None, None),
            page(plain.clone(), Some(connection(None, true)), None),
            page(plain, Some(connection(Some(saml(None)), true)), None),
            page(hostile, Some(connection(Some(saml(Some(HOSTILE))), false)), Some(HOSTILE)),
        ]
    }
}
