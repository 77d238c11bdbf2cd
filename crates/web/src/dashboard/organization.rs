//! All about a customer, and what is done with it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::ports::store::{
    ConnectionFilter, EnvironmentLine, LinkView as StoredLink, OrganizationView,
};
use vestibule_application::usecases::add_organization_domain::{
    AddOrganizationDomain, AddOrganizationDomainCommand, AddOrganizationDomainError,
};
use vestibule_application::usecases::delete_organization::{
    DeleteOrganization, DeleteOrganizationCommand, DeleteOrganizationError,
};
use vestibule_application::usecases::delete_organization_domain::{
    DeleteOrganizationDomain, DeleteOrganizationDomainCommand, DeleteOrganizationDomainError,
};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use vestibule_application::usecases::regenerate_link::{
    RegenerateLink, RegenerateLinkCommand, RegenerateLinkError,
};
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand, RevokeLinkError};
use vestibule_application::usecases::vouch_for_domain::{
    VouchForDomain, VouchForDomainCommand, VouchForDomainError,
};
use vestibule_domain::Instant;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{OrganizationDomainId, OrganizationId, PortalLinkId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::organization::{Organization, ProfileRule};
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim, OrganizationDomain};
use vestibule_domain::page::PageRequest;
use vestibule_domain::portal_link::{LinkKind, LinkState, Revocation};
use vestibule_domain::redirect::LinkRedirects;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::confirm::Question;
use super::domains;
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed, id};
use super::organizations::{self, provider_name};
use super::view::head::{OrganizationHead, Tab};
use super::view::organization::{
    ConnectionView, IntentChoice, InviteView, LinkView, MintedView, OrganizationPage,
};
use super::view::shell::{Area, area_href};
use crate::portal::{Field, with_test};

/// How many links to the portal are shown.
pub(super) const LINKS_SHOWN: u16 = 10;

/// What can be set up through the portal today.
const OFFERED: [Intent; 2] = [Intent::Sso, Intent::CertificateRenewal];

/// Where a customer's page says what was done.
pub(super) fn done_href(environment: &EnvironmentLine, organization: OrganizationId, done: Done) -> String {
    done.after(&organizations::href(environment.id, organization))
}

/// What stands above a customer's pages.
pub(super) fn head(
    environment: &EnvironmentLine,
    organization: &Organization,
    present: Tab,
) -> OrganizationHead {
    let href = organizations::href(environment.id, organization.id);
    let list_href = area_href(environment.id, Area::Organizations);
    let (id, name) = (organization.id.to_string(), organization.name.to_string());
    OrganizationHead::new(list_href, &href, id, name, present)
}

/// Whether one of these links stands in the way of another.
pub(super) fn has_live_link(links: &[StoredLink], now: Instant) -> bool {
    links.iter().any(|view| view.link.kind == LinkKind::Setup && view.link.usable(now).is_ok())
}

/// The forms of the page as they were sent, and what was made.
#[derive(Default)]
struct Forms {
    wrong: Wrong,
    domain: String,
    email: String,
    intents: Option<Vec<Intent>>,
    minted: Option<MintedView>,
}

/// Shows all about a customer.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    render(&dashboard, &operator, environment, id, StatusCode::OK, shown.words(), Forms::default()).await
}

/// Makes a link for an admin, and mails it if there is an address.
pub(super) async fn invite(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let mut wrong = Wrong::default();
    let intents: Vec<Intent> =
        form.all("intent").filter_map(Intent::parse).filter(|intent| OFFERED.contains(intent)).collect();
    if intents.is_empty() {
        wrong.note("intent", "must have at least one choice");
    }
    let email = match form.one("email") {
        "" => None,
        raw => wrong.take("email", EmailAddress::parse(raw)),
    };
    let mut minted = None;
    if wrong.is_empty() {
        let command = MintLinkCommand {
            caller: operator.caller(&dashboard, environment.id).await?,
            organization_id: id,
            kind: LinkKind::Setup,
            intents: intents.clone(),
            redirects: LinkRedirects::default(),
            admins: email.iter().cloned().collect(),
            mail_to: email.iter().cloned().collect(),
            language: Language::En,
            external_user_id: None,
            provider_hint: None,
            life: None,
        };
        match dashboard.app.run(MintLink { ambient: dashboard.app.ambient.clone() }, command).await {
            Ok(made) => minted = Some(minted_view(made)),
            Err(MintLinkError::UnknownOrganization) => return Err(Failure::NotFound),
            Err(MintLinkError::Refused(refused)) => wrong.note("email", refused),
            Err(MintLinkError::LiveLinkExists) => {
                wrong.note("email", "cannot be sent a link while another is live: revoke that first");
            }
            Err(MintLinkError::Store(error)) => return Err(error.into()),
        }
    }
    let status = if minted.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let kept = minted.is_none();
    let forms = Forms {
        wrong,
        email: if kept { form.one("email").to_owned() } else { String::new() },
        intents: kept.then_some(intents),
        minted,
        ..Forms::default()
    };
    render(&dashboard, &operator, environment, id, status, None, forms).await
}

/// Withdraws a link.
pub(super) async fn revoke(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization) = operator.place(&path.0, &path.1)?;
    let link_id: PortalLinkId = id(&path.2)?;
    let command = RevokeLinkCommand { caller: operator.caller(&dashboard, environment.id).await?, link_id };
    match dashboard.app.run(RevokeLink { ambient: dashboard.app.ambient.clone() }, command).await {
        // Whoever asks twice has what they want.
        Ok(()) | Err(RevokeLinkError::Unusable(_)) => {
            Ok(see_other(&done_href(environment, organization, Done::LinkRevoked)))
        }
        Err(RevokeLinkError::Unknown) => Err(Failure::NotFound),
        Err(RevokeLinkError::Store(error)) => Err(error.into()),
    }
}

/// Withdraws a link and makes another for the same.
pub(super) async fn regenerate(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization_id) = operator.place(&path.0, &path.1)?;
    let command = RegenerateLinkCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        organization_id,
        link_id: id(&path.2)?,
        language: Language::En,
    };
    let minted = match dashboard
        .app
        .run(RegenerateLink { ambient: dashboard.app.ambient.clone() }, command)
        .await
    {
        Ok(minted) => minted,
        Err(RegenerateLinkError::Unknown | RegenerateLinkError::Link(MintLinkError::UnknownOrganization)) => {
            return Err(Failure::NotFound);
        }
        Err(RegenerateLinkError::Unusable(_) | RegenerateLinkError::Link(MintLinkError::LiveLinkExists)) => {
            let mut wrong = Wrong::default();
            wrong.note("email", "got no new link: the old one was used or revoked meanwhile");
            let forms = Forms { wrong, ..Forms::default() };
            let status = StatusCode::CONFLICT;
            return render(&dashboard, &operator, environment, organization_id, status, None, forms).await;
        }
        // What was within the limits before still is.
        Err(RegenerateLinkError::Link(MintLinkError::Refused(refused))) => {
            return Err(Failure::internal(refused));
        }
        Err(RegenerateLinkError::Link(MintLinkError::Store(error))) => return Err(error.into()),
    };
    let forms = Forms { minted: Some(minted_view(minted)), ..Forms::default() };
    render(&dashboard, &operator, environment, organization_id, StatusCode::OK, None, forms).await
}

fn minted_view(MintedLink { link, url, .. }: MintedLink) -> MintedView {
    let admins: Vec<_> = link.admins.iter().map(ToString::to_string).collect();
    MintedView {
        url,
        mailed_to: (!admins.is_empty()).then(|| admins.join(", ")),
        expires_at: Moment::of(link.expires_at),
    }
}

/// Adds a domain, to be proven.
pub(super) async fn add_domain(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let mut wrong = Wrong::default();
    if let Some(domain) = wrong.take("domain", DomainName::parse(form.one("domain"))) {
        let command = AddOrganizationDomainCommand {
            caller: operator.caller(&dashboard, environment.id).await?,
            organization_id: id,
            claimed: ClaimedDomain { domain, claim: DomainClaim::Pending },
        };
        let case = AddOrganizationDomain { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(_) => return Ok(see_other(&done_href(environment, id, Done::DomainAdded))),
            Err(AddOrganizationDomainError::UnknownOrganization) => return Err(Failure::NotFound),
            Err(AddOrganizationDomainError::Exists) => {
                wrong.note("domain", "is taken: this organization has it, or another one has proven it");
            }
            Err(error @ AddOrganizationDomainError::TooMany) => wrong.note("domain", error),
            Err(AddOrganizationDomainError::Store(error)) => return Err(error.into()),
        }
    }
    let forms = Forms { wrong, domain: form.one("domain").to_owned(), ..Forms::default() };
    render(&dashboard, &operator, environment, id, StatusCode::UNPROCESSABLE_ENTITY, None, forms).await
}

/// Takes the vendor's word for a domain.
pub(super) async fn verify_domain(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization) = operator.place(&path.0, &path.1)?;
    let domain_id: OrganizationDomainId = id(&path.2)?;
    let command =
        VouchForDomainCommand { caller: operator.caller(&dashboard, environment.id).await?, domain_id };
    match dashboard.app.run(VouchForDomain { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&done_href(environment, organization, Done::DomainVouched))),
        Err(VouchForDomainError::Unknown) => Err(Failure::NotFound),
        Err(VouchForDomainError::InUse) => {
            let mut wrong = Wrong::default();
            wrong.note("domain", "cannot be verified: another organization has it verified");
            let forms = Forms { wrong, ..Forms::default() };
            render(&dashboard, &operator, environment, organization, StatusCode::CONFLICT, None, forms).await
        }
        Err(VouchForDomainError::Store(error)) => Err(error.into()),
    }
}

/// Removes a domain.
pub(super) async fn delete_domain(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization) = operator.place(&path.0, &path.1)?;
    let domain_id: OrganizationDomainId = id(&path.2)?;
    let command = DeleteOrganizationDomainCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        domain_id,
    };
    let case = DeleteOrganizationDomain { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(()) => Ok(see_other(&done_href(environment, organization, Done::DomainDeleted))),
        Err(DeleteOrganizationDomainError::Unknown) => Err(Failure::NotFound),
        Err(DeleteOrganizationDomainError::Store(error)) => Err(error.into()),
    }
}

/// Asks before a customer is removed.
pub(super) async fn confirm_deletion(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let view = find(&dashboard, environment, id).await?;
    question(environment, &view).ask(operator.shell(environment, Area::Organizations))
}

/// Removes a customer, once its name was typed.
pub(super) async fn delete(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let view = find(&dashboard, environment, id).await?;
    let question = question(environment, &view);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell(environment, Area::Organizations), &form);
    }
    let command = DeleteOrganizationCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        organization_id: id,
    };
    match dashboard.app.run(DeleteOrganization { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&area_href(environment.id, Area::Organizations))),
        Err(DeleteOrganizationError::Unknown) => Err(Failure::NotFound),
        Err(DeleteOrganizationError::Store(error)) => Err(error.into()),
    }
}

/// A customer of the environment.
pub(super) async fn find(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    id: OrganizationId,
) -> Result<OrganizationView, Failure> {
    dashboard.app.store.queries().organization(environment.id, id).await?.ok_or(Failure::NotFound)
}

fn question(environment: &EnvironmentLine, view: &OrganizationView) -> Question {
    let href = organizations::href(environment.id, view.organization.id);
    Question {
        heading: format!("Delete {}?", view.organization.name),
        consequences: vec![
            "Its people cannot sign in any more.",
            "Its connection, domains, contacts, links and sign-in log are deleted.",
            "Events and the audit trail stay.",
        ],
        wanted: view.organization.name.to_string(),
        action: format!("{href}/delete"),
        button: "Delete the organization",
        back_href: href,
    }
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    id: OrganizationId,
    status: StatusCode,
    notice: Option<&'static str>,
    forms: Forms,
) -> Result<HttpResponse, Failure> {
    let queries = dashboard.app.store.queries();
    let filter = ConnectionFilter { organization_id: Some(id), ..ConnectionFilter::default() };
    let (view, connections, links) = tokio::try_join!(
        queries.organization(environment.id, id),
        queries.connections(environment.id, &filter, PageRequest::default()),
        queries.portal_links(environment.id, id, LINKS_SHOWN),
    )?;
    let OrganizationView { organization, domains: held } = view.ok_or(Failure::NotFound)?;
    let connection = connections.items.into_iter().next().map(|view| view.connection);
    let href = organizations::href(environment.id, id);
    let live = has_live_link(&links, operator.now);
    let chosen = forms.intents.unwrap_or_else(|| vec![Intent::Sso]);
    let fields = [
        Field {
            value: forms.domain,
            example: Some("example.com".to_owned()),
            ..Field::plain("domain", "Domain", "line")
        },
        Field {
            value: forms.email,
            optional: true,
            note: Some("Who gets the link by mail. Leave it empty to copy the link instead.".into()),
            ..Field::plain("email", "E-mail address", "email")
        },
        Field::plain("intent", "Features", "choice"),
    ];
    let ([domain_field, email, _], errors) = forms.wrong.onto(fields);
    let proven = held.iter().any(OrganizationDomain::is_verified);
    let active = connection.as_ref().is_some_and(|held| held.state == ConnectionState::Active);
    let content = OrganizationPage {
        shell: operator.shell(environment, Area::Organizations),
        head: head(environment, &organization, Tab::Overview),
        connection_href: Tab::Connection.href(&href),
        events_href: format!("{}?organization={id}", area_href(environment.id, Area::Events)),
        notice,
        errors,
        minted: forms.minted,
        unproven: active && !proven && organization.profiles == ProfileRule::VerifiedDomains,
        connection: connection.as_ref().map(|held| connection_view(dashboard, environment, held)),
        domains: held.iter().map(|domain| domains::view(&href, domain)).collect(),
        domain_field,
        links: links.iter().map(|view| link_view(dashboard, operator, &href, view)).collect(),
        invite: InviteView {
            intents: OFFERED
                .map(|intent| IntentChoice {
                    value: intent.as_str(),
                    label: intent_word(intent),
                    chosen: chosen.contains(&intent),
                })
                .into(),
            email,
            live,
        },
        href,
    };
    page(status, &content).map(with_test)
}

fn connection_view(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    held: &Connection,
) -> ConnectionView {
    let (state, state_word) = organizations::state(Some(held));
    ConnectionView {
        href: format!("/dashboard/{}/connections/{}", environment.id, held.id),
        sign_ins_href: format!("{}?connection={}", area_href(environment.id, Area::Sessions), held.id),
        provider: provider_name(dashboard, held),
        state,
        state_word,
        set_up_by: held.set_up_by.as_ref().map(ToString::to_string),
        created_at: Moment::of(held.created_at),
        updated_at: Moment::of(held.updated_at),
        on: matches!(held.state, ConnectionState::Active | ConnectionState::Validating),
        off: held.state == ConnectionState::Inactive,
    }
}

fn link_view(dashboard: &Dashboard, operator: &Operator, href: &str, view: &StoredLink) -> LinkView {
    let StoredLink { link, furthest } = view;
    let expired = operator.now >= link.expires_at;
    let (state, state_word) = match link.state {
        LinkState::Consumed { .. } => ("consumed", "Used"),
        LinkState::Revoked { .. } => ("revoked", "Revoked"),
        LinkState::Open if expired => ("expired", "Expired"),
        LinkState::Open if furthest.is_some() => ("opened", "Opened"),
        LinkState::Open => ("open", "Not opened yet"),
    };
    let revocable = link.kind.policy().revocation == Revocation::ById && link.usable(operator.now).is_ok();
    let progress = furthest.as_ref().and_then(|visit| {
        let slug = visit.progress.provider.as_deref()?;
        let provider = dashboard.app.catalog.find(slug)?;
        Some(format!("{}, step {} of {}", provider.product(), visit.progress.step + 1, provider.steps.len()))
    });
    let intents = if link.intents.is_empty() {
        vec!["Portal home"]
    } else {
        link.intents.iter().copied().map(intent_word).collect()
    };
    LinkView {
        revoke_href: revocable.then(|| format!("{href}/links/{}/revoke", link.id)),
        regenerate_href: revocable.then(|| format!("{href}/links/{}/regenerate", link.id)),
        kind: link.kind.as_str(),
        intents,
        admins: link.admins.iter().map(ToString::to_string).collect(),
        state,
        state_word,
        created_at: Moment::of(link.created_at),
        expires_at: Moment::of(link.expires_at),
        progress,
        progress_at: furthest.as_ref().map(|visit| Moment::of(visit.progress_at)),
    }
}

/// What people call a task of the portal.
fn intent_word(intent: Intent) -> &'static str {
    match intent {
        Intent::Sso => "Single sign-on",
        Intent::Dsync => "Directory sync",
        Intent::DomainVerification => "Domain verification",
        Intent::AuditLogs => "Audit logs",
        Intent::LogStreams => "Log streams",
        Intent::CertificateRenewal => "Certificate renewal",
    }
}
