//! The test identity provider: how it is switched, and that the way inside leads nowhere else.

use std::sync::Arc;

use vestibule_application::ports::outbound::{
    AnswerLimits, FetchLimits, Method, Outbound as _, OutboundError, OutboundRequest, PostRequest,
};
use vestibule_application::ports::test_provider::{
    TestIdTokenOrder, TestKeyUnusable, TestOidc, TestTokenRequest,
};
use vestibule_application::test_provider::{Indoors, TestProvider};
use vestibule_application::usecases::set_test_provider::{
    SetTestProvider, SetTestProviderCommand, SetTestProviderError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::oidc::OidcProvider;
use vestibule_domain::test_provider::{NoTestProvider, TestProviderRule};
use vestibule_saml::SamlAdapter;

use crate::world::World;

#[tokio::test]
async fn it_is_switched_off_and_on_and_setting_what_is_set_is_no_change() {
    let world = World::new().await;
    let case = || SetTestProvider { ambient: world.ambient.clone() };
    let command = |test_provider| SetTestProviderCommand {
        actor: world.caller.actor.clone(),
        environment_id: world.environment_id(),
        test_provider,
    };
    let before = world.audited(AuditAction::EnvironmentUpdated).await.len();
    let on = world.run(case(), command(TestProviderRule::On)).await.unwrap();
    assert_eq!(
        (on.test_provider(), world.audited(AuditAction::EnvironmentUpdated).await.len()),
        (Ok(()), before)
    );
    let off = world.run(case(), command(TestProviderRule::Off)).await.unwrap();
    assert_eq!(off.test_provider(), Err(NoTestProvider::SwitchedOff));
    assert_eq!(world.audited(AuditAction::EnvironmentUpdated).await.len(), before + 1);
    let nowhere = SetTestProviderCommand {
        environment_id: world.ambient.id(world.ambient.now()),
        ..command(TestProviderRule::Off)
    };
    let unknown = world.run(case(), nowhere).await;
    assert!(matches!(unknown, Err(SetTestProviderError::Unknown)));
}

/// Nobody gets as far as asking it for anything.
struct Unasked;

impl TestOidc for Unasked {
    fn id_token(&self, _: &TestIdTokenOrder<'_>) -> Result<String, TestKeyUnusable> {
        Err(TestKeyUnusable)
    }
    fn read_token_request(&self, _: Option<&str>, _: &[u8]) -> Option<TestTokenRequest> {
        None
    }
    fn tokens(&self, _: &str, _: &str) -> String {
        String::new()
    }
    fn refusal(&self, _: &str) -> String {
        String::new()
    }
    fn discovery(&self, _: &OidcProvider) -> String {
        String::new()
    }
    fn key_set(&self, _: &Certificate) -> String {
        String::new()
    }
}

#[tokio::test]
async fn the_way_inside_leads_nowhere_else() {
    let world = World::new().await;
    let indoors = Indoors {
        provider: TestProvider {
            ambient: world.ambient.clone(),
            saml: Arc::new(SamlAdapter::new()),
            oidc: Arc::new(Unasked),
        },
        store: world.store.clone(),
    };
    let ours = world.ambient.addresses.public_url().to_owned();
    let limits = FetchLimits { body_bytes_max: 1, timeout_ms: 1, redirects_max: 0 };
    let sends = AnswerLimits { body_bytes_max: 1, timeout_ms: 1 };
    let forbidden = |result: &OutboundError| matches!(result, OutboundError::ForbiddenAddress { .. });
    for url in [
        "https://idp.example/keys".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("{ours}/organizations"),
        format!("{ours}.evil.example/test-idp/conn_00000000010000000000000002/oidc/keys"),
        format!("{ours}/test-idp/../organizations"),
        format!("{ours}/test-idp/conn_00000000010000000000000002"),
    ] {
        assert!(forbidden(&indoors.get(&url, limits).await.unwrap_err()), "{url}");
        let request =
            OutboundRequest { method: Method::Post, url: url.clone(), headers: Vec::new(), body: Vec::new() };
        assert!(forbidden(&indoors.send(request, sends).await.unwrap_err()), "{url}");
        let post = PostRequest { url: url.clone(), headers: Vec::new(), body: Vec::new(), timeout_ms: 1 };
        assert!(indoors.post(post).await.is_err(), "{url}");
    }
    let unknown = format!("{ours}/test-idp/conn_00000000010000000000000002/oidc/keys");
    assert_eq!(indoors.get(&unknown, limits).await, Err(OutboundError::Status { status: 404 }));
}
