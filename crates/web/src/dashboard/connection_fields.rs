//! What a connection is called, and its registration at an OpenID Connect provider.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use vestibule_application::change::Change;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::update_connection::{
    AttributeMapChange, MadeFrom, OidcChange, OptionsChange, UpdateConnection, UpdateConnectionCommand,
    UpdateConnectionError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::Connection;
use vestibule_domain::oidc::{OidcClient, OidcClientRefused, OidcProvider, TokenAuthMethod};
use vestibule_domain::organization::{ExternalId, Organization};
use vestibule_domain::readout::{Readout, Revision};
use vestibule_domain::secret::SecretText;
use vestibule_domain::text::Name;
use vestibule_domain::url::HttpsUrl;

use super::Dashboard;
use super::answer::page;
use super::connection::find;
use super::connection_page::done;
use super::done::Done;
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::organization::{self, head};
use super::organizations;
use super::view::connection_fields::ConnectionFieldsPage;
use super::view::head::Tab;
use super::view::shell::Area;
use crate::assertion_keys::new_assertion_key;
use crate::discovery::{Undiscovered, credential, discover};
use crate::portal::Field;

/// The registration of a connection that people made at a provider. A draft has none yet, and that at
/// the test identity provider is ours.
fn registration(held: &Connection) -> Option<&OidcClient> {
    let oidc = held.oidc().ok().filter(|oidc| oidc.test_key.is_none())?;
    oidc.client.as_ref()
}

/// What stands in the form. A secret never does.
struct Typed {
    name: String,
    external_id: String,
    /// None where there is no registration.
    oidc: Option<TypedOidc>,
}

struct TypedOidc {
    issuer: String,
    client_id: String,
    method: String,
}

impl Typed {
    /// What is there.
    fn of(held: &Connection) -> Self {
        let oidc = registration(held).map(|client| TypedOidc {
            issuer: client.provider.issuer.as_str().to_owned(),
            client_id: client.client_id.clone(),
            method: client.token_auth_method.as_str().to_owned(),
        });
        let external_id = held.external_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        Self { name: held.name.to_string(), external_id, oidc }
    }

    /// What was sent.
    fn sent(held: &Connection, form: &Sent) -> Self {
        let text = |key| form.one(key).to_owned();
        let oidc = registration(held).map(|_| TypedOidc {
            issuer: text("issuer"),
            client_id: text("client_id"),
            method: text("client_authentication"),
        });
        Self { name: text("name"), external_id: text("external_id"), oidc }
    }
}

/// What is wanted, understood.
struct Wanted {
    name: Name,
    external_id: Option<ExternalId>,
    oidc: Option<WantedOidc>,
}

#[derive(Clone)]
struct WantedOidc {
    /// Another one than before.
    provider: Option<(OidcProvider, HttpsUrl)>,
    client_id: String,
    client_secret: Option<SecretText>,
    method: TokenAuthMethod,
}

impl Wanted {
    /// Reads what was typed; an address that is new is read, too.
    async fn read(
        dashboard: &Dashboard,
        held: &Connection,
        form: &Sent,
        typed: &Typed,
        wrong: &mut Wrong,
    ) -> Option<Self> {
        let name = wrong.take("name", Name::parse(&typed.name));
        let external_id = match typed.external_id.as_str() {
            "" => None,
            raw => wrong.take("external_id", ExternalId::parse(raw)),
        };
        let oidc = match (&typed.oidc, registration(held)) {
            (Some(typed), Some(client)) => WantedOidc::read(dashboard, client, form, typed, wrong).await,
            (Some(_) | None, _) => None,
        };
        let name = name.filter(|_| wrong.is_empty())?;
        Some(Self { name, external_id, oidc })
    }

    /// What it would read, where something else is there now.
    fn readout(&self, now: &Readout) -> Readout {
        let called = now
            .clone()
            .setting("name", Some(&self.name))
            .setting("external_id", self.external_id.as_ref().map(ExternalId::as_str));
        let Some(oidc) = &self.oidc else { return called };
        let registered = called
            .setting("client_id", Some(&oidc.client_id))
            .setting("client_authentication", Some(oidc.method.as_str()));
        let registered = match &oidc.provider {
            Some((provider, url)) => registered
                .setting("issuer", Some(provider.issuer.as_str()))
                .setting("discovery_url", Some(url.as_str())),
            None => registered,
        };
        // A secret that was not typed stays what it is.
        match oidc.client_secret {
            Some(_) => registered.setting("client_secret", Some("set")),
            None => registered,
        }
    }
}

impl WantedOidc {
    async fn read(
        dashboard: &Dashboard,
        client: &OidcClient,
        form: &Sent,
        typed: &TypedOidc,
        wrong: &mut Wrong,
    ) -> Option<Self> {
        let client_id = wrong.take("client_id", credential(typed.client_id.clone()));
        let client_secret = match form.one("client_secret") {
            "" => Some(None),
            raw => wrong.take("client_secret", credential(raw.to_owned())).map(Some),
        };
        let method = TokenAuthMethod::parse(&typed.method).ok_or("must be one of the list");
        let method = wrong.take("client_authentication", method);
        let provider = if typed.issuer == client.provider.issuer.as_str() {
            Some(None)
        } else {
            let found = discover(&dashboard.app, &typed.issuer).await;
            found.map_err(|undiscovered| note_undiscovered(wrong, &undiscovered)).ok().map(Some)
        };
        Some(Self {
            provider: provider?,
            client_id: client_id?,
            client_secret: client_secret?.map(SecretText::new),
            method: method?,
        })
    }

    async fn into_change(self, dashboard: &Dashboard, held: &Connection) -> Result<OidcChange, Failure> {
        let keyless = held.oidc().is_ok_and(|oidc| oidc.signing_key.is_none());
        let fresh_key = if self.method == TokenAuthMethod::PrivateKeyJwt && keyless {
            Some(new_assertion_key(&dashboard.app).await.map_err(Failure::internal)?)
        } else {
            None
        };
        Ok(OidcChange {
            provider: self.provider,
            client_id: Some(self.client_id),
            client_secret: self.client_secret.map_or(Change::Keep, Change::Set),
            token_auth_method: Change::Set(self.method),
            signing_key: Change::Keep,
            fresh_key,
            id_token_algorithm: Change::Keep,
            pkce: Change::Keep,
            fetch_user_info: Change::Keep,
            redirect_uri: Change::Keep,
        })
    }
}

fn note_undiscovered(wrong: &mut Wrong, undiscovered: &Undiscovered) {
    match undiscovered {
        Undiscovered::Address(error) => wrong.note("issuer", error),
        Undiscovered::Fetch(error) => wrong.note("issuer", format_args!("cannot be read: {error}")),
        Undiscovered::Document(error) => wrong.note("issuer", format_args!("cannot be used: {error}")),
    }
}

/// Says beside its field why a registration cannot work.
fn note_refused(wrong: &mut Wrong, refused: OidcClientRefused) {
    let (key, why) = match refused {
        OidcClientRefused::SecretRequired => {
            ("client_secret", "is needed: the one that is kept belongs to another issuer, or there is none")
        }
        OidcClientRefused::SecretNotAccepted => {
            ("client_secret", "is not used with this client authentication: leave it empty")
        }
        OidcClientRefused::PkceRequired => {
            ("client_authentication", "needs PKCE, which is off for this connection")
        }
        OidcClientRefused::KeyRequired => ("client_authentication", "needs a key pair"),
        OidcClientRefused::TokenAuthMethod => {
            ("client_authentication", "is not among what the provider offers")
        }
        OidcClientRefused::IdTokenAlgorithm => {
            ("issuer", "does not sign with the algorithm that is fixed for this connection")
        }
    };
    wrong.note(key, why);
}

/// What people call what is read out.
fn label(field: &str) -> String {
    match field {
        "name" => "Name",
        "external_id" => "External id",
        "issuer" => "Issuer",
        "discovery_url" => "Discovery document",
        "client_id" => "Client id",
        "client_secret" => "Client secret",
        "client_authentication" => "Client authentication",
        other => other,
    }
    .to_owned()
}

/// Shows the form.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, id).await?;
    let organization = organization::find(&dashboard, environment, held.organization_id).await?.organization;
    let form = Unsaved::fresh(held.own_readout().revision());
    render(&operator, environment, &organization, &held, (&Typed::of(&held), form))
}

/// Saves it.
pub(super) async fn save(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, id).await?;
    let organization = organization::find(&dashboard, environment, held.organization_id).await?.organization;
    let revision = made_from(&form)?;
    let typed = Typed::sent(&held, &form);
    let mut wrong = Wrong::default();
    let wanted = Wanted::read(&dashboard, &held, &form, &typed, &mut wrong).await;
    let mut unsaved = match wanted {
        None => Unsaved::wrong(wrong, revision),
        Some(wanted) => match run(&dashboard, &operator, environment, &held, wanted, revision).await? {
            None => return Ok(done(environment, &held, Done::Saved)),
            Some(unsaved) => unsaved,
        },
    };
    unsaved.wrong.lose("client_secret", &form);
    render(&operator, environment, &organization, &held, (&typed, unsaved))
}

/// Saves what is wanted; or says why it was not.
async fn run(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Connection,
    wanted: Wanted,
    revision: Revision,
) -> Result<Option<Unsaved>, Failure> {
    let options = match wanted.oidc.clone() {
        None => None,
        Some(oidc) => Some(OptionsChange::Oidc(Box::new(oidc.into_change(dashboard, held).await?))),
    };
    let command = UpdateConnectionCommand {
        caller: operator.caller(dashboard, environment.id).await?,
        connection_id: held.id,
        connection_type: None,
        name: Change::Set(wanted.name.clone()),
        external_id: wanted.external_id.clone().map_or(Change::Reset, Change::Set),
        attribute_map: AttributeMapChange::default(),
        options,
        made_from: Some(MadeFrom::OwnFields(revision)),
    };
    let mut wrong = Wrong::default();
    match dashboard.app.run(UpdateConnection { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => return Ok(None),
        Err(UpdateConnectionError::Unknown) => return Err(Failure::NotFound),
        Err(UpdateConnectionError::Overtaken(overtaken)) => {
            let reads = wanted.readout(&overtaken.now);
            let Some(told) = Meanwhile::of(&overtaken, &reads, label) else { return Ok(None) };
            let edited = Edited::of(held.organization_id, AuditAction::ConnectionUpdated, held.id);
            return Ok(Some(told.told(dashboard, environment, edited).await?.into()));
        }
        Err(UpdateConnectionError::ExternalIdInUse) => {
            wrong.note("external_id", "is in use by another connection");
        }
        Err(UpdateConnectionError::Oidc(refused)) => note_refused(&mut wrong, refused),
        Err(UpdateConnectionError::Store(error)) => return Err(error.into()),
        // Nothing of this is in the form.
        Err(
            error @ (UpdateConnectionError::TypeNotUpdatable
            | UpdateConnectionError::Refused(_)
            | UpdateConnectionError::IncompleteRegistration
            | UpdateConnectionError::AttributeMap(_)
            | UpdateConnectionError::Keys(_)),
        ) => return Err(Failure::internal(error)),
    }
    Ok(Some(Unsaved::wrong(wrong, revision)))
}

fn fields(held: &Connection, typed: &Typed) -> [Field; 6] {
    let empty = TypedOidc { issuer: String::new(), client_id: String::new(), method: String::new() };
    let oidc = typed.oidc.as_ref().unwrap_or(&empty);
    let kept = registration(held).is_some_and(|client| client.client_secret.is_some());
    [
        Field { value: typed.name.clone(), ..Field::plain("name", "Name", "line") },
        Field {
            value: typed.external_id.clone(),
            optional: true,
            note: Some("Your own id for the connection, by which the API finds it.".into()),
            ..Field::plain("external_id", "External id", "line")
        },
        Field {
            value: oidc.issuer.clone(),
            note: Some(
                "Or the address of its discovery document. Another one is read when you save, and takes \
                 the client secret that belongs to it."
                    .into(),
            ),
            ..Field::plain("issuer", "Issuer", "url")
        },
        Field { value: oidc.client_id.clone(), ..Field::plain("client_id", "Client id", "line") },
        Field {
            kept,
            note: Some("It is sealed, and never shown again.".into()),
            ..Field::plain("client_secret", "Client secret", "secret")
        },
        Field {
            value: oidc.method.clone(),
            note: Some(
                "How we prove who we are when codes are exchanged. For private_key_jwt the provider needs \
                 our certificate, which is made when you save."
                    .into(),
            ),
            options: TokenAuthMethod::ALL.map(|method| method.as_str().to_owned()).into(),
            ..Field::plain("client_authentication", "Client authentication", "choice")
        },
    ]
}

fn render(
    operator: &Operator,
    environment: &EnvironmentLine,
    organization: &Organization,
    held: &Connection,
    (typed, form): (&Typed, Unsaved),
) -> Result<HttpResponse, Failure> {
    let ([name, external_id, issuer, client_id, client_secret, method], errors) =
        form.wrong.onto(fields(held, typed));
    let registered = match typed.oidc {
        Some(_) => vec![issuer, client_id, client_secret, method],
        None => Vec::new(),
    };
    let connection = format!("/dashboard/{}/connections/{}", environment.id, held.id);
    let content = ConnectionFieldsPage {
        shell: operator.shell(environment, Area::Organizations),
        head: head(environment, organization, Tab::Connection),
        href: format!("{connection}/edit"),
        back_href: Tab::Connection.href(&organizations::href(environment.id, organization.id)),
        errors,
        meanwhile: form.meanwhile,
        made_from: form.made_from.to_string(),
        called: vec![name, external_id],
        registered,
    };
    page(form.status, &content)
}
