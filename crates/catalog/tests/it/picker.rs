//! Order, search and cards of the picker, and the page of the documentation.

use vestibule_catalog::{Catalog, HUES, Protocol, Provider, Shelf, docs_page};

fn catalog() -> Catalog {
    Catalog::embedded().expect("the shipped files keep the rules")
}

fn slugs<'a>(providers: impl IntoIterator<Item = &'a Provider>) -> Vec<&'a str> {
    providers.into_iter().map(|provider| provider.slug.as_str()).collect()
}

#[test]
fn providers_stand_in_picker_order() {
    let catalog = catalog();
    let order: Vec<_> = catalog.providers().iter().map(|p| (p.priority, p.name.as_str())).collect();
    assert!(order.is_sorted());
    assert_eq!(slugs(&catalog.providers()[..3]), ["okta-saml", "okta-oidc", "entra-id-saml"]);
}

#[test]
fn a_connection_has_the_provider_that_was_picked_or_that_of_its_type() {
    let catalog = catalog();
    let of = |picked, connection_type| {
        catalog.of_connection(picked, connection_type).map(|provider| provider.slug.as_str())
    };
    assert_eq!(of(Some("keycloak-oidc"), "GenericOIDC"), Some("keycloak-oidc"));
    assert_eq!(of(None, "OktaSAML"), Some("okta-saml"));
    assert_eq!(of(None, "AzureSAML"), Some("entra-id-saml"));
    // Auth0 and Keycloak, which have no type of their own, stand before it.
    assert_eq!(of(None, "GenericOIDC"), Some("generic-oidc"));
    assert_eq!(of(None, "GenericSAML"), Some("generic-saml"));
    assert_eq!(of(Some("gone"), "GoogleSAML"), Some("google-workspace-saml"));
    assert_eq!(of(None, "TestIdp"), None);
    let named = |picked, connection_type| catalog.product_of_connection(picked, connection_type);
    assert_eq!(named(None, "OktaSAML"), Some("Okta"));
    assert_eq!(named(Some("keycloak-oidc"), "GenericOIDC"), Some("Keycloak"));
    assert_eq!(named(None, "GenericOIDC"), None);
    assert_eq!(named(Some("generic-saml"), "GenericSAML"), Some("Other SAML 2.0 provider"));
    let general: Vec<_> = slugs(catalog.providers().iter().filter(|provider| provider.is_general()));
    assert_eq!(general, ["generic-saml", "generic-oidc"]);
    let of_protocol = |protocol| catalog.general(protocol).map(|provider| provider.slug.as_str());
    assert_eq!(of_protocol(Protocol::Saml), Some("generic-saml"));
    assert_eq!(of_protocol(Protocol::Oidc), Some("generic-oidc"));
}

#[test]
fn twelve_products_are_offered_first_and_the_others_under_more() {
    let catalog = catalog();
    let first = catalog.cards().iter().filter(|card| card.shelf == Shelf::First);
    let first: Vec<&str> = first.map(|card| card.recommended.slug.as_str()).collect();
    assert_eq!(
        first,
        [
            "okta-saml",
            "entra-id-saml",
            "google-workspace-saml",
            "pingone-saml",
            "onelogin-saml",
            "jumpcloud-saml",
            "adfs-saml",
            "rippling-saml",
            "generic-saml",
            "auth0-saml",
            "keycloak-saml",
            "generic-oidc",
        ]
    );
    let shelf = |slug| catalog.find(slug).unwrap().shelf();
    assert_eq!(shelf("generic-oidc"), Shelf::First, "the last priority below the limit");
    assert_eq!(shelf("cyberark-saml"), Shelf::More, "the limit");
}

#[test]
fn people_find_a_provider_by_any_of_its_names() {
    let catalog = catalog();
    for (query, found) in [
        ("okta", vec!["okta-saml", "okta-oidc", "auth0-saml", "auth0-oidc"]),
        ("OKTA workforce", vec!["okta-saml"]),
        ("ökta  openid", vec!["okta-oidc", "auth0-oidc"]),
        ("azure active", vec!["entra-id-saml"]),
        ("gsuite", vec!["google-workspace-saml"]),
        ("g-suite", vec!["google-workspace-saml"]),
        ("adfs", vec!["adfs-saml"]),
        ("ad fs", vec!["adfs-saml"]),
        ("keycloak oidc", vec!["keycloak-oidc"]),
        ("vmware", vec!["omnissa-access-saml"]),
        ("okta nobody", vec![]),
        ("<script>", vec![]),
    ] {
        assert_eq!(slugs(catalog.search(query)), found, "{query}");
    }
    assert_eq!(catalog.search("  -  ").len(), catalog.providers().len(), "no words, no limits");
}

#[test]
fn a_product_with_two_protocols_has_one_card() {
    let catalog = catalog();
    let cards = catalog.cards();
    let two: Vec<&str> =
        cards.iter().filter(|card| card.alternative.is_some()).map(|card| card.product.as_str()).collect();
    assert_eq!(
        two,
        [
            "Okta",
            "Microsoft Entra ID",
            "Google Workspace",
            "PingOne",
            "OneLogin",
            "JumpCloud",
            "Auth0",
            "Keycloak",
            "Duo Single Sign-On"
        ]
    );
    let okta = &cards[0];
    assert_eq!((okta.recommended.slug.as_str(), okta.recommended.protocol), ("okta-saml", Protocol::Saml));
    let alternative = okta.alternative.as_ref().unwrap();
    assert_eq!((alternative.slug.as_str(), alternative.protocol), ("okta-oidc", Protocol::Oidc));
    let jumpcloud = cards.iter().find(|card| card.product == "JumpCloud").unwrap();
    assert_eq!(jumpcloud.shelf, Shelf::First, "where its recommended provider stands");

    let dealt: usize = cards.iter().map(|card| card.choices().count()).sum();
    assert_eq!(dealt, catalog.providers().len(), "every provider is on a card");
    assert!(cards.iter().all(|card| catalog.find(&card.recommended.slug).is_some()));
}

#[test]
fn a_card_is_found_by_any_of_its_providers() {
    let catalog = catalog();
    let products = |query| -> Vec<&str> {
        catalog.search_cards(query).into_iter().map(|card| card.product.as_str()).collect()
    };
    assert_eq!(products("keycloak"), ["Keycloak"]);
    assert_eq!(products("okta oidc"), ["Okta", "Auth0"]);
    assert_eq!(products("").len(), catalog.cards().len());
}

#[test]
fn marks_are_the_same_for_both_protocols_of_a_product() {
    let catalog = catalog();
    for card in catalog.cards() {
        assert!((1..=2).contains(&card.monogram.chars().count()), "{}", card.product);
        assert!(card.hue < HUES);
        for choice in card.choices() {
            let provider = catalog.find(&choice.slug).unwrap();
            assert_eq!((provider.monogram(), provider.hue()), (card.monogram.clone(), card.hue));
        }
    }
}

#[test]
fn connection_types_are_those_of_the_management_api() {
    let catalog = catalog();
    for (slug, name) in [
        ("okta-oidc", "OktaOIDC"),
        ("entra-id-saml", "AzureSAML"),
        ("entra-id-oidc", "EntraIdOIDC"),
        ("google-workspace-saml", "GoogleSAML"),
        ("google-oidc", "GoogleOIDC"),
        ("adfs-saml", "ADFSSAML"),
        ("login-gov-oidc", "LoginGovOidc"),
        ("omnissa-access-saml", "VMwareSAML"),
        ("shibboleth-saml", "ShibbolethSAML"),
        ("generic-saml", "GenericSAML"),
        ("keycloak-oidc", "GenericOIDC"),
    ] {
        assert_eq!(catalog.find(slug).unwrap().connection_type, name, "{slug}");
    }
}

#[test]
fn the_page_of_the_documentation_has_a_row_for_every_provider() {
    let catalog = catalog();
    let page = docs_page(&catalog);
    assert!(page.contains("36 walkthroughs for 27 products"), "{page}");
    assert!(page.contains("\n| Okta | `okta-saml` | SAML | `OktaSAML` | high | 2 | no |\n"), "{page}");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains('`')).count();
    assert_eq!(rows, catalog.providers().len());
    assert!(page.ends_with("|\n"));
}
