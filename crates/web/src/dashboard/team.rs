//! The team: its people, invitations to it, its settings, and what happened to its people.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::ports::store::TeamView;
use vestibule_application::usecases::change_member_role::{ChangeMemberRole, ChangeMemberRoleCommand};
use vestibule_application::usecases::invite_member::{InviteMember, InviteMemberCommand, InviteMemberError};
use vestibule_application::usecases::remove_member::{RemoveMember, RemoveMemberCommand};
use vestibule_application::usecases::resend_team_invitation::{
    ResendTeamInvitation, ResendTeamInvitationCommand,
};
use vestibule_application::usecases::reset_second_factor::{ResetSecondFactor, ResetSecondFactorCommand};
use vestibule_application::usecases::revoke_team_invitation::{
    RevokeTeamInvitation, RevokeTeamInvitationCommand,
};
use vestibule_application::usecases::team_change::TeamChangeError;
use vestibule_application::usecases::update_team::{UpdateTeam, UpdateTeamCommand, UpdateTeamError};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::team::{Team, TeamInvitation, has_other_admin};
use vestibule_domain::team_trail::{TeamAction, TeamEntry};
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::confirm::Question;
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed, id};
use super::trail::change_view;
use super::view::shell::Place;
use super::view::team::{InvitationRow, MemberRow, TeamPage, TeamTrailPage, TeamTrailRow};
use super::view::trail::DetailView;
use crate::pages::paging::{Position, Ways};
use crate::portal::Field;

/// Where the team is.
const TEAM: &str = "/dashboard/team";

/// How many entries of the trail stand on a page.
const ROWS_MAX: u16 = 50;

impl From<TeamChangeError> for Failure {
    fn from(error: TeamChangeError) -> Self {
        match error {
            TeamChangeError::AdminsOnly => Self::AdminsOnly,
            TeamChangeError::Unknown => Self::NotFound,
            TeamChangeError::LastAdmin => Self::LastAdmin,
            TeamChangeError::Store(error) => Self::Store(error),
        }
    }
}

/// Shows the team.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    render(&dashboard, &operator, None, None, shown.words()).await
}

/// Invites somebody.
pub(super) async fn invite(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let mut wrong = Wrong::default();
    let email = wrong.take("email", EmailAddress::parse(form.one("email")));
    let role = MemberRole::parse(form.one("role")).ok_or(Failure::Malformed)?;
    if let Some(email) = email {
        let app = &dashboard.app;
        let command = InviteMemberCommand { by: operator.acting(), email, role };
        match app.run(InviteMember { ambient: app.ambient.clone() }, command).await {
            Ok(_) => return Ok(done(Done::Invited)),
            Err(InviteMemberError::Change(error)) => return Err(error.into()),
            Err(
                refused @ (InviteMemberError::Member | InviteMemberError::Invited | InviteMemberError::Full),
            ) => wrong.note("email", refused),
        }
    }
    let unsaved = Unsaved::wrong(wrong, operator.visit.team.readout().revision());
    render(&dashboard, &operator, Some(&form), Some(unsaved), None).await
}

/// Sends an invitation again.
pub(super) async fn resend(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let app = &dashboard.app;
    let by = operator.acting();
    let command = ResendTeamInvitationCommand { by, invitation_id: id(&path)? };
    let sent = app.run(ResendTeamInvitation { ambient: app.ambient.clone() }, command).await?;
    Ok(done(if sent.is_some() { Done::Invited } else { Done::InvitedJustNow }))
}

/// Withdraws an invitation.
pub(super) async fn revoke(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let app = &dashboard.app;
    let by = operator.acting();
    let command = RevokeTeamInvitationCommand { by, invitation_id: id(&path)? };
    app.run(RevokeTeamInvitation { ambient: app.ambient.clone() }, command).await?;
    Ok(done(Done::InvitationRevoked))
}

/// Changes what a member may do.
pub(super) async fn change_role(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let role = MemberRole::parse(form.one("role")).ok_or(Failure::Malformed)?;
    let app = &dashboard.app;
    let by = operator.acting();
    let command = ChangeMemberRoleCommand { by, member_id: id(&path)?, role };
    app.run(ChangeMemberRole { ambient: app.ambient.clone() }, command).await?;
    Ok(done(Done::RoleChanged))
}

/// Asks before a member is removed.
pub(super) async fn confirm_removal(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let member = member_of(&dashboard, &operator, &path).await?;
    removal(&member).ask(operator.shell_of(Place::Team))
}

/// Removes a member.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let member = member_of(&dashboard, &operator, &path).await?;
    let question = removal(&member);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell_of(Place::Team), &form);
    }
    let app = &dashboard.app;
    let command = RemoveMemberCommand { by: operator.acting(), member_id: member.id };
    app.run(RemoveMember { ambient: app.ambient.clone() }, command).await?;
    Ok(done(Done::MemberRemoved))
}

fn removal(member: &Member) -> Question {
    Question {
        heading: format!("Remove {}?", member.display_name()),
        consequences: vec![
            "They are signed out everywhere at once, and cannot sign in any more.",
            "What they did stays in the audit trails.",
        ],
        wanted: member.email.to_string(),
        action: format!("{TEAM}/members/{}/remove", member.id),
        button: "Remove",
        back_href: TEAM.to_owned(),
    }
}

/// Asks before a member's second factor is taken away.
pub(super) async fn confirm_factor_reset(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let member = member_of(&dashboard, &operator, &path).await?;
    factor_reset(&member).ask(operator.shell_of(Place::Team))
}

/// Takes a member's second factor away.
pub(super) async fn reset_factor(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let member = member_of(&dashboard, &operator, &path).await?;
    let question = factor_reset(&member);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell_of(Place::Team), &form);
    }
    let app = &dashboard.app;
    let by = operator.acting();
    let command = ResetSecondFactorCommand { by, member_id: member.id };
    app.run(ResetSecondFactor { ambient: app.ambient.clone() }, command).await?;
    Ok(done(Done::SecondFactorReset))
}

fn factor_reset(member: &Member) -> Question {
    Question {
        heading: format!("Reset the second factor of {}?", member.display_name()),
        consequences: vec![
            "Until they switch it on again, their password alone opens the dashboard: make sure that it \
             is them who asks.",
            "They are signed out everywhere, and told by mail.",
        ],
        wanted: member.email.to_string(),
        action: format!("{TEAM}/members/{}/second-factor", member.id),
        button: "Reset it",
        back_href: TEAM.to_owned(),
    }
}

/// A member of the operator's team; any other does not exist for them.
async fn member_of(dashboard: &Dashboard, operator: &Operator, raw: &str) -> Result<Member, Failure> {
    let wanted: MemberId = id(raw)?;
    let TeamView { members, .. } = team_of(dashboard, operator).await?;
    members.into_iter().find(|member| member.id == wanted).ok_or(Failure::NotFound)
}

async fn team_of(dashboard: &Dashboard, operator: &Operator) -> Result<TeamView, Failure> {
    dashboard.app.store.queries().team(operator.visit.team.id).await?.ok_or(Failure::NotFound)
}

/// Changes name and support address.
pub(super) async fn update(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let made_from = made_from(&form)?;
    let mut wrong = Wrong::default();
    let name = wrong.take("team_name", Name::parse(form.one("team_name")));
    let support_email = match form.one("support_email") {
        "" => Some(None),
        typed => wrong.take("support_email", EmailAddress::parse(typed)).map(Some),
    };
    let unsaved = match (name, support_email) {
        (Some(name), Some(support_email)) => {
            let app = &dashboard.app;
            let wanted = Team {
                name: name.clone(),
                support_email: support_email.clone(),
                ..operator.visit.team.clone()
            };
            let made_from = Some(made_from);
            let command = UpdateTeamCommand { by: operator.acting(), name, support_email, made_from };
            match app.run(UpdateTeam { ambient: app.ambient.clone() }, command).await {
                Ok(()) => return Ok(done(Done::TeamSaved)),
                Err(UpdateTeamError::Change(error)) => return Err(error.into()),
                Err(UpdateTeamError::Overtaken(overtaken)) => {
                    let label =
                        |field: &str| if field == "name" { "Name" } else { "Support e-mail" }.to_owned();
                    let Some(told) = Meanwhile::of(&overtaken, &wanted.readout(), label) else {
                        return Ok(done(Done::TeamSaved));
                    };
                    told.told_of_team(&dashboard, wanted.id, TeamAction::TeamUpdated, wanted.id).await?.into()
                }
            }
        }
        _ => Unsaved::wrong(wrong, made_from),
    };
    render(&dashboard, &operator, Some(&form), Some(unsaved), None).await
}

fn done(what: Done) -> HttpResponse {
    see_other(&what.after(TEAM))
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    typed: Option<&Sent>,
    unsaved: Option<Unsaved>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let TeamView { team, members, invitations } = team_of(dashboard, operator).await?;
    let form = unsaved.unwrap_or_else(|| Unsaved::fresh(team.readout().revision()));
    let held_email = team.support_email.as_ref().map(EmailAddress::to_string).unwrap_or_default();
    let as_typed = |name: &str, held: &str| match typed.filter(|form| form.has(name)) {
        Some(form) => form.one(name).to_owned(),
        None => held.to_owned(),
    };
    let email = Field { value: as_typed("email", ""), ..Field::plain("email", "E-mail address", "email") };
    let name = Field {
        value: as_typed("team_name", team.name.as_str()),
        ..Field::plain("team_name", "Name", "line")
    };
    let support = Field {
        value: as_typed("support_email", &held_email),
        optional: true,
        note: Some("Answers to mails about accounts go there.".into()),
        ..Field::plain("support_email", "Support e-mail", "email")
    };
    let ([email, team_name, support_email], errors) = form.wrong.onto([email, name, support]);
    let row = |member: &Member| MemberRow {
        name: member.name.as_ref().map(Name::to_string),
        email: member.email.to_string(),
        role: member.role.as_str(),
        other_role: match member.role {
            MemberRole::Admin => MemberRole::Member.as_str(),
            MemberRole::Member => MemberRole::Admin.as_str(),
        },
        you: member.id == operator.visit.member.id,
        kept: member.role == MemberRole::Admin && !has_other_admin(&members, member),
        second_factor: member.second_factor.is_some(),
        signed_in_at: member.signed_in_at.map(Moment::of),
        href: format!("{TEAM}/members/{}", member.id),
    };
    let invited = |invitation: &TeamInvitation| InvitationRow {
        email: invitation.email.to_string(),
        role: invitation.role.as_str(),
        invited_by: invitation.invited_by.clone(),
        sent_at: Moment::of(invitation.sent_at),
        until: Moment::of(invitation.expires_at()),
        open: invitation.open(operator.now),
        href: format!("{TEAM}/invitations/{}", invitation.id),
    };
    let content = TeamPage {
        shell: operator.shell_of(Place::Team),
        done,
        members: members.iter().map(row).collect(),
        invitations: invitations.iter().map(invited).collect(),
        chosen_role: match typed.map(|form| form.one("role")) {
            Some("admin") => "admin",
            _ => "member",
        },
        shown_name: team.name.to_string(),
        shown_email: held_email,
        errors,
        meanwhile: form.meanwhile,
        made_from: form.made_from.to_string(),
        email,
        team_name,
        support_email,
    };
    page(form.status, &content)
}

/// Lists what happened to the team's people.
pub(super) async fn trail(
    dashboard: Data<Dashboard>,
    operator: Operator,
    position: Query<Position>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let request = position.request(ROWS_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().team_trail(operator.visit.team.id, request).await?;
    let list_href = format!("{TEAM}/trail");
    let Ways { newer_href, older_href } = Ways::from(&found, |entry| entry.id, &list_href, &[]);
    let row = |entry: &TeamEntry| TeamTrailRow {
        at: Moment::of(entry.at),
        action: entry.action.as_str(),
        actor: entry.member_name.clone(),
        ip_address: entry.ip_address.clone(),
        target: entry.target.clone(),
        details: entry
            .details
            .iter()
            .map(|(name, value)| DetailView { name: name.clone(), value: value.clone() })
            .collect(),
        changes: entry.changes.iter().map(change_view).collect(),
    };
    let content = TeamTrailPage {
        shell: operator.shell_of(Place::TeamTrail),
        rows: found.items.iter().map(row).collect(),
        newer_href,
        older_href,
    };
    page(StatusCode::OK, &content)
}
