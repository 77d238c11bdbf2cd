//! The team and its trail.

use serde::Serialize;
use vestibule_words::Moment;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use super::trail::{ChangeView, DetailView};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The team.
#[derive(Debug, Serialize)]
pub(crate) struct TeamPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What was done just before.
    pub done: Option<&'static str>,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form of the settings was made from.
    pub made_from: String,
    /// The members, oldest first.
    pub members: Vec<MemberRow>,
    /// Whom to invite.
    pub email: Field,
    /// As what, as it was chosen.
    pub chosen_role: &'static str,
    /// Who is invited, oldest first.
    pub invitations: Vec<InvitationRow>,
    /// The team's name.
    pub team_name: Field,
    /// Its support address.
    pub support_email: Field,
    /// The name as it is kept.
    pub shown_name: String,
    /// The support address as it is kept.
    pub shown_email: String,
}

/// A member.
#[derive(Debug, Serialize)]
pub(crate) struct MemberRow {
    /// What colleagues call them, if they said.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: &'static str,
    /// What they might be instead.
    pub other_role: &'static str,
    /// Whether it is who looks.
    pub you: bool,
    /// Whether they have to stay what they are: there is no other admin.
    pub kept: bool,
    /// Whether they have a second factor.
    pub second_factor: bool,
    /// When they signed in last.
    pub signed_in_at: Option<Moment>,
    /// Where they are changed.
    pub href: String,
}

/// Somebody who is invited.
#[derive(Debug, Serialize)]
pub(crate) struct InvitationRow {
    /// Their address.
    pub email: String,
    /// As what.
    pub role: &'static str,
    /// By whom.
    pub invited_by: String,
    /// When it was last sent.
    pub sent_at: Moment,
    /// How long it can be taken up.
    pub until: Moment,
    /// Whether it can.
    pub open: bool,
    /// Where it is changed.
    pub href: String,
}

impl Page for TeamPage {
    const TEMPLATE: &'static str = "dashboard/team.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let member = |text: &str, you: bool| MemberRow {
            name: (!you).then(|| text.to_owned()),
            email: text.to_owned(),
            role: "admin",
            other_role: "member",
            you,
            kept: you,
            second_factor: !you,
            signed_in_at: you.then_some(at),
            href: "/dashboard/team/members/m".to_owned(),
        };
        let invitation = |text: &str, open| InvitationRow {
            email: text.to_owned(),
            role: "member",
            invited_by: text.to_owned(),
            sent_at: at,
            until: at,
            open,
            href: "/dashboard/team/invitations/i".to_owned(),
        };
        let page = |shell, text: &str, error: Option<&str>| Self {
            shell,
            done: error.is_none().then_some("Saved."),
            errors: error
                .map(|error| ErrorLink { field_id: "field-email".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            members: vec![member(text, true), member(text, false)],
            email: Field { error: error.map(Into::into), ..Field::plain("email", "E-mail address", "email") },
            chosen_role: if error.is_some() { "admin" } else { "member" },
            invitations: error
                .map(|_| [true, false].map(|open| invitation(text, open)).into())
                .unwrap_or_default(),
            team_name: Field { value: text.to_owned(), ..Field::plain("team_name", "Name", "line") },
            support_email: Field::plain("support_email", "Support e-mail", "email"),
            shown_name: text.to_owned(),
            shown_email: text.to_owned(),
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![page(plain, "Acme", None), page(member, "Acme", None), page(hostile, HOSTILE, Some(HOSTILE))]
    }
}

/// What happened to the team's people.
#[derive(Debug, Serialize)]
pub(crate) struct TeamTrailPage {
    /// What surrounds it.
    pub shell: Shell,
    /// The entries, newest first.
    pub rows: Vec<TeamTrailRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// An entry.
#[derive(Debug, Serialize)]
pub(crate) struct TeamTrailRow {
    /// When.
    pub at: Moment,
    /// What was done.
    pub action: &'static str,
    /// Who did it, if somebody was signed in.
    pub actor: Option<String>,
    /// From where.
    pub ip_address: Option<String>,
    /// To whom or what.
    pub target: String,
    /// More about it.
    pub details: Vec<DetailView>,
    /// What it changed.
    pub changes: Vec<ChangeView>,
}

impl Page for TeamTrailPage {
    const TEMPLATE: &'static str = "dashboard/team_trail.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = |known: bool| TeamTrailRow {
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            action: "member.invited",
            actor: known.then(|| HOSTILE.to_owned()),
            ip_address: known.then(|| HOSTILE.to_owned()),
            target: HOSTILE.to_owned(),
            details: vec![DetailView { name: HOSTILE.to_owned(), value: HOSTILE.to_owned() }],
            changes: known
                .then(|| ChangeView {
                    field: HOSTILE.to_owned(),
                    before: None,
                    after: Some(HOSTILE.to_owned()),
                })
                .into_iter()
                .collect(),
        };
        let page = |shell, rows, more: bool| Self {
            shell,
            rows,
            newer_href: more.then(|| "?before=1".to_owned()),
            older_href: more.then(|| "?after=1".to_owned()),
        };
        vec![page(plain, Vec::new(), false), page(hostile, vec![row(true), row(false)], true)]
    }
}
