//! A connection's own fields, edited: by two people, and with another issuer.

use vestibule_application::change::Change;
use vestibule_application::usecases::update_connection::{
    AttributeMapChange, MadeFrom, OidcChange, OptionsChange, UpdateConnectionCommand, UpdateConnectionError,
};
use vestibule_domain::oidc::{OidcClientRefused, OidcProvider};
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::Issuer;

use crate::connections::{client, created, oidc_change, oidc_options, provider, update, updated};
use crate::world::{World, https, name};

#[tokio::test]
async fn a_secret_that_is_kept_goes_to_no_other_issuer() {
    let world = World::new().await;
    let before = created(&world, oidc_options()).await;
    let change = |change: OidcChange| UpdateConnectionCommand {
        options: Some(OptionsChange::Oidc(Box::new(change))),
        ..update(&world, &before)
    };
    let found = |issuer: &str| {
        let provider = OidcProvider { issuer: Issuer::parse(issuer).unwrap(), ..provider() };
        Some((provider, https("https://elsewhere.example/.well-known/openid-configuration")))
    };
    let refused =
        updated(&world, change(OidcChange { provider: found("https://other.example"), ..oidc_change() }));
    let refused = refused.await;
    let required = OidcClientRefused::SecretRequired;
    assert!(matches!(refused, Err(UpdateConnectionError::Oidc(why)) if why == required), "{refused:?}");
    // The same issuer, read again, keeps it.
    let again = OidcChange { provider: found(provider().issuer.as_str()), ..oidc_change() };
    let again = updated(&world, change(again)).await.unwrap();
    assert_eq!(client(&again).client_secret, client(&before).client_secret);
    let with_its_own = OidcChange {
        provider: found("https://other.example"),
        client_secret: Change::Set(SecretText::new("theirs".into())),
        ..oidc_change()
    };
    let moved = updated(&world, change(with_its_own)).await.unwrap();
    assert_eq!(client(&moved).provider.issuer.as_str(), "https://other.example");
}

#[tokio::test]
async fn what_the_form_did_not_show_overtakes_nobody() {
    let world = World::new().await;
    let before = created(&world, oidc_options()).await;
    let own = MadeFrom::OwnFields(before.own_readout().revision());
    let attributes = MadeFrom::AttributeMap(before.attribute_map.readout().revision());
    let named = |made_from, to| UpdateConnectionCommand {
        name: Change::Set(name(to)),
        made_from: Some(made_from),
        ..update(&world, &before)
    };
    let mapped = UpdateConnectionCommand {
        attribute_map: AttributeMapChange { email: Change::Set("mail".to_owned()), ..Default::default() },
        made_from: Some(attributes),
        ..update(&world, &before)
    };
    updated(&world, mapped).await.unwrap();
    updated(&world, named(own, "First")).await.unwrap();
    let refused = updated(&world, named(own, "Second")).await;
    let Err(UpdateConnectionError::Overtaken(overtaken)) = refused else { panic!("{refused:?}") };
    assert_eq!(overtaken.now.get("name"), Some("First"));
    let newer = MadeFrom::OwnFields(overtaken.now.revision());
    updated(&world, named(newer, "Second")).await.unwrap();
    let refused = updated(&world, named(attributes, "Third")).await;
    assert!(matches!(refused, Err(UpdateConnectionError::Overtaken(_))), "{refused:?}");
}
