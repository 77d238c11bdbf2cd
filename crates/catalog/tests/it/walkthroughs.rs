//! What the portal gets to show, for providers that differ.

use vestibule_catalog::{
    Catalog, Confidence, Control, EnterValue, FieldKey, FieldKind, Group, InputMode, OurValue, ProfileField,
    Protocol, Provider, Severity, Shelf, WeNeed,
};

fn with<T>(slug: &str, look: impl FnOnce(&Provider) -> T) -> T {
    let catalog = Catalog::embedded().expect("the shipped files keep the rules");
    look(catalog.find(slug).expect(slug))
}

fn keys<'a>(fields: impl Iterator<Item = &'a WeNeed>) -> Vec<FieldKey> {
    fields.map(|field| field.key).collect()
}

#[test]
fn okta_is_read_in_full() {
    with("okta-saml", |okta| {
        assert_eq!((okta.name.as_str(), okta.vendor.as_deref()), ("Okta", Some("Okta")));
        assert_eq!(okta.aliases, ["Okta Workforce Identity"]);
        assert_eq!((okta.protocol, okta.priority, okta.shelf()), (Protocol::Saml, 1, Shelf::First));
        assert_eq!(okta.connection_type, "OktaSAML");
        assert_eq!(okta.console_link(), None, "the address has a part that differs per customer");
        assert!(okta.console_url.as_deref().unwrap().contains("{org}"));
        assert_eq!(okta.confidence, Confidence::High);
        assert!(!okta.checked_on_live_console());
        assert_eq!((okta.unverified.len(), okta.sources.len()), (2, 4));

        let acs = okta.given(OurValue::AcsUrl).next().unwrap();
        assert_eq!(acs.their_label, "Single sign-on URL");
        assert_eq!(acs.where_.as_deref(), Some("Configure SAML > SAML Settings > General"));

        let metadata = okta.preferred_metadata().unwrap();
        assert_eq!((metadata.key, metadata.kind), (FieldKey::IdpMetadataUrl, FieldKind::MetadataUrl));
        let pattern = metadata.pattern.as_ref().unwrap();
        assert!(pattern.matches("https://acme.okta.com/app/exk1/sso/saml/metadata"));
        assert!(!pattern.matches("https://acme.okta.com/app/exk1/sso/saml"));

        let name_id = okta.name_id.as_ref().unwrap();
        assert_eq!(name_id.source_label.as_deref(), Some("Application username"));
        assert_eq!(okta.attribute_map[1].key, ProfileField::Email);

        assert_eq!(okta.steps.len(), 7);
        let enter = &okta.steps[1];
        assert_eq!(enter.copy, [OurValue::AcsUrl, OurValue::SpEntityId]);
        assert_eq!(enter.enter[0].value, EnterValue::Ref(OurValue::AcsUrl));
        assert_eq!(enter.enter[0].control, Control::TextBox);
        assert_eq!(enter.enter[2].value, EnterValue::Literal("EmailAddress".to_owned()));
        assert_eq!(enter.enter[2].control, Control::Select);
        assert!(enter.body_html.contains("<li>Leave <strong>Default RelayState</strong> empty.</li>"));
        assert!(enter.body_text.contains("- Leave Default RelayState empty."));
        assert_eq!(okta.steps[6].collect, [FieldKey::IdpMetadataUrl]);

        let quirk = okta.quirks.iter().find(|quirk| quirk.id == "response-unsigned").unwrap();
        assert_eq!(quirk.severity, Severity::Error);
        assert!(!okta.renewal.automatic);
        assert_eq!(okta.renewal.steps.len(), 5);
    });
}

#[test]
fn a_saml_provider_offers_its_preferred_way_first_and_typing_last() {
    use InputMode::{Manual, MetadataUrl, MetadataXml};
    for (slug, modes) in [
        ("okta-saml", vec![MetadataUrl, MetadataXml, Manual]),
        ("google-workspace-saml", vec![MetadataXml, Manual]),
        ("pingfederate-saml", vec![MetadataXml, MetadataUrl, Manual]),
        // The file lists an address only: whoever can open it can save it.
        ("cloudflare-access-saml", vec![MetadataUrl, MetadataXml, Manual]),
        ("generic-oidc", vec![]),
    ] {
        assert_eq!(with(slug, Provider::input_modes), modes, "{slug}");
    }
}

#[test]
fn fields_that_a_file_leaves_out_have_neutral_labels() {
    use FieldKey::{IdpCertificate, IdpEntityId, IdpSsoUrl};
    with("classlink-saml", |classlink| {
        let mut manual = keys(classlink.manual_fields());
        manual.sort_by_key(|key| key.as_str());
        assert_eq!(manual, [IdpCertificate, IdpEntityId, IdpSsoUrl]);
        assert_eq!(classlink.field(IdpEntityId).unwrap().label, "IdP entity ID, also called issuer");
        // Its own certificate field, listed outside any group, keeps its label and is not asked twice.
        let certificate = classlink.field(IdpCertificate).unwrap();
        assert_eq!(certificate.label, "Download IDP Certification");
        assert!(certificate.required);
        assert_eq!(classlink.fields_for(Group::None).count(), 0);
    });
    with("okta-saml", |okta| assert_eq!(okta.field(IdpEntityId).unwrap().label, "Issuer"));
}

#[test]
fn openid_connect_providers_ask_for_issuer_id_and_secret() {
    use FieldKey::{ClientId, ClientSecret, Issuer};
    with("generic-oidc", |generic| {
        assert_eq!(keys(generic.fields_for(Group::None)), [Issuer, ClientId, ClientSecret]);
        assert_eq!(generic.manual_fields().count(), 4, "endpoints of a provider without discovery");
        assert_eq!(generic.steps.last().unwrap().collect, [Issuer, ClientId, ClientSecret]);
        assert_eq!(generic.scopes, ["openid", "profile", "email"]);
        assert_eq!((generic.vendor.as_deref(), generic.console_link()), (None, None));
    });
    with("google-oidc", |google| {
        assert_eq!(google.field(Issuer).unwrap().fixed_value.as_deref(), Some("https://accounts.google.com"));
        assert!(google.step_collecting(Issuer).is_none(), "a fixed value is not asked for");
        assert_eq!(google.console_link(), Some("https://console.cloud.google.com/auth/clients"));
    });
}

#[test]
fn a_required_field_that_no_step_asks_for_is_asked_for_in_the_last() {
    with("login-gov-oidc", |login| {
        let last = login.steps.last().unwrap();
        assert_eq!(last.title, "Ask for production");
        assert_eq!(last.collect, [FieldKey::Issuer]);
        let issuer = login.field(FieldKey::Issuer).unwrap();
        assert_eq!((issuer.kind, issuer.options.len()), (FieldKind::Select, 2));
        assert!(login.field(FieldKey::ClientSecret).is_none(), "it knows no secrets, only keys");
        assert!(login.given(OurValue::ClientPublicCertificate).next().is_some());
    });
}

#[test]
fn a_value_may_go_into_several_fields() {
    with("onelogin-saml", |onelogin| {
        assert_eq!(onelogin.given(OurValue::AcsUrl).count(), 2);
        assert_eq!(onelogin.given(OurValue::AcsUrlRegex).count(), 1);
    });
}

#[test]
fn labels_in_angle_brackets_are_readable() {
    with("duo-saml", |duo| {
        let html: String = duo.steps.iter().map(|step| step.body_html.as_str()).collect();
        assert!(html.contains("<strong>&lt;Email Address&gt;</strong>"), "{html}");
    });
}
