//! API keys of an environment.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::create_api_key::{CreateApiKey, CreateApiKeyCommand, CreateApiKeyError};
use vestibule_application::usecases::revoke_api_key::{RevokeApiKey, RevokeApiKeyCommand, RevokeApiKeyError};
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::id::ApiKeyId;
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::keys::{KeyRow, KeysPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Lists the keys.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, StatusCode::OK, "", &Wrong::default(), None).await
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
    let Some(name) = wrong.take("name", Name::parse(form.one("name"))) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&dashboard, &operator, environment, status, form.one("name"), &wrong, None).await;
    };
    let command = CreateApiKeyCommand { caller: operator.caller(&dashboard, environment.id).await?, name };
    let made = dashboard.app.run(CreateApiKey { ambient: dashboard.app.ambient.clone() }, command).await;
    let (_, text) = made.map_err(|CreateApiKeyError::Store(error)| Failure::Store(error))?;
    let made = Some(text.expose().to_owned());
    render(&dashboard, &operator, environment, StatusCode::OK, "", &Wrong::default(), made).await
}

/// Withdraws a key.
pub(super) async fn revoke(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, key_id): (_, ApiKeyId) = operator.place(&path.0, &path.1)?;
    let command = RevokeApiKeyCommand { caller: operator.caller(&dashboard, environment.id).await?, key_id };
    match dashboard.app.run(RevokeApiKey { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&area_href(environment.id, Area::Keys))),
        Err(RevokeApiKeyError::Unknown) => Err(Failure::NotFound),
        Err(RevokeApiKeyError::Store(error)) => Err(error.into()),
    }
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    typed: &str,
    wrong: &Wrong,
    made: Option<String>,
) -> Result<HttpResponse, Failure> {
    let queries = dashboard.app.store.queries();
    let (keys, full) =
        tokio::try_join!(queries.api_keys(environment.id), queries.environment(environment.id))?;
    let full = full.ok_or(Failure::NotFound)?;
    let href = area_href(environment.id, Area::Keys);
    let fields = [Field {
        value: typed.to_owned(),
        note: Some("What the key is for, so that you can tell it from the others.".into()),
        ..Field::plain("name", "Name", "line")
    }];
    let ([field], errors) = wrong.onto(fields);
    let row = |key: &ApiKey| KeyRow {
        name: key.name.to_string(),
        hint: key.hint.clone(),
        created_at: Moment::of(key.created_at),
        revoked_at: key.revoked_at.map(Moment::of),
        revoke_href: key.revoked_at.is_none().then(|| format!("{href}/{}/revoke", key.id)),
    };
    let content = KeysPage {
        shell: operator.shell(environment, Area::Keys),
        client_id: full.client_id.to_string(),
        // Those that work first.
        rows: {
            let (working, withdrawn): (Vec<_>, Vec<_>) =
                keys.iter().rev().partition(|key| key.revoked_at.is_none());
            working.into_iter().chain(withdrawn).map(row).collect()
        },
        made,
        errors,
        field,
        public_url: dashboard.app.ambient.addresses.public_url().to_owned(),
        href,
    };
    page(status, &content)
}
