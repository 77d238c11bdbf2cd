//! Where to go back to after a failed sign-in, and what is known to go wrong there.

use vestibule_catalog::{Catalog, Protocol, SignInPoint};

fn catalog() -> Catalog {
    Catalog::embedded().expect("the shipped files keep the rules")
}

fn hints(slug: &str, point: SignInPoint, error: &str) -> Vec<String> {
    let catalog = catalog();
    let provider = catalog.find(slug).expect("the catalogue has it");
    provider.hints(point, error).into_iter().map(|quirk| quirk.id.clone()).collect()
}

#[test]
fn every_marked_quirk_is_a_hint_at_its_points_and_nowhere_else() {
    let mut marked = 0;
    for provider in catalog().providers() {
        for quirk in &provider.quirks {
            let error = quirk.says.first().map_or("", String::as_str);
            for point in SignInPoint::ALL {
                let found = provider.hints(*point, error).iter().any(|hint| hint.id == quirk.id);
                let wanted = quirk.shows_at.contains(point);
                assert_eq!(found, wanted, "{} {} at {point}", provider.slug, quirk.id);
                marked += usize::from(found);
            }
            assert!(quirk.says.is_empty() || !quirk.shows_at.is_empty(), "{} {}", provider.slug, quirk.id);
        }
    }
    assert!(marked > 100, "{marked}");
}

#[test]
fn a_quirk_that_says_something_is_no_hint_for_another_error() {
    for provider in catalog().providers() {
        for quirk in provider.quirks.iter().filter(|quirk| !quirk.says.is_empty()) {
            let after = quirk.shows_at.iter().filter(|point| **point != SignInPoint::BeforeAnswer);
            for point in after {
                let hints = provider.hints(*point, "something else");
                assert!(hints.iter().all(|hint| hint.id != quirk.id), "{} {}", provider.slug, quirk.id);
            }
        }
    }
}

#[test]
fn the_same_point_has_another_hint_for_another_error() {
    let other = "the response is signed with another certificate than those of the connection";
    assert_eq!(hints("okta-saml", SignInPoint::Signature, "no signature"), ["response-unsigned"]);
    assert_eq!(hints("okta-saml", SignInPoint::Signature, other), ["app-scoped-cert", "metadata-one-cert"]);
    assert_eq!(hints("entra-id-saml", SignInPoint::Signature, other), ["appid-metadata", "expired-auto-use"]);
    assert_eq!(hints("entra-id-saml", SignInPoint::Attributes, ""), ["mail-empty", "guest-upn"]);
    let expired = "invalid_client: AADSTS7000222: The provided client secret keys are expired";
    assert_eq!(hints("entra-id-oidc", SignInPoint::Exchange, expired), ["secret-expiry"]);
    assert!(hints("entra-id-oidc", SignInPoint::Exchange, "a timeout").is_empty());
}

#[test]
fn every_walkthrough_has_a_step_to_go_back_to() {
    use SignInPoint::{Attributes, Audience, Destination, Exchange, Issuer, Recipient, Signature};
    for provider in catalog().providers() {
        let points: &[SignInPoint] = match provider.protocol {
            Protocol::Saml => &[Destination, Recipient, Signature, Issuer, Audience, Attributes],
            // Their claims come with the scopes unless a step says otherwise.
            Protocol::Oidc => &[Exchange, Audience],
        };
        for point in points {
            let step = provider.step_behind(*point);
            assert!(step.is_some_and(|step| step < provider.steps.len()), "{} {point}", provider.slug);
        }
    }
}

#[test]
fn the_step_is_the_one_with_the_field_to_change() {
    let catalog = catalog();
    for (slug, point, title) in [
        ("okta-saml", SignInPoint::Audience, "Enter the service provider values"),
        ("okta-saml", SignInPoint::Attributes, "Send the user's attributes"),
        ("okta-saml", SignInPoint::Signature, "Bring back the metadata"),
        ("entra-id-oidc", SignInPoint::Exchange, "Create a secret"),
        ("entra-id-oidc", SignInPoint::Attributes, "Add claims"),
    ] {
        let provider = catalog.find(slug).unwrap();
        let step = provider.step_behind(point).unwrap();
        assert_eq!(provider.steps[step].title, title, "{slug} {point}");
    }
    assert_eq!(catalog.find("okta-saml").unwrap().step_behind(SignInPoint::Times), None);
}
