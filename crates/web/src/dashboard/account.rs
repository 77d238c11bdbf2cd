//! A member's own account: name and mails, password, second factor, visits.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use vestibule_application::usecases::begin_member_session::ComparedPassword;
use vestibule_application::usecases::change_password::{ChangePassword, ChangePasswordCommand};
use vestibule_application::usecases::confirmation::Unconfirmed;
use vestibule_application::usecases::end_other_sessions::{EndOtherSessions, EndOtherSessionsCommand, Which};
use vestibule_application::usecases::update_member::{UpdateMember, UpdateMemberCommand, UpdateMemberError};
use vestibule_domain::id::MemberSessionId;
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::notice::{Notice, Notices};
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::browser_name::browser_name;
use super::done::{Done, Shown};
use super::failure::Failure;
use super::forgotten::own_words;
use super::form::{Sent, Wrong};
use super::meanwhile::{Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed, id};
use super::passwords::{choose, compare};
use super::view::account::{AccountPage, FactorView, NoticeView, VisitRow};
use super::view::shell::Place;
use crate::portal::Field;

/// Where the account is.
pub(super) const ACCOUNT: &str = "/dashboard/account";

/// Most visits that are listed.
const VISITS_MAX: u16 = 50;

/// Shows the account.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let form = Unsaved::fresh(operator.visit.member.readout().revision());
    render(&dashboard, &operator, None, form, shown.words()).await
}

/// Changes name and mails.
pub(super) async fn update(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    let typed = form.one("name");
    let made_from = made_from(&form)?;
    let mut wrong = Wrong::default();
    let name = if typed.is_empty() { None } else { wrong.take("name", Name::parse(typed)) };
    if !wrong.is_empty() {
        let unsaved = Unsaved::wrong(wrong, made_from);
        return render(&dashboard, &operator, Some(&form), unsaved, None).await;
    }
    let notices = Notices::of(form.all("notice").filter_map(Notice::parse));
    let app = &dashboard.app;
    let member = &operator.visit.member;
    let wanted = Member { name: name.clone(), notices: notices.clone(), ..member.clone() }.readout();
    let command = UpdateMemberCommand { by: operator.acting(), name, notices, made_from: Some(made_from) };
    let overtaken = match app.run(UpdateMember { ambient: app.ambient.clone() }, command).await {
        Ok(()) => return Ok(done(Done::ProfileSaved)),
        Err(UpdateMemberError::Overtaken(overtaken)) => overtaken,
        Err(UpdateMemberError::Store(error)) => return Err(error.into()),
    };
    let label = |field: &str| if field == "mails" { "Mails" } else { "Name" }.to_owned();
    let Some(told) = Meanwhile::of(&overtaken, &wanted, label) else {
        return Ok(done(Done::ProfileSaved));
    };
    let told = told.told_of_team(&dashboard, member.team_id, TeamAction::MemberUpdated, member.id).await?;
    render(&dashboard, &operator, Some(&form), told.into(), None).await
}

/// Changes the password.
pub(super) async fn change_password(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    let mut wrong = Wrong::default();
    let member = &operator.visit.member;
    let own_words = own_words(member, &operator.visit.team);
    let chosen = choose(&dashboard, form.as_typed("new_password"), own_words).await?;
    if let Some(password_hash) = wrong.take("new_password", chosen) {
        let app = &dashboard.app;
        let command = ChangePasswordCommand {
            by: operator.acting(),
            session_id: operator.visit.session.id,
            compared: own_password(&dashboard, &operator, form.as_typed("old_password")).await?,
            password_hash,
        };
        let Err(unconfirmed) = app.run(ChangePassword { ambient: app.ambient.clone() }, command).await?
        else {
            return Ok(done(Done::PasswordChanged));
        };
        note_unconfirmed(&dashboard, &request, &mut wrong, "old_password", unconfirmed)?;
    }
    let unsaved = Unsaved::wrong(wrong, member.readout().revision());
    render(&dashboard, &operator, Some(&form), unsaved, None).await
}

/// Ends one visit; if it is this one, whoever asked is signed out.
pub(super) async fn end_visit(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let visit: MemberSessionId = id(&path)?;
    let by = operator.acting();
    let app = &dashboard.app;
    let command = EndOtherSessionsCommand { by, which: Which::One(visit) };
    if app.run(EndOtherSessions { ambient: app.ambient.clone() }, command).await? {
        Ok(done(Done::VisitsEnded))
    } else {
        Err(Failure::NotFound)
    }
}

/// Ends all visits but this one.
pub(super) async fn end_other_visits(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
) -> Result<HttpResponse, Failure> {
    let by = operator.acting();
    let app = &dashboard.app;
    let command = EndOtherSessionsCommand { by, which: Which::AllBut(operator.visit.session.id) };
    app.run(EndOtherSessions { ambient: app.ambient.clone() }, command).await?;
    Ok(done(Done::VisitsEnded))
}

/// Compares what was typed with the member's password.
pub(super) async fn own_password(
    dashboard: &Dashboard,
    operator: &Operator,
    typed: &str,
) -> Result<ComparedPassword, Failure> {
    compare(dashboard, typed, Some(operator.visit.member.password_hash.clone())).await
}

/// Says that a password was not believed, and counts it against the address it came from.
pub(super) fn note_unconfirmed(
    dashboard: &Dashboard,
    request: &HttpRequest,
    wrong: &mut Wrong,
    key: &'static str,
    unconfirmed: Unconfirmed,
) -> Result<(), Failure> {
    dashboard.gate.count_failure(&dashboard.app, request).map_err(|_| Failure::TooMany)?;
    wrong.note(
        key,
        match unconfirmed {
            Unconfirmed::Wrong => "is wrong",
            Unconfirmed::Resting => {
                "is not looked at now: too many were wrong. The account rests for 15 minutes"
            }
        },
    );
    Ok(())
}

/// Back to the account, which says what was done.
pub(super) fn done(what: Done) -> HttpResponse {
    see_other(&what.after(ACCOUNT))
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    typed: Option<&Sent>,
    form: Unsaved,
    done: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let visit = &operator.visit;
    let (member, now) = (&visit.member, operator.now);
    let visits = dashboard.app.store.queries().member_sessions(member.id, now, VISITS_MAX).await?;
    let held = member.name.as_ref().map(Name::to_string).unwrap_or_default();
    let name = Field {
        value: typed.filter(|form| form.has("name")).map_or(held, |form| form.one("name").to_owned()),
        optional: true,
        note: Some("What colleagues and the audit trail call you.".into()),
        ..Field::plain("name", "Name", "line")
    };
    let old = Field::plain("old_password", "Present password", "secret");
    let new = Field::plain("new_password", "New password", "secret");
    let ([name, old_password, new_password], errors) = form.wrong.onto([name, old, new]);
    let notice = |notice: Notice| NoticeView {
        value: notice.as_str(),
        label: match notice {
            Notice::ConnectionLive => "A customer’s single sign-on went live",
            Notice::CertificateExpiry => "A customer’s certificate is about to expire",
            Notice::SetUpStuck => "A customer’s set-up is stuck (once a day at most)",
            Notice::WebhookUndelivered => "Webhooks could not be delivered (once a day at most)",
        },
        wanted: match typed.filter(|form| form.has("name")) {
            Some(form) => form.all("notice").any(|word| word == notice.as_str()),
            None => member.notices.has(notice),
        },
    };
    let row = |of: &MemberSession| VisitRow {
        browser: browser_name(of.user_agent.as_deref().unwrap_or_default()),
        ip_address: of.ip_address.clone(),
        since: Moment::of(of.started_at),
        current: of.id == visit.session.id,
        end_href: format!("{ACCOUNT}/visits/{}/end", of.id),
    };
    let content = AccountPage {
        shell: operator.shell_of(Place::Account),
        done,
        email: member.email.to_string(),
        role: member.role.as_str(),
        factor: member.second_factor.as_ref().map(|factor| FactorView {
            since: Moment::of(factor.since),
            codes_left: factor.recovery_codes.len(),
        }),
        notices: Notice::ALL.map(notice).into(),
        visits: visits.iter().map(row).collect(),
        errors,
        meanwhile: form.meanwhile,
        made_from: form.made_from.to_string(),
        name,
        old_password,
        new_password,
    };
    page(form.status, &content)
}
