//! With which accounts of their own people sign in, and the test identity provider.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_social_provider::{
    SetSocialProvider, SetSocialProviderCommand, SetSocialProviderError, SocialChange,
};
use vestibule_application::usecases::set_test_provider::{
    SetTestProvider, SetTestProviderCommand, SetTestProviderError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::readout::Revision;
use vestibule_domain::secret::SecretText;
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::test_provider::TestProviderRule;

use super::Dashboard;
use super::answer::{page, see_other};
use super::confirm::Question;
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::settings::full;
use super::view::providers::{ProviderView, ProvidersPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// A provider's word in addresses, and the names of its fields: id and secret.
fn words(provider: SocialProvider) -> [&'static str; 3] {
    match provider {
        SocialProvider::Google => ["google", "google_client_id", "google_client_secret"],
        SocialProvider::Microsoft => ["microsoft", "microsoft_client_id", "microsoft_client_secret"],
    }
}

fn named(word: &str) -> Result<SocialProvider, Failure> {
    SocialProvider::ALL.into_iter().find(|provider| words(*provider)[0] == word).ok_or(Failure::NotFound)
}

/// Lists them.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, None).await
}

/// Sets what the environment is at a provider.
pub(super) async fn set(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path.0)?;
    let provider = named(&path.1)?;
    let [_, id, secret] = words(provider);
    let given = |name| Some(form.one(name).to_owned()).filter(|text| !text.is_empty());
    let change =
        SocialChange::Set { client_id: given(id), client_secret: given(secret).map(SecretText::new) };
    let made_from = made_from(&form)?;
    let saved = || Ok(see_other(&area_href(environment.id, Area::Providers)));
    let mut wrong = Wrong::default();
    match run(&dashboard, &operator, environment, (provider, Some(made_from)), change).await {
        Ok(()) => return saved(),
        Err(SetSocialProviderError::Overtaken(overtaken)) => {
            let field = |name: &str| format!("{}.{name}", provider.connection_type());
            let (id_field, secret_field) = (field("client_id"), field("client_secret"));
            let wanted = overtaken.now.clone().setting(&id_field, given(id));
            // A secret that was not typed stays what it is.
            let wanted = match given(secret) {
                Some(_) => wanted.setting(&secret_field, Some("set")),
                None => wanted,
            };
            let label = |name: &str| {
                let word = if name == id_field { "client id" } else { "client secret" };
                format!("{provider} {word}")
            };
            let Some(told) = Meanwhile::of(&overtaken, &wanted, label) else { return saved() };
            let edited = Edited::setting(AuditAction::EnvironmentUpdated, environment.id);
            let mut unsaved: Unsaved = told.told(&dashboard, environment, edited).await?.into();
            unsaved.wrong.lose(secret, &form);
            return render(&dashboard, &operator, environment, Some((provider, &form, unsaved))).await;
        }
        Err(SetSocialProviderError::ClientId(reason)) => wrong.note(id, reason),
        Err(SetSocialProviderError::ClientIdRequired) => wrong.note(id, "is required"),
        Err(SetSocialProviderError::ClientSecret(reason)) => wrong.note(secret, reason),
        Err(SetSocialProviderError::ClientSecretRequired) => {
            wrong.note(secret, "is required with a new client id");
        }
        Err(SetSocialProviderError::Unknown | SetSocialProviderError::NotRegistered(_)) => {
            return Err(Failure::NotFound);
        }
        Err(SetSocialProviderError::Store(error)) => return Err(error.into()),
    }
    wrong.lose(secret, &form);
    let unsaved = Unsaved::wrong(wrong, made_from);
    render(&dashboard, &operator, environment, Some((provider, &form, unsaved))).await
}

/// Asks for a provider's name before its registration is taken back.
pub(super) async fn confirm_removal(
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path.0)?;
    question(environment, named(&path.1)?).ask(operator.shell(environment, Area::Providers))
}

/// Takes a registration back, once the provider's name was typed. One that is gone already is as
/// wanted.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path.0)?;
    let provider = named(&path.1)?;
    let question = question(environment, provider);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell(environment, Area::Providers), &form);
    }
    match run(&dashboard, &operator, environment, (provider, None), SocialChange::Remove).await {
        Ok(()) | Err(SetSocialProviderError::NotRegistered(_)) => {
            Ok(see_other(&area_href(environment.id, Area::Providers)))
        }
        Err(SetSocialProviderError::Store(error)) => Err(error.into()),
        Err(SetSocialProviderError::Unknown) => Err(Failure::NotFound),
        Err(error) => Err(Failure::internal(error)),
    }
}

/// Switches the test identity provider on or off.
pub(super) async fn switch_test(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let test_provider = match form.one("to") {
        "on" => TestProviderRule::On,
        "off" => TestProviderRule::Off,
        _ => return Err(Failure::Malformed),
    };
    let actor = operator.actor();
    let command = SetTestProviderCommand { actor, environment_id: environment.id, test_provider };
    match dashboard.app.run(SetTestProvider { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&area_href(environment.id, Area::Providers))),
        // Our pages offer no switch there.
        Err(SetTestProviderError::Production) => Err(Failure::Malformed),
        Err(SetTestProviderError::Unknown) => Err(Failure::NotFound),
        Err(SetTestProviderError::Store(error)) => Err(error.into()),
    }
}

async fn run(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    (provider, made_from): (SocialProvider, Option<Revision>),
    change: SocialChange,
) -> Result<(), SetSocialProviderError> {
    let (actor, environment_id) = (operator.actor(), environment.id);
    let command = SetSocialProviderCommand { actor, environment_id, provider, change, made_from };
    let case = SetSocialProvider { ambient: dashboard.app.ambient.clone() };
    dashboard.app.run(case, command).await.map(drop)
}

fn question(environment: &EnvironmentLine, provider: SocialProvider) -> Question {
    let href = area_href(environment.id, Area::Providers);
    Question {
        heading: format!("Remove {provider}?"),
        consequences: vec![
            "Nobody signs in with such an account any more.",
            "The profiles of everybody who did are deleted, and their attempts to sign in.",
        ],
        wanted: provider.name().to_owned(),
        action: format!("{href}/{}/remove", words(provider)[0]),
        button: "Remove it",
        back_href: href,
    }
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    sent: Option<(SocialProvider, &Sent, Unsaved)>,
) -> Result<HttpResponse, Failure> {
    let queries = dashboard.app.store.queries();
    let (held, full) = tokio::try_join!(
        async { Ok::<_, Failure>(queries.social_connections(environment.id).await?) },
        full(dashboard, environment)
    )?;
    let href = area_href(environment.id, Area::Providers);
    let status = sent.as_ref().map_or(StatusCode::OK, |(_, _, unsaved)| unsaved.status);
    let mut errors = Vec::new();
    let mut providers = Vec::new();
    for provider in SocialProvider::ALL {
        let held = held.iter().find(|held| held.provider == provider);
        let [word, id, secret] = words(provider);
        let client_id = held.map(|held| held.client.id.clone());
        // Only the form that was sent is as it was typed.
        let sent = sent.as_ref().filter(|(of, ..)| *of == provider);
        let typed = sent.map(|(_, form, _)| form.one(id).to_owned());
        let made_from = sent.map(|(_, _, unsaved)| unsaved.made_from);
        let fields = [
            Field {
                value: typed.or_else(|| client_id.clone()).unwrap_or_default(),
                ..Field::plain(id, "Client id", "line")
            },
            Field {
                kept: held.is_some(),
                note: Some("It is sealed, and never shown again.".into()),
                ..Field::plain(secret, "Client secret", "secret")
            },
        ];
        let (fields, found) = match sent {
            Some((_, _, unsaved)) => unsaved.wrong.onto(fields),
            None => (fields, Vec::new()),
        };
        errors.extend(found);
        providers.push(ProviderView {
            word,
            name: provider.name(),
            client_id,
            fields,
            made_from: made_from.unwrap_or_else(|| SocialConnection::readout(held).revision()).to_string(),
            overtaken: sent.is_some_and(|(_, _, unsaved)| unsaved.meanwhile.is_some()),
            href: format!("{href}/{word}"),
        });
    }
    let content = ProvidersPage {
        shell: operator.shell(environment, Area::Providers),
        redirect_uri: dashboard.app.ambient.addresses.oidc_redirect_uri(),
        providers,
        test_provider: (environment.kind == EnvironmentKind::Sandbox).then_some(match full.test_provider {
            TestProviderRule::On => "on",
            TestProviderRule::Off => "off",
        }),
        errors,
        meanwhile: sent.and_then(|(_, _, unsaved)| unsaved.meanwhile),
        href,
    };
    page(status, &content)
}
