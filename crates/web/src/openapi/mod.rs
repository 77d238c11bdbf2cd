//! The OpenAPI document of both APIs, generated from the code, and a page to read it.

mod reference;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use serde_json::Value;
use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Type,
};
use utoipa::{Modify, OpenApi};

use crate::transport::{ManagementEnvelope, Methods, OneTimeTokenEnvelope, Problem, Routes};
use crate::{api, ops, sso, test_idp, v1};

/// Name of the security scheme.
const API_KEY: &str = "api_key";

/// How long browsers and proxies may keep the document and its page.
const CACHE: &str = "public, max-age=300";

/// Policy of the page: nothing but its own stylesheet.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'none'";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule",
        version = env!("CARGO_PKG_VERSION"),
        description = "The management API, compatible with the WorkOS SDKs, and the one-time-token \
                       API under /v1. Both take the same API keys as bearer tokens. Every refusal \
                       is a JSON object, every answer carries `X-Request-ID`, and every POST may be \
                       repeated with the same `Idempotency-Key` for 24 hours.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/")),
    paths(
        api::portal_links::generate_link,
        api::portal_links::revoke_link,
        api::organizations::create,
        api::organizations::list,
        api::organizations::get,
        api::organizations::get_by_external_id,
        api::organizations::update,
        api::organizations::delete,
        api::organizations::audit_log_configuration,
        api::it_contacts::list,
        api::it_contacts::create,
        api::it_contacts::delete,
        api::it_contacts::invite,
        api::it_contacts::revoke,
        api::organization_domains::create,
        api::organization_domains::get,
        api::organization_domains::delete,
        api::organization_domains::verify,
        api::connections::list,
        api::connections::get,
        api::connections::create,
        api::connections::update,
        api::connections::delete,
        api::connection_certificates::list_idp,
        api::connection_certificates::get_idp,
        api::connection_certificates::add_idp,
        api::connection_certificates::delete_idp,
        api::connection_certificates::list_encryption,
        api::connection_certificates::get_encryption,
        api::connection_certificates::add_encryption,
        api::connection_certificates::delete_encryption,
        api::connection_certificates::get_signing,
        api::connection_certificates::add_signing,
        api::connection_certificates::delete_signing,
        api::connection_certificates::get_next_signing,
        api::connection_certificates::add_next_signing,
        api::connection_certificates::delete_next_signing,
        api::connection_certificates::activate_next_signing,
        api::sign_in_options::get,
        api::sign_in_options::update,
        api::test_sign_ins::create,
        api::events::list,
        api::sso_sessions::list,
        api::sso_sessions::get,
        api::webhook_endpoints::list,
        api::webhook_endpoints::create,
        api::webhook_endpoints::update,
        api::webhook_endpoints::delete,
        api::webhook_deliveries::list,
        api::webhook_deliveries::replay,
        v1::tokens::create,
        v1::tokens::delete,
        v1::setup_links::create,
        v1::organizations::list,
        v1::organizations::create,
        v1::organizations::get,
        v1::events::list,
        sso::metadata::get,
        sso::authorize::get,
        sso::acs::post,
        sso::callback::get,
        sso::callback::begin,
        sso::test::begin,
        sso::test::ended,
        sso::logout::get,
        sso::token::post,
        sso::profile::get,
        sso::keys::get,
        sso::logout::authorize,
        test_idp::start,
        test_idp::answer,
        test_idp::saml::get,
        test_idp::saml::post,
        test_idp::saml::metadata,
        test_idp::oidc::authorize,
        test_idp::oidc::token,
        test_idp::oidc::keys,
        test_idp::oidc::discovery,
        ops::healthz,
        ops::readyz,
        ops::metrics,
    ),
    components(schemas(ManagementEnvelope, OneTimeTokenEnvelope)),
    modifiers(&Common),
)]
struct Document;

/// What all operations have in common, so that none has to repeat it.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("sk_test_… or sk_live_…");
        let components = document.components.take().unwrap_or_default();
        let components = ComponentsBuilder::from(components)
            .security_scheme(API_KEY, SecurityScheme::Http(scheme.build()))
            .build();
        document.components = Some(components);
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                complete(path, &method, operation);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
    .collect()
}

fn complete(path: &str, method: &HttpMethod, operation: &mut Operation) {
    operation.operation_id = Some(operation_id(path, method));
    let public = operation.security.is_some();
    let envelope = if path.starts_with("/v1/") { "OneTimeTokenEnvelope" } else { "ManagementEnvelope" };
    if !public {
        operation.security =
            Some(vec![utoipa::openapi::security::SecurityRequirement::new(API_KEY, [] as [&str; 0])]);
        let responses = &mut operation.responses.responses;
        for (status, description) in [
            ("401", "The API key is missing or not valid"),
            ("429", "Too many requests: `rate_limit_exceeded`, with `Retry-After`"),
            ("default", "Any other refusal"),
        ] {
            let response = ResponseBuilder::new().description(description).build();
            responses.entry(status.to_owned()).or_insert(RefOr::T(response));
        }
        if *method == HttpMethod::Post {
            let key = ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The same key with the same request gets the same answer for 24 hours"))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255))))
                .build();
            operation.parameters.get_or_insert_default().push(RefOr::T(key));
        }
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && !status.starts_with('2')
        {
            show_envelope(response, envelope);
        }
    }
}

/// The names of handlers repeat from file to file; method and path do not.
fn operation_id(path: &str, method: &HttpMethod) -> String {
    let method = match method {
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
        _ => "get",
    };
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| id + "_" + word)
}

fn show_envelope(response: &mut Response, envelope: &str) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(envelope))).build();
    response.content.entry("application/json".to_owned()).or_insert(RefOr::T(content));
}

/// The document and its page, made once.
#[derive(Clone)]
pub(crate) struct Documents {
    json: Bytes,
    page: Bytes,
}

/// The document with the members of every object in the order of their names: whether objects keep
/// the order of insertion depends on which other crates are built along, and the text must not.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

impl Documents {
    /// The document as text.
    pub(crate) fn into_json(self) -> String {
        String::from_utf8_lossy(&self.json).into_owned()
    }

    /// Generates both.
    pub(crate) fn generate() -> Self {
        let document = sorted(serde_json::to_value(Document::openapi()).unwrap_or_default());
        Self {
            page: reference::render(&document).into(),
            json: serde_json::to_vec_pretty(&document).unwrap_or_default().into(),
        }
    }
}

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.public("/openapi.json", Methods::new().get(json));
    routes.public("/docs", Methods::new().get(page));
    routes.public("/docs/reference.css", Methods::new().get(stylesheet));
}

async fn json(documents: Data<Documents>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, CACHE))
        .body(documents.json.clone())
}

async fn page(documents: Data<Documents>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, CACHE))
        .body(documents.page.clone())
}

async fn stylesheet() -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, CACHE))
        .body(include_str!("reference.css")))
}
