//! Whether requests of a SAML connection are signed, and with which certificate.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use vestibule_application::ports::saml::KeyPairRequest;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::add_sp_key::{AddSpKey, AddSpKeyCommand, AddSpKeyError};
use vestibule_application::usecases::remove_sp_key::{RemoveSpKey, RemoveSpKeyCommand, RemoveSpKeyError};
use vestibule_application::usecases::switch_signing_key::{
    SwitchSigningKey, SwitchSigningKeyCommand, SwitchSigningKeyError,
};
use vestibule_domain::id::{ConnectionId, SpCertificateId};
use vestibule_domain::saml::{SpKeyPlace, SpKeyRefused};

use super::Dashboard;
use super::connection::find;
use super::connection_page::done;
use super::done::Done;
use super::failure::Failure;
use super::operator::{Operator, Signed, id};

/// Begins or ends signing, makes the next pair, or lets it sign. Whoever asks for what is so already
/// has what they want.
pub(super) async fn set(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, connection_id).await?;
    // No page offers it for others.
    let saml = held.saml().map_err(|_| Failure::Malformed)?;
    let place = (environment, connection_id);
    let what = match (form.one("to"), &saml.signing_key) {
        ("on", signing) => {
            if signing.is_none() {
                add(&dashboard, &operator, place, SpKeyPlace::Signing).await?;
            }
            Done::SigningBegun
        }
        ("prepare", Some(_)) => {
            if saml.next_signing_key.is_none() {
                add(&dashboard, &operator, place, SpKeyPlace::NextSigning).await?;
            }
            Done::SigningPrepared
        }
        ("next", Some(_)) => {
            switch(&dashboard, &operator, place, id(form.one("certificate"))?).await?;
            Done::SigningSwitched
        }
        ("off", signing) => {
            if let Some(pair) = signing {
                remove(&dashboard, &operator, place, pair.id).await?;
            }
            Done::SigningEnded
        }
        _ => return Err(Failure::Malformed),
    };
    Ok(done(environment, &held, what))
}

async fn add(
    dashboard: &Dashboard,
    operator: &Operator,
    (environment, connection_id): (&EnvironmentLine, ConnectionId),
    place: SpKeyPlace,
) -> Result<(), Failure> {
    let request = KeyPairRequest::of(connection_id, operator.now);
    let saml = dashboard.app.saml.clone();
    let pair = web::block(move || saml.generate_key_pair(&request)).await.map_err(Failure::internal)?;
    let command = AddSpKeyCommand {
        caller: operator.caller(dashboard, environment.id).await?,
        connection_id,
        place,
        pair: pair.map_err(Failure::internal)?.into(),
    };
    match dashboard.app.run(AddSpKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_)
        // Somebody else was a moment faster.
        | Err(AddSpKeyError::Refused(SpKeyRefused::SigningKeyExists | SpKeyRefused::NextSigningKeyExists)) => {
            Ok(())
        }
        Err(AddSpKeyError::Unknown) => Err(Failure::NotFound),
        Err(AddSpKeyError::Connection(_) | AddSpKeyError::Refused(_)) => Err(Failure::Malformed),
        Err(AddSpKeyError::Store(error)) => Err(error.into()),
    }
}

async fn remove(
    dashboard: &Dashboard,
    operator: &Operator,
    (environment, connection_id): (&EnvironmentLine, ConnectionId),
    certificate_id: SpCertificateId,
) -> Result<(), Failure> {
    let command = RemoveSpKeyCommand {
        caller: operator.caller(dashboard, environment.id).await?,
        connection_id,
        place: SpKeyPlace::Signing,
        certificate_id,
    };
    match dashboard.app.run(RemoveSpKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) | Err(RemoveSpKeyError::Refused(_)) => Ok(()),
        Err(RemoveSpKeyError::Unknown) => Err(Failure::NotFound),
        Err(RemoveSpKeyError::Connection(_)) => Err(Failure::Malformed),
        Err(RemoveSpKeyError::Store(error)) => Err(error.into()),
    }
}

async fn switch(
    dashboard: &Dashboard,
    operator: &Operator,
    (environment, connection_id): (&EnvironmentLine, ConnectionId),
    certificate_id: SpCertificateId,
) -> Result<(), Failure> {
    let caller = operator.caller(dashboard, environment.id).await?;
    let command = SwitchSigningKeyCommand { caller, connection_id, certificate_id };
    match dashboard.app.run(SwitchSigningKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(()),
        // The page is old: that one signs already, or is gone.
        Err(SwitchSigningKeyError::Unknown | SwitchSigningKeyError::Refused(_)) => Err(Failure::NotFound),
        Err(SwitchSigningKeyError::Connection(_)) => Err(Failure::Malformed),
        Err(SwitchSigningKeyError::Store(error)) => Err(error.into()),
    }
}
