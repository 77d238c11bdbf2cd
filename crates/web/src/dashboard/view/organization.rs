//! All about a customer.

use serde::Serialize;
use vestibule_words::Moment;

use super::head::{OrganizationHead, Tab, sample};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// All about a customer.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where all about its connection is.
    pub connection_href: String,
    /// Where its events are.
    pub events_href: String,
    /// What was done just now.
    pub notice: Option<&'static str>,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// A link that was made just now: shown once.
    pub minted: Option<MintedView>,
    /// Its connection.
    pub connection: Option<ConnectionView>,
    /// Why nobody can sign in although the connection is active.
    pub unproven: bool,
    /// Its domains.
    pub domains: Vec<DomainView>,
    /// The form for a new domain.
    pub domain_field: Field,
    /// Links to the portal, newest first.
    pub links: Vec<LinkView>,
    /// The form to invite an admin with.
    pub invite: InviteView,
}

/// A link that was made just now.
#[derive(Debug, Serialize)]
pub(crate) struct MintedView {
    /// Its address.
    pub url: String,
    /// Whom it was mailed to.
    pub mailed_to: Option<String>,
    /// When it ends.
    pub expires_at: Moment,
}

/// A connection.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionView {
    /// Where what is done with it goes.
    pub href: String,
    /// Where its attempts to sign in are.
    pub sign_ins_href: String,
    /// Its provider.
    pub provider: String,
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
}

/// A domain.
#[derive(Debug, Serialize)]
pub(crate) struct DomainView {
    /// Where what is done with it goes.
    pub href: String,
    /// The domain.
    pub name: String,
    /// How far its proof is.
    pub state: &'static str,
    /// The same for people.
    pub state_word: &'static str,
    /// What proves it, while it is not proven.
    pub sought: Option<SoughtView>,
}

/// A record that is looked for.
#[derive(Debug, Serialize)]
pub(crate) struct SoughtView {
    /// Its name.
    pub name: String,
    /// The other name that it may have.
    pub other_name: String,
    /// What it says.
    pub value: String,
    /// Why nobody looks for it any more, and how to begin again.
    pub given_up: Option<&'static str>,
    /// How long it is looked for.
    pub until: Moment,
    /// When it was last looked for.
    pub asked_at: Option<Moment>,
    /// What was found instead.
    pub finding: Option<FindingView>,
}

/// What was found instead of a record.
#[derive(Debug, Serialize)]
pub(crate) struct FindingView {
    /// What.
    pub what: &'static str,
    /// Texts of other records.
    pub texts: Vec<String>,
    /// How many more there are.
    pub more: u32,
    /// What to do.
    pub way_out: &'static str,
}

/// A link to the portal.
#[derive(Debug, Serialize)]
pub(crate) struct LinkView {
    /// Where it is withdrawn, if it can be.
    pub revoke_href: Option<String>,
    /// Where it is replaced by another, if it can be.
    pub regenerate_href: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// What it is for.
    pub intents: Vec<&'static str>,
    /// Whom it names.
    pub admins: Vec<String>,
    /// `open`, `opened`, `consumed`, `revoked` or `expired`.
    pub state: &'static str,
    /// The same for people.
    pub state_word: &'static str,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// How far its admin is: provider and step.
    pub progress: Option<String>,
    /// When they got there.
    pub progress_at: Option<Moment>,
}

/// The form to invite an admin with.
#[derive(Debug, Serialize)]
pub(crate) struct InviteView {
    /// Features to choose from.
    pub intents: Vec<IntentChoice>,
    /// The address to mail the link to.
    pub email: Field,
    /// Whether there is a live link, which has to be withdrawn first.
    pub live: bool,
}

/// A feature to choose.
#[derive(Debug, Serialize)]
pub(crate) struct IntentChoice {
    /// As the form sends it.
    pub value: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Page for OrganizationPage {
    const TEMPLATE: &'static str = "dashboard/organization.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let invite = |live, error: Option<&str>| InviteView {
            intents: [("sso", "Single sign-on"), ("dsync", "Directory sync")]
                .map(|(value, label)| IntentChoice { value, label, chosen: value == "sso" })
                .into(),
            email: Field {
                error: error.map(Into::into),
                value: error.unwrap_or_default().to_owned(),
                ..Field::plain("email", "E-mail address", "email")
            },
            live,
        };
        let bare = Self {
            shell: plain,
            href: "/dashboard/e/organizations/o".to_owned(),
            head: sample(Tab::Overview),
            connection_href: "/dashboard/e/organizations/o/connection".to_owned(),
            events_href: "/dashboard/e/events?organization=o".to_owned(),
            notice: None,
            errors: Vec::new(),
            minted: None,
            connection: None,
            unproven: false,
            domains: Vec::new(),
            domain_field: Field::plain("domain", "Domain", "line"),
            links: Vec::new(),
            invite: invite(false, None),
        };
        let connection = |on: bool| ConnectionView {
            href: "/dashboard/e/connections/c".to_owned(),
            sign_ins_href: "/dashboard/e/sessions?connection=c".to_owned(),
            provider: HOSTILE.to_owned(),
            state: "active",
            state_word: "Active",
            set_up_by: Some(HOSTILE.to_owned()),
            created_at: at,
            updated_at: at,
            on,
            off: !on,
        };
        let full = |on: bool| Self {
            shell: hostile.clone(),
            href: "/dashboard/e/organizations/o".to_owned(),
            head: sample(Tab::Overview),
            connection_href: "/dashboard/e/organizations/o/connection".to_owned(),
            events_href: "/dashboard/e/events?organization=o".to_owned(),
            notice: Some("The domain was added."),
            errors: vec![ErrorLink { field_id: "field-domain".to_owned(), text: HOSTILE.into() }],
            minted: Some(MintedView {
                url: HOSTILE.to_owned(),
                mailed_to: (!on).then(|| HOSTILE.to_owned()),
                expires_at: at,
            }),
            connection: Some(connection(on)),
            unproven: on,
            domains: vec![DomainView {
                href: "/dashboard/e/organizations/o/domains/d".to_owned(),
                name: HOSTILE.to_owned(),
                state: "pending",
                state_word: "Pending",
                sought: Some(SoughtView {
                    name: HOSTILE.to_owned(),
                    other_name: HOSTILE.to_owned(),
                    value: HOSTILE.to_owned(),
                    given_up: on.then_some("The record did not come within 30 days."),
                    until: at,
                    asked_at: Some(at),
                    finding: Some(FindingView {
                        what: "We found these TXT records:",
                        texts: if on { vec![HOSTILE.to_owned()] } else { Vec::new() },
                        more: u32::from(on),
                        way_out: "Add the record above.",
                    }),
                }),
            }],
            domain_field: Field {
                error: Some(HOSTILE.into()),
                value: HOSTILE.to_owned(),
                ..Field::plain("domain", "Domain", "line")
            },
            links: vec![LinkView {
                revoke_href: on.then(|| "/dashboard/e/organizations/o/links/l/revoke".to_owned()),
                regenerate_href: on.then(|| "/dashboard/e/organizations/o/links/l/regenerate".to_owned()),
                kind: "setup",
                intents: vec!["Single sign-on"],
                admins: vec![HOSTILE.to_owned()],
                state: "opened",
                state_word: "Opened",
                created_at: at,
                expires_at: at,
                progress: Some(HOSTILE.to_owned()),
                progress_at: Some(at),
            }],
            invite: invite(on, Some(HOSTILE)),
        };
        vec![bare, full(true), full(false)]
    }
}
