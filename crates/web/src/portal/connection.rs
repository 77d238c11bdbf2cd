//! A connection that exists: the outcome of a set-up, and what may be done with it later.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use serde::Deserialize;
use vestibule_application::ports::store::PortalVisit;
use vestibule_application::usecases::distrust_certificate::{
    DistrustCertificate, DistrustCertificateCommand, DistrustCertificateError,
};
use vestibule_application::usecases::reset_connection::{ResetConnection, ResetConnectionCommand};
use vestibule_application::usecases::set_saml_options::{SwitchIdpInitiated, SwitchIdpInitiatedCommand};
use vestibule_domain::Instant;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::redirect::{self, Outcome};
use vestibule_domain::saml::IdpCertificate;
use vestibule_words::{Day, Moment, Piece, Text, text};

use super::Portal;
use super::answer::{page, see_other};
use super::attributes::{AttributeForm, Stage};
use super::cookie::TYPED;
use super::failure::{Failure, FailureKind};
use super::review::settings_data;
use super::signing_key;
use super::test_sign_in::with_test;
use super::view::connection::{ConnectionPage, DonePage, ManageView, TrustedView};
use super::view::review::FactView;
use super::visitor::{CONNECTION, PICKER, SetUp, Visitor};
use super::walk::{NoticeQuery, asking_step, step_href};
use super::words::{self, Notice};

/// Shows the outcome. It outlives the link: whoever set the connection up sees how it ended.
pub(super) async fn done(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    if !visitor.visit.session.covers(Intent::Sso) {
        return Err(visitor.fail(FailureKind::NotCovered));
    }
    let Some(connection) = visitor.complete() else { return Ok(see_other(PICKER)) };
    let visit = &visitor.visit;
    let outcome = Outcome::Completed(Intent::Sso);
    let return_url = redirect::resolve(&visit.link.redirects, &visit.environment.redirects, outcome);
    let content = DonePage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: provider_name(&portal, connection),
        heading: match connection.state {
            ConnectionState::Active => text!("done-active"),
            ConnectionState::Validating => text!("done-validating"),
            ConnectionState::Draft | ConnectionState::Inactive => text!("done-saved"),
        },
        state: connection.state.as_str(),
        state_word: words::state_word(Some(connection.state)),
        state_text: words::state(connection.state),
        domain_note: domain_note(visit, connection),
        return_url: return_url.map(ToString::to_string),
        manageable: visitor.may_manage(),
    };
    page(StatusCode::OK, &content).map(with_test)
}

/// Shows the connection.
pub(super) async fn show(
    portal: Data<Portal>,
    visitor: Visitor,
    query: Query<NoticeQuery>,
) -> Result<HttpResponse, Failure> {
    let over = visitor.may_set_up()? == SetUp::Over;
    let Some(connection) = visitor.complete() else { return Ok(see_other(PICKER)) };
    let notice = Notice::text_of(query.notice.as_deref());
    page(StatusCode::OK, &content(&portal, &visitor, connection, notice, over)).map(with_test)
}

/// Answers a save that came too late.
pub(super) async fn already_connected(portal: &Portal, visitor: &Visitor) -> Result<HttpResponse, Failure> {
    let now = portal.app.store.queries().visit(&visitor.digest()).await?;
    let visitor = visitor.as_of(now);
    match visitor.complete() {
        Some(connection) => {
            let notice = Notice::text_of(Some(Notice::AlreadyConnected.as_str()));
            page(StatusCode::CONFLICT, &content(portal, &visitor, connection, notice, false)).map(with_test)
        }
        None => Err(visitor.fail(FailureKind::Overtaken)),
    }
}

fn content(
    portal: &Portal,
    visitor: &Visitor,
    connection: &Connection,
    notice: Option<Text>,
    over: bool,
) -> ConnectionPage {
    let mut data = settings_data(&connection.settings, visitor.now);
    let plain = |name: Text, value: Piece| FactView { name: name.into(), value, code: false };
    let moment = |name: Text, at: Instant| plain(name, Moment::of(at).into());
    let by = connection.set_up_by.as_ref();
    let by = by.map(|by| plain(text!("connection-set-up-by"), by.to_string().into()));
    let times = [
        moment(text!("connection-begun"), connection.created_at),
        moment(text!("connection-changed"), connection.updated_at),
    ];
    data.facts.splice(0..0, by.into_iter().chain(times));
    let warned = data.certificates.iter().filter(|certificate| !certificate.warnings.is_empty()).count();
    let attributes = AttributeForm {
        provider: portal.app.guide(connection),
        custom: &visitor.visit.environment.custom_attributes,
        held: &connection.attribute_map,
        stage: Stage::Later,
    };
    let update_href = portal.app.guide(connection).map(|provider| step_href(provider, asking_step(provider)));
    ConnectionPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: provider_name(portal, connection),
        state: connection.state.as_str(),
        state_word: words::state_word(Some(connection.state)),
        state_text: words::state(connection.state),
        domain_note: domain_note(&visitor.visit, connection),
        certificate_note: (warned > 0).then(|| text!("connection-certificates", count = warned)),
        data,
        attributes: attributes.facts(),
        options: options(connection),
        signing_key: if over { None } else { signing_key::view(portal, visitor) },
        manage: (visitor.may_manage() && !over).then(|| ManageView {
            connection_id: connection.id.to_string(),
            update_href,
            idp_initiated: connection.saml().ok().map(|saml| saml.options.idp_initiated),
            certificates: spare_certificates(connection),
        }),
        notice,
    }
}

/// What people call a connection's provider; where nothing says which it is, the connection's name.
pub(super) fn provider_name(portal: &Portal, connection: &Connection) -> String {
    portal.app.product(connection).unwrap_or(connection.name.as_str()).to_owned()
}

/// Why people cannot sign in although everything was saved, and who can mend it. The portal itself
/// cannot prove a domain yet.
fn domain_note(visit: &PortalVisit, connection: &Connection) -> Option<Text> {
    let proven = visit.domains.iter().any(OrganizationDomain::is_verified);
    let any_domain = visit.organization.profiles == ProfileRule::AnyDomain;
    let organization = words::isolated(visit.organization.name.as_str());
    let product = words::isolated(visit.environment.display_name().as_str());
    match connection.state {
        ConnectionState::Validating => {
            Some(text!("connection-validating", organization = organization, product = product))
        }
        ConnectionState::Active if !proven && !any_domain => {
            Some(text!("connection-unproven", organization = organization, product = product))
        }
        ConnectionState::Draft | ConnectionState::Active | ConnectionState::Inactive => None,
    }
}

/// How the connection takes sign-ins; nothing of one that does not speak SAML.
fn options(connection: &Connection) -> Vec<FactView> {
    let Ok(saml) = connection.saml() else { return Vec::new() };
    let fact = |name: Text, value: Text| FactView { name: name.into(), value: value.into(), code: false };
    let whether = |on| if on { text!("connection-is-on") } else { text!("connection-is-off") };
    let skew_s = saml.options.clock_skew.whole_seconds();
    vec![
        fact(text!("connection-idp-initiated"), whether(saml.options.idp_initiated)),
        fact(text!("connection-signed-requests"), whether(saml.signing_key.is_some())),
        fact(text!("connection-clock-skew"), text!("connection-seconds", count = skew_s)),
        fact(text!("connection-sha1"), whether(saml.options.allow_sha1)),
        fact(text!("connection-short-rsa"), whether(saml.options.allow_short_rsa)),
    ]
}

/// The form that switches sign-ins on or off that begin at the provider.
#[derive(Deserialize)]
pub(super) struct SwitchForm {
    form_token: Option<String>,
    connection: String,
    idp_initiated: String,
}

/// Switches sign-ins on or off that begin at the provider.
pub(super) async fn switch_idp_initiated(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<SwitchForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let malformed = || visitor.fail(FailureKind::Malformed);
    let command = SwitchIdpInitiatedCommand {
        session: visitor.digest(),
        connection: form.connection.parse().map_err(|_| malformed())?,
        idp_initiated: match form.idp_initiated.as_str() {
            "on" => true,
            "off" => false,
            _ => return Err(malformed()),
        },
    };
    match portal.app.run(SwitchIdpInitiated { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&format!("{CONNECTION}?notice={}", Notice::OptionsSaved.as_str()))),
        Err(error) => Err(visitor.refused(error)),
    }
}

/// The certificates of which one can go: all of several.
fn spare_certificates(connection: &Connection) -> Vec<TrustedView> {
    let idp = connection.saml().ok().and_then(|saml| saml.idp.as_ref());
    let held = idp.map_or(&[][..], |idp| &idp.signing_certificates);
    let view = |held: &IdpCertificate| TrustedView {
        id: held.id.to_string(),
        subject: held.certificate.subject.clone(),
        not_after: Day::of(held.certificate.not_after),
        fingerprint: words::fingerprint(&held.certificate),
    };
    if held.len() > 1 { held.iter().map(view).collect() } else { Vec::new() }
}

/// The form that stops trusting a certificate.
#[derive(Deserialize)]
pub(super) struct DistrustForm {
    form_token: Option<String>,
    connection: String,
    certificate: String,
}

/// Stops trusting a certificate.
pub(super) async fn distrust(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<DistrustForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let malformed = || visitor.fail(FailureKind::Malformed);
    let command = DistrustCertificateCommand {
        session: visitor.digest(),
        connection: form.connection.parse().map_err(|_| malformed())?,
        certificate: form.certificate.parse().map_err(|_| malformed())?,
    };
    match portal.app.run(DistrustCertificate { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&format!("{CONNECTION}?notice={}", Notice::Distrusted.as_str()))),
        Err(DistrustCertificateError::Manage(error)) => Err(visitor.refused(error)),
        Err(DistrustCertificateError::Refused(_)) => Err(visitor.fail(FailureKind::Overtaken)),
    }
}

/// The form of a reset.
#[derive(Deserialize)]
pub(super) struct ResetForm {
    form_token: Option<String>,
    connection: String,
    confirm: Option<String>,
}

/// Resets the connection.
pub(super) async fn reset(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<ResetForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    if form.confirm.is_none() {
        return Ok(see_other(&format!("{CONNECTION}?notice={}", Notice::Unconfirmed.as_str())));
    }
    let connection: ConnectionId =
        form.connection.parse().map_err(|_| visitor.fail(FailureKind::Malformed))?;
    let command = ResetConnectionCommand { session: visitor.digest(), connection };
    match portal.app.run(ResetConnection { ambient: portal.app.ambient.clone() }, command).await {
        Ok(()) => {
            let mut answer = see_other(&format!("{PICKER}?notice={}", Notice::Reset.as_str()));
            answer.add_cookie(&TYPED.remove(&portal.app.settings)).map_err(Failure::internal)?;
            Ok(answer)
        }
        Err(error) => Err(visitor.refused(error)),
    }
}
