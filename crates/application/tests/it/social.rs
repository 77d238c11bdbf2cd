//! Registering an environment at a public provider.

use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::set_social_provider::{
    SetSocialProvider, SetSocialProviderCommand, SetSocialProviderError, SocialChange,
};
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::secret::SecretText;
use vestibule_domain::social::{SocialConnection, SocialProvider};

use crate::world::World;

async fn set(
    world: &World,
    client_id: Option<&str>,
    client_secret: Option<&str>,
) -> Result<Option<SocialConnection>, SetSocialProviderError> {
    let change = SocialChange::Set {
        client_id: client_id.map(str::to_owned),
        client_secret: client_secret.map(|secret| SecretText::new(secret.to_owned())),
    };
    changed(world, change).await
}

async fn changed(
    world: &World,
    change: SocialChange,
) -> Result<Option<SocialConnection>, SetSocialProviderError> {
    let command = SetSocialProviderCommand {
        actor: Actor::system(),
        environment_id: world.environment_id(),
        provider: SocialProvider::Google,
        change,
        made_from: None,
    };
    world.run(SetSocialProvider { ambient: world.ambient.clone() }, command).await
}

async fn held(world: &World) -> Vec<SocialConnection> {
    world.store.queries().social_connections(world.environment_id()).await.unwrap()
}

fn secret(world: &World, connection: &SocialConnection) -> String {
    let opened = world.ambient.open(SecretOf::OidcClient(connection.id), &connection.client.secret);
    String::from_utf8(opened.unwrap()).unwrap()
}

#[tokio::test]
async fn a_client_is_set_changed_and_taken_back() {
    let world = World::new().await;
    let first = set(&world, Some("one"), Some("hush")).await.unwrap().unwrap();
    assert_eq!((first.client.id.as_str(), secret(&world, &first).as_str()), ("one", "hush"));
    assert_eq!(held(&world).await, std::slice::from_ref(&first));

    // Its secret alone, then its id again with nothing new, then another client.
    let second = set(&world, None, Some("hush-2")).await.unwrap().unwrap();
    assert_eq!((second.id, secret(&world, &second).as_str()), (first.id, "hush-2"));
    let same = set(&world, Some("one"), None).await.unwrap().unwrap();
    assert_eq!(secret(&world, &same), "hush-2");
    let third = set(&world, Some("two"), Some("hush-3")).await.unwrap().unwrap();
    assert_eq!((third.id, third.client.id.as_str()), (first.id, "two"));

    assert_eq!(changed(&world, SocialChange::Remove).await.unwrap(), None);
    assert_eq!(held(&world).await, []);
    let gone = changed(&world, SocialChange::Remove).await.unwrap_err();
    assert_eq!(gone.to_string(), "no client is registered at Google");

    let trail = world.audited(AuditAction::EnvironmentUpdated).await;
    let (id, secret) = ("GoogleOAuth.client_id", "GoogleOAuth.client_secret");
    let told: Vec<Vec<_>> = trail
        .iter()
        .map(|entry| {
            assert_eq!(entry.details, [("provider".to_owned(), "GoogleOAuth".to_owned())]);
            let changes = entry.changes.iter();
            changes.map(|of| (of.field.as_str(), of.before.as_deref(), of.after.as_deref())).collect()
        })
        .collect();
    let replaced = (secret, Some("set"), Some("set, replaced"));
    assert_eq!(
        told,
        [
            vec![(id, None, Some("one")), (secret, None, Some("set"))],
            vec![replaced],
            vec![(id, Some("one"), Some("two")), replaced],
            vec![(id, Some("two"), None), (secret, Some("set"), None)],
        ],
        "the same again is no change"
    );
    assert!(!format!("{trail:?}").contains("hush"));
}

#[tokio::test]
async fn what_makes_no_client_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    for (client_id, client_secret, why) in [
        (Some("one"), None, "the client secret is required with a new client id"),
        (None, Some("hush"), "the client id is required"),
        (Some("o ne"), Some("hush"), "the client id must not contain spaces or control characters"),
        (Some("one"), Some(""), "the client secret must be 1 to 1024 bytes long"),
    ] {
        let refused = set(&world, client_id, client_secret).await.unwrap_err();
        assert_eq!(refused.to_string(), why);
        assert_eq!(held(&world).await, []);
    }
    set(&world, Some("one"), Some("hush")).await.unwrap();
    let refused = set(&world, Some("two"), None).await.unwrap_err();
    assert!(matches!(refused, SetSocialProviderError::ClientSecretRequired), "{refused}");
}
