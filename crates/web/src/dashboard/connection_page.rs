//! All about a connection, and what is changed there: certificates, options, signed requests.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use vestibule_application::ports::outbound::FetchLimits;
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataRead};
use vestibule_application::ports::store::{ConnectionFilter, EnvironmentLine};
use vestibule_application::usecases::add_idp_certificate::{
    AddIdpCertificate, AddIdpCertificateCommand, AddIdpCertificateError,
};
use vestibule_application::usecases::refresh_metadata::{
    MetadataOutcome, RefreshMetadata, RefreshMetadataCommand, RefreshMetadataError,
};
use vestibule_application::usecases::remove_idp_certificate::{
    RemoveIdpCertificate, RemoveIdpCertificateCommand, RemoveIdpCertificateError,
};
use vestibule_application::usecases::set_saml_options::{
    SamlOptionsChange, SetSamlOptions, SetSamlOptionsCommand, SetSamlOptionsError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState, ProtocolSettings};
use vestibule_domain::id::{IdpCertificateId, OrganizationId};
use vestibule_domain::oidc::{OidcClient, OidcSettings, TokenAuthMethod};
use vestibule_domain::organization::Organization;
use vestibule_domain::page::PageRequest;
use vestibule_domain::readout::{Readout, Revision};
use vestibule_domain::saml::{IdentityProvider, SamlOptions, SamlSettings, SpKeyPair};
use vestibule_words::{Day, Moment};

use super::Dashboard;
use super::answer::{page, see_other};
use super::connection::find;
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Edited, Meanwhile, made_from};
use super::operator::{Operator, Signed, id};
use super::organization::{self, head};
use super::organizations::{self, provider_name};
use super::view::connection::{
    CertificateRow, ConnectionFacts, ConnectionPage, SamlFacts, SigningView, SwitchView,
};
use super::view::head::Tab;
use super::view::shell::Area;
use crate::portal::{Field, certificate_view, settings_data, with_test};

/// How far a metadata address is followed while somebody waits for the page.
const METADATA_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: METADATA_BYTES_MAX, timeout_ms: 8_000, redirects_max: 3 };

/// The forms of the page as they were sent, and what became of them.
#[derive(Default)]
struct Forms {
    status: StatusCode,
    notice: Option<&'static str>,
    wrong: Wrong,
    certificate: String,
    options: Option<Options>,
    meanwhile: Option<Meanwhile>,
}

impl Forms {
    fn refused(wrong: Wrong) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, wrong, ..Self::default() }
    }
}

/// The form of the options.
#[derive(Clone)]
struct Options {
    made_from: Revision,
    idp_initiated: bool,
    allow_sha1: bool,
    allow_short_rsa: bool,
    clock_skew: String,
}

impl Options {
    /// What is there.
    fn of(held: &SamlOptions) -> Self {
        Self {
            made_from: held.readout().revision(),
            idp_initiated: held.idp_initiated,
            allow_sha1: held.allow_sha1,
            allow_short_rsa: held.allow_short_rsa,
            clock_skew: held.clock_skew.whole_seconds().to_string(),
        }
    }

    /// What was sent.
    fn sent(form: &Sent) -> Result<Self, Failure> {
        let is_on = |name: &str| form.one(name) == "true";
        Ok(Self {
            made_from: made_from(form)?,
            idp_initiated: is_on("idp_initiated"),
            allow_sha1: is_on("allow_sha1"),
            allow_short_rsa: is_on("allow_short_rsa"),
            clock_skew: form.one("clock_skew_seconds").to_owned(),
        })
    }

    fn read(&self, wrong: &mut Wrong) -> Option<SamlOptions> {
        let seconds = self.clock_skew.parse().unwrap_or(u32::MAX);
        Some(SamlOptions {
            idp_initiated: self.idp_initiated,
            clock_skew: wrong.take("clock_skew_seconds", SamlOptions::clock_skew_of(seconds))?,
            allow_sha1: self.allow_sha1,
            allow_short_rsa: self.allow_short_rsa,
        })
    }

    fn switches(&self) -> Vec<SwitchView> {
        vec![
            SwitchView {
                name: "idp_initiated",
                label: "Sign-ins may begin at the provider",
                hint: "People start from their provider’s page of apps. Nobody asked for such an answer, so \
                       nothing tells it from one that somebody else brought.",
                on: self.idp_initiated,
            },
            SwitchView {
                name: "allow_sha1",
                label: "Believe SHA-1",
                hint: "Only for a provider that cannot do better: it can be forged.",
                on: self.allow_sha1,
            },
            SwitchView {
                name: "allow_short_rsa",
                label: "Believe short RSA keys",
                hint: "From 1024 bits on instead of 2048. Only for a provider that cannot do better.",
                on: self.allow_short_rsa,
            },
        ]
    }
}

/// What people call what is read out.
fn label(field: &str) -> String {
    match field {
        "idp_initiated" => "Sign-ins may begin at the provider",
        "clock_skew_seconds" => "Seconds that clocks may be apart",
        "allow_sha1" => "Believe SHA-1",
        "allow_short_rsa" => "Believe short RSA keys",
        other => other,
    }
    .to_owned()
}

/// Where all about a connection is.
fn href(environment: &EnvironmentLine, connection: &Connection) -> String {
    Tab::Connection.href(&organizations::href(environment.id, connection.organization_id))
}

/// Leads back to a connection, whose page says what was done.
pub(super) fn done(environment: &EnvironmentLine, connection: &Connection, done: Done) -> HttpResponse {
    see_other(&done.after(&href(environment, connection)))
}

/// Shows all about an organization's connection, or that it has none.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let (environment, id): (_, OrganizationId) = operator.place(&path.0, &path.1)?;
    let filter = ConnectionFilter { organization_id: Some(id), ..ConnectionFilter::default() };
    let queries = dashboard.app.store.queries();
    let found = queries.connections(environment.id, &filter, PageRequest::default()).await?;
    let held = found.items.into_iter().next().map(|view| view.connection);
    let organization = organization::find(&dashboard, environment, id).await?.organization;
    let forms = Forms { notice: shown.words(), ..Forms::default() };
    render(&dashboard, &operator, environment, &organization, held.as_ref(), forms)
}

/// Leads to the page of a connection, of which only the id is known.
pub(super) async fn lead(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    Ok(see_other(&href(environment, &find(&dashboard, environment, id).await?)))
}

/// Shows the page of a connection again, with what became of a form.
async fn again(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Connection,
    forms: Forms,
) -> Result<HttpResponse, Failure> {
    let organization = organization::find(dashboard, environment, held.organization_id).await?.organization;
    render(dashboard, operator, environment, &organization, Some(held), forms)
}

/// Trusts one more certificate of the provider.
pub(super) async fn add_certificate(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, connection_id).await?;
    let raw = form.one("certificate");
    let mut wrong = Wrong::default();
    match dashboard.app.saml.read_certificate(raw.as_bytes()) {
        Err(error) => wrong.note("certificate", format_args!("cannot be read: {error}")),
        Ok(certificate) => {
            let caller = operator.caller(&dashboard, environment.id).await?;
            let command = AddIdpCertificateCommand { caller, connection_id, certificate };
            let case = AddIdpCertificate { ambient: dashboard.app.ambient.clone() };
            match dashboard.app.run(case, command).await {
                Ok(_) => return Ok(done(environment, &held, Done::CertificateAdded)),
                Err(AddIdpCertificateError::Unknown) => return Err(Failure::NotFound),
                Err(AddIdpCertificateError::Expired) => wrong.note("certificate", "has expired"),
                Err(AddIdpCertificateError::Refused(ConnectionRefused::CertificateExists)) => {
                    wrong.note("certificate", "is trusted already");
                }
                Err(AddIdpCertificateError::Refused(refused)) => {
                    wrong.note("certificate", format_args!("was refused: {refused}"));
                }
                Err(AddIdpCertificateError::Store(error)) => return Err(error.into()),
            }
        }
    }
    let forms = Forms { certificate: raw.to_owned(), ..Forms::refused(wrong) };
    again(&dashboard, &operator, environment, &held, forms).await
}

/// Trusts a certificate of the provider no more.
pub(super) async fn remove_certificate(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let certificate_id: IdpCertificateId = id(&path.2)?;
    let held = find(&dashboard, environment, connection_id).await?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = RemoveIdpCertificateCommand { caller, connection_id, certificate_id };
    let case = RemoveIdpCertificate { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(()) => Ok(done(environment, &held, Done::CertificateRemoved)),
        Err(RemoveIdpCertificateError::Refused(ConnectionRefused::LastCertificate)) => {
            let mut wrong = Wrong::default();
            wrong.note("certificate", "has to be added first: the last one cannot go");
            again(&dashboard, &operator, environment, &held, Forms::refused(wrong)).await
        }
        Err(RemoveIdpCertificateError::Unknown | RemoveIdpCertificateError::Refused(_)) => {
            Err(Failure::NotFound)
        }
        Err(RemoveIdpCertificateError::Store(error)) => Err(error.into()),
    }
}

/// Reads the provider's metadata now.
pub(super) async fn refresh(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, connection_id).await?;
    let mut wrong = Wrong::default();
    let idp = held.saml().ok().and_then(|saml| saml.idp.as_ref());
    let source = idp.and_then(|idp| Some((idp.entity_id.clone(), idp.metadata_url.clone()?)));
    let Some((entity_id, metadata_url)) = source else {
        wrong.note("metadata", "was given by hand: there is no address to read it at");
        return again(&dashboard, &operator, environment, &held, Forms::refused(wrong)).await;
    };
    match read(&dashboard, metadata_url.as_str(), entity_id).await? {
        Err(why) => wrong.note("metadata", format_args!("cannot be used: {why}")),
        Ok(read) => {
            let caller = operator.caller(&dashboard, environment.id).await?;
            let command = RefreshMetadataCommand {
                environment_id: environment.id,
                connection_id,
                metadata_url,
                read,
                actor: caller.actor,
            };
            let case = RefreshMetadata { ambient: dashboard.app.ambient.clone() };
            match dashboard.app.run(case, command).await {
                Ok(MetadataOutcome::Changed) => {
                    return Ok(done(environment, &held, Done::MetadataChanged));
                }
                Ok(MetadataOutcome::Unchanged) => {
                    return Ok(done(environment, &held, Done::MetadataUnchanged));
                }
                Err(RefreshMetadataError::Refused(refused)) => {
                    wrong.note("metadata", format_args!("cannot be used: {refused}"));
                }
                Err(RefreshMetadataError::Store(error)) => return Err(error.into()),
            }
        }
    }
    again(&dashboard, &operator, environment, &held, Forms::refused(wrong)).await
}

/// What metadata says, or why it cannot be read.
async fn read(
    dashboard: &Dashboard,
    url: &str,
    entity_id: vestibule_domain::url::EntityId,
) -> Result<Result<IdentityProvider, String>, Failure> {
    let fetched = match dashboard.app.outbound.get(url, METADATA_FETCH).await {
        Ok(fetched) => fetched,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let saml = dashboard.app.saml.clone();
    // A document of megabytes takes a while: other requests of this worker go on meanwhile.
    let read = web::block(move || saml.read_metadata(&fetched.body, Some(&entity_id))).await;
    Ok(match read.map_err(Failure::internal)? {
        Ok(MetadataRead::One(idp)) => Ok(*idp),
        Ok(MetadataRead::Choose(_)) => Err("the document names several identity providers".to_owned()),
        Err(error) => Err(error.to_string()),
    })
}

/// Saves the options.
pub(super) async fn set_options(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, connection_id).await?;
    let mut options = Options::sent(&form)?;
    let mut wrong = Wrong::default();
    let Some(wanted) = options.read(&mut wrong) else {
        let forms = Forms { options: Some(options), ..Forms::refused(wrong) };
        return again(&dashboard, &operator, environment, &held, forms).await;
    };
    let command = SetSamlOptionsCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        connection_id,
        change: SamlOptionsChange {
            idp_initiated: Some(wanted.idp_initiated),
            clock_skew: Some(wanted.clock_skew),
            allow_sha1: Some(wanted.allow_sha1),
            allow_short_rsa: Some(wanted.allow_short_rsa),
        },
        made_from: Some(options.made_from),
    };
    let overtaken =
        match dashboard.app.run(SetSamlOptions { ambient: dashboard.app.ambient.clone() }, command).await {
            Ok(_) => return Ok(done(environment, &held, Done::Saved)),
            Err(SetSamlOptionsError::Overtaken(overtaken)) => overtaken,
            Err(SetSamlOptionsError::Unknown) => return Err(Failure::NotFound),
            // No page offers it for others.
            Err(SetSamlOptionsError::Connection(_)) => return Err(Failure::Malformed),
            Err(SetSamlOptionsError::Store(error)) => return Err(error.into()),
        };
    let typed: Readout = wanted.readout();
    let Some(told) = Meanwhile::of(&overtaken, &typed, label) else {
        return Ok(done(environment, &held, Done::Saved));
    };
    options.made_from = told.revision;
    let edited = Edited::of(held.organization_id, AuditAction::ConnectionUpdated, held.id);
    let told = told.told(&dashboard, environment, edited).await?;
    let forms = Forms {
        status: StatusCode::CONFLICT,
        options: Some(options),
        meanwhile: Some(told),
        ..Forms::default()
    };
    again(&dashboard, &operator, environment, &held, forms).await
}

fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    organization: &Organization,
    held: Option<&Connection>,
    forms: Forms,
) -> Result<HttpResponse, Failure> {
    let organization_href = organizations::href(environment.id, organization.id);
    let saml = held.and_then(|held| held.saml().ok());
    let options =
        forms.options.unwrap_or_else(|| Options::of(&saml.map(|saml| saml.options).unwrap_or_default()));
    let fields = [
        Field {
            value: forms.certificate,
            note: Some(
                "PEM, as the provider’s console has it. Add the next one before the provider uses it.".into(),
            ),
            ..Field::plain("certificate", "Certificate", "area")
        },
        Field {
            value: options.clock_skew.clone(),
            note: Some("How far the provider’s clock may be from ours, 0 to 600.".into()),
            ..Field::plain("clock_skew_seconds", "Seconds that clocks may be apart", "line")
        },
        Field::plain("metadata", "The metadata", "line"),
    ];
    let ([certificate, clock_skew, _], errors) = forms.wrong.onto(fields);
    let connection = held.map(|held| {
        let forms = (certificate, clock_skew);
        let saml = saml.and_then(|saml| saml_facts(operator, environment, held, saml, &options, forms));
        facts(dashboard, operator, environment, held, saml)
    });
    let content = ConnectionPage {
        shell: operator.shell(environment, Area::Organizations),
        head: head(environment, organization, Tab::Connection),
        setup_href: organization_href,
        notice: forms.notice,
        errors,
        meanwhile: forms.meanwhile.map(Meanwhile::into_view),
        connection,
    };
    page(forms.status, &content).map(with_test)
}

fn facts(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Connection,
    saml: Option<SamlFacts>,
) -> ConnectionFacts {
    let (state, state_word) = organizations::state(Some(held));
    let addresses = &dashboard.app.ambient.addresses;
    let ours = match &held.settings {
        ProtocolSettings::Saml(_) => vec![
            ("Assertion consumer service (ACS) URL", addresses.acs_url_of(held)),
            ("Entity id", addresses.entity_id_of(held)),
            ("Metadata URL", addresses.sp_entity_id(held.id)),
        ],
        ProtocolSettings::Oidc(oidc) => vec![(
            "Redirect URI",
            oidc.client
                .as_ref()
                .map_or_else(|| addresses.oidc_redirect_uri(), |client| addresses.redirect_uri_of(client)),
        )],
    };
    ConnectionFacts {
        href: format!("/dashboard/{}/connections/{}", environment.id, held.id),
        id: held.id.to_string(),
        name: held.name.to_string(),
        external_id: held.external_id.as_ref().map(|id| id.as_str().to_owned()),
        provider: provider_name(dashboard, held),
        connection_type: held.connection_type.to_string(),
        state,
        state_word,
        set_up_by: held.set_up_by.as_ref().map(ToString::to_string),
        created_at: Moment::of(held.created_at),
        updated_at: Moment::of(held.updated_at),
        on: matches!(held.state, ConnectionState::Active | ConnectionState::Validating),
        off: held.state == ConnectionState::Inactive,
        facts: settings_data(&held.settings, operator.now).facts,
        ours,
        assertion_pem: held.oidc().ok().and_then(assertion_pem),
        saml,
        group_roles: held.attribute_map.roles.rules().len(),
    }
}

/// The certificate for a provider to which we prove ourselves by a key.
fn assertion_pem(oidc: &OidcSettings) -> Option<String> {
    let by_key = |client: &OidcClient| client.token_auth_method == TokenAuthMethod::PrivateKeyJwt;
    let pair = oidc.signing_key.as_ref().filter(|_| oidc.client.as_ref().is_some_and(by_key))?;
    Some(pair.certificate.to_pem())
}

/// What only SAML has, once it is set up.
fn saml_facts(
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Connection,
    saml: &SamlSettings,
    options: &Options,
    (certificate, clock_skew): (Field, Field),
) -> Option<SamlFacts> {
    let idp = saml.idp.as_ref()?;
    let several = idp.signing_certificates.len() > 1;
    let row = |trusted: &vestibule_domain::saml::IdpCertificate| CertificateRow {
        remove_href: several.then(|| {
            let connection = format!("/dashboard/{}/connections/{}", environment.id, held.id);
            format!("{connection}/certificates/{}/delete", trusted.id)
        }),
        certificate: certificate_view(&trusted.certificate, operator.now),
        added_at: Moment::of(trusted.added_at),
    };
    Some(SamlFacts {
        metadata_url: idp.metadata_url.as_ref().map(|url| url.as_str().to_owned()),
        metadata_read_at: saml.care.metadata_read_at.map(Moment::of),
        wants_signed_requests: idp.wants_signed_requests,
        signing: saml.signing_key.as_ref().map(signing_view),
        next_signing: saml.next_signing_key.as_ref().map(signing_view),
        certificates: idp.signing_certificates.iter().map(row).collect(),
        certificate,
        made_from: options.made_from.to_string(),
        switches: options.switches(),
        clock_skew,
    })
}

fn signing_view(pair: &SpKeyPair) -> SigningView {
    SigningView {
        id: pair.id.to_string(),
        pem: pair.certificate.to_pem(),
        not_after: Day::of(pair.certificate.not_after),
    }
}
