//! The certificate that we are to sign requests with next: given to the admin, tried, switched to.

use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::usecases::switch_signing_key::{
    SwitchSigningKeyInPortal, SwitchSigningKeyInPortalCommand,
};
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::intent::Intent;
use vestibule_domain::saml::SpKeyPair;
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_words::{Day, text};

use super::Portal;
use super::answer::see_other;
use super::connection::provider_name;
use super::failure::{Failure, FailureKind};
use super::ours::NEXT_SIGNING_CERTIFICATE_FILE;
use super::review::certificate_view;
use super::test_sign_in::send_off;
use super::view::review::{DataView, FactView};
use super::view::signing_key::SigningKeyView;
use super::visitor::{CONNECTION, RENEWAL, Visitor};
use super::words::Notice;

/// The connection of a visit and the pair that is to sign its requests next, where there is one and
/// the visit may switch to it.
pub(super) fn next_signing_key(visitor: &Visitor) -> Option<(&Connection, &SpKeyPair)> {
    let session = &visitor.visit.session;
    let renews = session.covers(Intent::CertificateRenewal);
    let manages = session.covers(Intent::Sso) && visitor.may_manage();
    let connection = visitor.complete().filter(|_| renews || manages)?;
    Some((connection, connection.saml().ok()?.next_signing_key.as_ref()?))
}

/// What a page shows of it.
pub(super) fn view(portal: &Portal, visitor: &Visitor) -> Option<SigningKeyView> {
    let (connection, next) = next_signing_key(visitor)?;
    let present = connection.saml().ok()?.signing_key.as_ref()?;
    let metadata = FactView {
        name: text!("ours-sp-metadata-url").into(),
        value: portal.app.ambient.addresses.sp_entity_id(connection.id).into(),
        code: true,
    };
    Some(SigningKeyView {
        connection_id: connection.id.to_string(),
        certificate_id: next.id.to_string(),
        provider: provider_name(portal, connection),
        present_until: Day::of(present.certificate.not_after),
        data: DataView {
            facts: vec![metadata],
            certificates: vec![certificate_view(&next.certificate, visitor.now)],
        },
        file_href: format!("/portal/sso/{NEXT_SIGNING_CERTIFICATE_FILE}"),
    })
}

/// The form of both.
#[derive(Deserialize)]
pub(super) struct SigningKeyForm {
    form_token: Option<String>,
    connection: String,
    certificate: String,
}

/// Signs with it from now on.
pub(super) async fn switch(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<SigningKeyForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let malformed = || visitor.fail(FailureKind::Malformed);
    let command = SwitchSigningKeyInPortalCommand {
        session: visitor.digest(),
        connection: form.connection.parse().map_err(|_| malformed())?,
        certificate: form.certificate.parse().map_err(|_| malformed())?,
    };
    let case = SwitchSigningKeyInPortal { ambient: portal.app.ambient.clone() };
    portal.app.run(case, command).await.map_err(|error| visitor.refused(error))?;
    let renews = visitor.visit.session.covers(Intent::CertificateRenewal);
    let back = if renews { RENEWAL } else { CONNECTION };
    Ok(see_other(&format!("{back}?notice={}", Notice::SigningKeySwitched.as_str())))
}

/// Tries whether the provider takes a request that is signed with it. Nothing is switched.
pub(super) async fn test(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<SigningKeyForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let shown = |found: &(&Connection, &SpKeyPair)| {
        found.0.id.to_string() == form.connection && found.1.id.to_string() == form.certificate
    };
    let overtaken = || visitor.fail(FailureKind::Overtaken);
    let (connection, next) = next_signing_key(&visitor).filter(shown).ok_or_else(overtaken)?;
    let mut saml = connection.saml().map_err(|_| overtaken())?.clone();
    saml.signing_key = Some(next.clone());
    let trial = Trial {
        of: TrialOf::SigningKey,
        settings: ProtocolSettings::Saml(Box::new(saml)),
        attribute_map: connection.attribute_map.clone(),
    };
    send_off(&portal, &request, &visitor, connection, Some(trial)).await
}
