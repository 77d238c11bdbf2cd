//! API keys of an environment.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use time::Duration;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::create_api_key::{CreateApiKey, CreateApiKeyCommand, CreateApiKeyError};
use vestibule_application::usecases::revoke_api_key::{RevokeApiKey, RevokeApiKeyCommand, RevokeApiKeyError};
use vestibule_application::usecases::roll_api_key::{RollApiKey, RollApiKeyCommand, RollApiKeyError};
use vestibule_domain::Instant;
use vestibule_domain::api_key::{ApiKey, ApiKeyScope, ApiKeyScopes, OVERLAP_MAX};
use vestibule_domain::id::ApiKeyId;
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::confirm::Question;
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::operator::{Operator, Signed};
use super::view::choices::{Choice, Choices};
use super::view::keys::{KeyRow, KeysPage, OverlapView};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// How long a key that is replaced may go on working: the form's word, and what it says.
const OVERLAPS: [(&str, &str, Duration); 4] = [
    ("now", "stops at once", Duration::ZERO),
    ("1h", "works for an hour", Duration::HOUR),
    ("24h", "works for 24 hours", Duration::DAY),
    ("7d", "works for seven days", OVERLAP_MAX),
];

/// Lists the keys.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, Shown::List).await
}

/// Makes a key and shows it once.
pub(super) async fn create(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    let name = wrong.take("name", Name::parse(form.one("name")));
    let scopes = wrong.take("scope", scopes(&form)?);
    let (Some(name), Some(scopes)) = (name, scopes) else {
        return render(&dashboard, &operator, environment, Shown::Refused { form: &form, wrong: &wrong })
            .await;
    };
    let command =
        CreateApiKeyCommand { caller: operator.caller(&dashboard, environment.id).await?, name, scopes };
    let made = dashboard.app.run(CreateApiKey { ambient: dashboard.app.ambient.clone() }, command).await;
    let (_, text) = made.map_err(|CreateApiKeyError::Store(error)| Failure::Store(error))?;
    render(&dashboard, &operator, environment, Shown::Made(text.expose())).await
}

/// Replaces a key and shows the new one once.
pub(super) async fn roll(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, key_id): (_, ApiKeyId) = operator.place(&path.0, &path.1)?;
    let wanted = form.one("overlap");
    let overlap = OVERLAPS.into_iter().find(|(word, ..)| *word == wanted);
    let (_, _, overlap) = overlap.ok_or(Failure::Malformed)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = RollApiKeyCommand { caller, key_id, overlap };
    match dashboard.app.run(RollApiKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok((_, text)) => render(&dashboard, &operator, environment, Shown::Made(text.expose())).await,
        Err(RollApiKeyError::Unknown) => Err(Failure::NotFound),
        Err(RollApiKeyError::Store(error)) => Err(error.into()),
        // No overlap of the list is longer.
        Err(error @ RollApiKeyError::Overlap) => Err(Failure::internal(error)),
    }
}

/// Asks for a key's name before it is withdrawn.
pub(super) async fn confirm_revocation(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let key = find(&dashboard, environment, id).await?;
    question(environment, &key).ask(operator.shell(environment, Area::Keys))
}

/// Withdraws a key, once its name was typed.
pub(super) async fn revoke(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, key_id) = operator.place(&path.0, &path.1)?;
    let question = question(environment, &find(&dashboard, environment, key_id).await?);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell(environment, Area::Keys), &form);
    }
    let command = RevokeApiKeyCommand { caller: operator.caller(&dashboard, environment.id).await?, key_id };
    match dashboard.app.run(RevokeApiKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&area_href(environment.id, Area::Keys))),
        Err(RevokeApiKeyError::Unknown) => Err(Failure::NotFound),
        Err(RevokeApiKeyError::Store(error)) => Err(error.into()),
    }
}

/// A key of an environment that is not withdrawn.
async fn find(dashboard: &Dashboard, environment: &EnvironmentLine, id: ApiKeyId) -> Result<ApiKey, Failure> {
    let keys = dashboard.app.store.queries().api_keys(environment.id).await?;
    keys.into_iter().find(|key| key.id == id && key.revoked_at.is_none()).ok_or(Failure::NotFound)
}

fn question(environment: &EnvironmentLine, key: &ApiKey) -> Question {
    let href = area_href(environment.id, Area::Keys);
    Question {
        heading: format!("Revoke {}?", key.name),
        consequences: vec![
            "Whatever uses the key is refused from then on.",
            "To change to a new key without a gap, replace it instead.",
        ],
        wanted: key.name.to_string(),
        action: format!("{href}/{}/revoke", key.id),
        button: "Revoke the key",
        back_href: href,
    }
}

/// What was ticked. All parts are everything, so that such a key has the parts that come later too.
fn scopes(form: &Sent) -> Result<Result<ApiKeyScopes, vestibule_domain::api_key::NoScope>, Failure> {
    let ticked: Option<Vec<_>> = form.all("scope").map(ApiKeyScope::parse).collect();
    let scopes = ApiKeyScopes::only(ticked.ok_or(Failure::Malformed)?);
    Ok(scopes.map(|scopes| {
        if ApiKeyScope::ALL.into_iter().all(|scope| scopes.allow(scope)) {
            ApiKeyScopes::Everything
        } else {
            scopes
        }
    }))
}

/// What a scope is called, and what it lets a key do.
fn words(scope: ApiKeyScope) -> [&'static str; 2] {
    match scope {
        ApiKeyScope::Read => ["Read", "Organizations, connections, sign-ins, events"],
        ApiKeyScope::Write => ["Change", "Organizations, connections, domains, webhooks"],
        ApiKeyScope::PortalLinks => ["Portal links", "Make, send and revoke them"],
        ApiKeyScope::SignIn => ["Sign-in", "Exchange codes for profiles"],
    }
}

/// Why the page is shown.
enum Shown<'a> {
    List,
    Made(&'a str),
    Refused { form: &'a Sent, wrong: &'a Wrong },
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    shown: Shown<'_>,
) -> Result<HttpResponse, Failure> {
    let queries = dashboard.app.store.queries();
    let (keys, full) =
        tokio::try_join!(queries.api_keys(environment.id), queries.environment(environment.id))?;
    let full = full.ok_or(Failure::NotFound)?;
    let href = area_href(environment.id, Area::Keys);
    let nothing = Wrong::default();
    let (status, sent, wrong, made) = match shown {
        Shown::List => (StatusCode::OK, None, &nothing, None),
        Shown::Made(text) => (StatusCode::OK, None, &nothing, Some(text.to_owned())),
        Shown::Refused { form, wrong } => (StatusCode::UNPROCESSABLE_ENTITY, Some(form), wrong, None),
    };
    let fields = [Field {
        value: sent.map(|form| form.one("name").to_owned()).unwrap_or_default(),
        note: Some("What the key is for, so that you can tell it from the others.".into()),
        ..Field::plain("name", "Name", "line")
    }];
    let choices = ApiKeyScope::ALL.map(|scope| {
        let [label, note] = words(scope);
        Choice {
            heading: None,
            value: scope.as_str().to_owned(),
            label: label.to_owned(),
            note: Some(note),
            chosen: sent.is_none_or(|form| form.all("scope").any(|raw| raw == scope.as_str())),
        }
    });
    let mut scopes = Choices::plain("scope", "What it may be used for", choices.into());
    let ([field], mut errors) = wrong.onto(fields);
    wrong.onto_choices(&mut scopes, &mut errors);
    let content = KeysPage {
        shell: operator.shell(environment, Area::Keys),
        client_id: full.client_id.to_string(),
        // Those that work first.
        rows: {
            let (working, over): (Vec<_>, Vec<_>) =
                keys.iter().rev().partition(|key| key.works(operator.now));
            working.into_iter().chain(over).map(|key| row(key, &href, operator.now)).collect()
        },
        made,
        errors,
        field,
        scopes,
        overlaps: OVERLAPS.map(|(value, label, _)| OverlapView { value, label }).into(),
        public_url: dashboard.app.ambient.addresses.public_url().to_owned(),
        href,
    };
    page(status, &content)
}

fn row(key: &ApiKey, href: &str, now: Instant) -> KeyRow {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        (None, Some(_)) => "replaced",
        (None, None) => "works",
    };
    KeyRow {
        name: key.name.to_string(),
        hint: key.hint.clone(),
        state,
        scopes: match &key.scopes {
            ApiKeyScopes::Everything => vec!["Everything"],
            ApiKeyScopes::Only(scopes) => scopes.iter().map(|scope| words(*scope)[0]).collect(),
        },
        created_at: Moment::of(key.created_at),
        created_by: key.created_by.clone(),
        last_used_at: key.last_used_at.map(Moment::of),
        expires_at: key.expires_at.map(Moment::of),
        revoked_at: key.revoked_at.map(Moment::of),
        href: key.works(now).then(|| format!("{href}/{}", key.id)),
    }
}
