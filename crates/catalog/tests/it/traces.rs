//! Whose data it is, and what was copied by mistake.

use vestibule_catalog::{Catalog, FieldKey, MistakeKind, Protocol, Stage};

fn catalog() -> Catalog {
    Catalog::embedded().expect("the shipped files keep the rules")
}

#[test]
fn data_is_recognised_by_entity_id_or_host() {
    let catalog = catalog();
    for (entity_id, host, product) in [
        ("http://www.okta.com/exk1", None, Some("Okta")),
        ("urn:any", Some("acme.okta.com"), Some("Okta")),
        ("urn:any", Some("acme.oktapreview.com"), Some("Okta")),
        ("urn:any", Some("notokta.com"), None),
        ("https://sts.windows.net/1/", None, Some("Microsoft Entra ID")),
        ("https://accounts.google.com/o/saml2?idpid=C1", None, Some("Google Workspace")),
        ("http://fs.acme.com/adfs/services/trust", Some("fs.acme.com"), Some("AD FS")),
        ("https://id.acme.com/realms/acme", None, Some("Keycloak")),
        ("urn:acme.eu.auth0.com", None, Some("Auth0")),
        ("https://idp.acme.edu/idp/shibboleth", None, Some("Shibboleth IdP")),
        ("https://sso.acme.com", Some("sso.acme.com"), None),
    ] {
        let found = catalog.recognise(entity_id, host).map(|provider| provider.product().to_owned());
        assert_eq!(found.as_deref(), product, "{entity_id}");
    }
}

#[test]
fn the_examples_of_every_provider_are_recognised_as_its_own_or_not_at_all() {
    let catalog = catalog();
    for provider in catalog.providers() {
        let example = |key| provider.field(key).and_then(|field| field.example.clone()).unwrap_or_default();
        let address = [FieldKey::IdpSsoUrl, FieldKey::Issuer].map(example).concat();
        let host = address.split('/').nth(2).unwrap_or_default().to_owned();
        let found = catalog.recognise(&example(FieldKey::IdpEntityId), Some(&host));
        if let Some(found) = found {
            assert_eq!(found.product(), provider.product(), "{}", provider.slug);
        }
    }
}

#[test]
fn preview_and_production_are_told_apart() {
    let catalog = catalog();
    for (host, stage) in [
        ("acme.okta.com", Some(Stage::Production)),
        ("okta.com", Some(Stage::Production)),
        ("acme.oktapreview.com", Some(Stage::Preview)),
        ("oktapreview.com.evil.example", None),
        ("sso.acme.com", None),
    ] {
        assert_eq!(catalog.stage_of(host), stage, "{host}");
    }
    let okta = catalog.find("okta-saml").unwrap();
    assert_eq!(catalog.sibling(okta, Protocol::Oidc).unwrap().slug, "okta-oidc");
}

#[test]
fn what_is_copied_by_mistake_is_known_for_each_field() {
    use FieldKey::{ClientId, ClientSecret, IdpMetadataUrl, IdpMetadataXml, IdpSsoUrl, Issuer};
    use MistakeKind::{ConsolePage, SecretHere, SecretId, SignInAddress, StartPage, WholeTenant};
    let catalog = catalog();
    let tenant = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555";
    let xml = format!("{tenant}/federationmetadata/2007-06/federationmetadata.xml");
    let with_app = format!("{xml}?appid=66666666-7777-8888-9999-000000000000");
    for (slug, key, value, kind, instead) in [
        (
            "okta-saml",
            IdpMetadataUrl,
            "https://acme-admin.okta.com/app/exk1/sso/saml/metadata",
            Some(ConsolePage),
            Some("https://acme.okta.com/app/exk1/sso/saml/metadata"),
        ),
        (
            "okta-saml",
            IdpMetadataUrl,
            "https://acme-admin.okta.com/admin/apps/active",
            Some(ConsolePage),
            None,
        ),
        (
            "okta-saml",
            IdpMetadataUrl,
            "https://acme.okta.com/app/acme_1/exk1/sso/saml",
            Some(SignInAddress),
            None,
        ),
        ("okta-saml", IdpMetadataUrl, "https://acme.okta.com/app/exk1/sso/saml/metadata", None, None),
        ("okta-saml", IdpSsoUrl, "https://acme.okta.com/home/acme_1/0oa1/aln1", Some(StartPage), None),
        (
            "okta-oidc",
            Issuer,
            "https://acme-admin.oktapreview.com",
            Some(ConsolePage),
            Some("https://acme.oktapreview.com"),
        ),
        ("okta-oidc", Issuer, "https://acme.okta.com", None, None),
        ("entra-id-saml", IdpMetadataUrl, &xml, Some(WholeTenant), None),
        ("entra-id-saml", IdpMetadataUrl, &with_app, None, None),
        ("entra-id-saml", IdpMetadataUrl, &format!("{tenant}/saml2"), Some(SignInAddress), None),
        ("entra-id-saml", IdpMetadataUrl, "https://entra.microsoft.com/#home", Some(ConsolePage), None),
        ("entra-id-oidc", ClientSecret, "12345678-1234-1234-1234-123456789012", Some(SecretId), None),
        (
            "google-workspace-saml",
            IdpMetadataXml,
            "https://accounts.google.com/o/saml2/idp?idpid=C1",
            Some(SignInAddress),
            None,
        ),
        ("google-oidc", ClientId, "GOCSPX-abc", Some(SecretHere), None),
        (
            "keycloak-saml",
            IdpMetadataUrl,
            "https://id.acme.com/admin/master/console/#/acme",
            Some(ConsolePage),
            None,
        ),
    ] {
        let field = catalog.find(slug).unwrap().field(key).unwrap();
        let mistake = field.mistake(value);
        assert_eq!(mistake.map(|mistake| mistake.kind), kind, "{slug} {value}");
        assert_eq!(mistake.and_then(|mistake| mistake.meant(value)).as_deref(), instead, "{slug} {value}");
    }
}
