//! Values with everything set, and texts that trip up careless stores.

use time::Duration;
use time::macros::datetime;
use vestibule_domain::Instant;
use vestibule_domain::admission::AddressRule;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::certificate_watch::{CertificateCare, ExpiryWarning, KeyWarning};
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeKey, CustomAttributes};
use vestibule_domain::custom_host::{CustomHost, CustomHosts, HostProblem, HostPurpose};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::{
    ActivationRule, Branding, Environment, EnvironmentKind, PortalRedirects, SESSION_DAYS_MAX,
};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient, OidcProvider, TokenAuthMethod};
use vestibule_domain::organization::{Metadata, Organization, ProfileRule};
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::role_mapping::{GroupRole, RoleMapping, RoleSlug};
use vestibule_domain::saml::{
    IdentityProvider, IdpCertificate, SamlOptions, SamlSettings, SpKeyPair, SsoBinding, SsoEndpoint,
    TrustedIdentityProvider,
};
use vestibule_domain::secret::TOKEN_BYTES;
use vestibule_domain::secret::{Sealed, SecretDigest};
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::authorization::{Authorization, CodeChallenge};
use vestibule_domain::sso::check::{Check, CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::profile::Person;
use vestibule_domain::sso::session::{LoggedMessage, MessageKind, Origin, SessionRecord, SsoSession};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::url::{EntityId, HttpsUrl, Issuer, ReturnUrl};

use crate::fixtures::{self, email, external_id, name};
use crate::world::{NOW, World, later};

/// Quotes of every kind, backslashes, a comment and a placeholder of SQL, a template, wild cards,
/// markup, JSON, an emoji of several code points, right-to-left and combining characters, and a
/// character outside the basic plane.
pub(crate) const HOSTILE: &str = concat!(
    r#"'"`´ \ \\' ''); -- /* $1 ?1 :a {{ x }} %_* <b>&amp;</b> {"a":[null]} null"#,
    " \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}abc e\u{301} \u{1d518}",
);

/// As [`HOSTILE`], for names: at most 255 characters on one line.
pub(crate) fn hostile_name() -> vestibule_domain::text::Name {
    name(HOSTILE)
}

/// Sub-seconds that lose or gain something when they are rounded or cut wrongly.
pub(crate) const MICROSECONDS: [i64; 7] = [0, 1, 500_000, 499_999, 999_999, 100_000, 123_456];

/// An instant with that many microseconds.
pub(crate) fn at_micros(microseconds: i64) -> Instant {
    NOW + Duration::microseconds(microseconds)
}

/// About a megabyte of text that is not ASCII.
pub(crate) fn megabyte() -> String {
    "añ\"\\".repeat(200_000)
}

/// A secret with every byte.
pub(crate) fn sealed() -> Sealed {
    Sealed::from_bytes((0..=255).collect())
}

pub(crate) fn https(text: &str) -> HttpsUrl {
    HttpsUrl::parse_allowing_http(text).expect("an address")
}

pub(crate) fn return_url(text: &str) -> ReturnUrl {
    ReturnUrl::parse(text, EnvironmentKind::Sandbox).expect("an address")
}

pub(crate) fn full_environment(world: &World) -> Environment {
    Environment {
        kind: EnvironmentKind::Production,
        name: hostile_name(),
        redirects: PortalRedirects {
            default_return_url: Some(return_url("https://app.example/settings?a=%20'%22&b=ü")),
            success_urls: vec![
                (Intent::LogStreams, return_url("https://app.example/streams")),
                (Intent::Sso, return_url("http://localhost:3000/done")),
            ],
        },
        redirect_uris: ["https://app.example/sso?a='b'", "http://127.0.0.1/native", "https://*.app.example/"]
            .map(|uri| RedirectUri::parse(uri, EnvironmentKind::Production).expect("a redirect URI"))
            .into(),
        branding: Branding {
            product_name: Some(name("Initech “Fax”")),
            support_email: Some(email("help+sso@initech.example")),
            color: Some(BrandColor::parse("#b71c1c").expect("a colour")),
            logo: Some(brand_image()),
            logo_dark: Some(brand_image()),
            icon: Some(brand_image()),
            favicon: Some(brand_image()),
        },
        activation: ActivationRule::VerifiedDomain,
        session_days: SESSION_DAYS_MAX,
        addresses: AddressRule::Confirmed,
        custom_attributes: custom_attributes(),
        hosts: custom_hosts(),
        test_provider: TestProviderRule::Off,
        created_at: at_micros(999_999),
        ..fixtures::environment(world)
    }
}

fn custom_hosts() -> CustomHosts {
    let host = |purpose, name: &str| {
        let name = DomainName::parse(name).expect("a host");
        CustomHost::new(purpose, name, [7; TOKEN_BYTES], at_micros(999_999))
    };
    let mut hosts = CustomHosts::default();
    hosts.put(host(HostPurpose::Portal, "portal.initech.example").checked(Ok(()), at_micros(1)));
    hosts.put(host(HostPurpose::Mail, "bücher.example").checked(Err(HostProblem::NoProof), at_micros(2)));
    hosts
}

fn custom_attributes() -> CustomAttributes {
    let mut held = CustomAttributes::default();
    for (key, label) in [("department", hostile_name()), ("cost_center", name("Kostenstelle"))] {
        let key = CustomAttributeKey::parse(key).expect("a key");
        held.define(CustomAttribute { key, label }).expect("few attributes");
    }
    held
}

/// A PNG of one pixel.
fn brand_image() -> BrandImage {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
    BrandImage::parse(png.to_vec()).expect("a picture")
}

pub(crate) fn full_organization(world: &World) -> Organization {
    let long = "ü".repeat(600);
    let metadata = [("tier", "gold"), ("note", HOSTILE), ("empty", ""), ("$ref'\"", "x"), ("long", &long)];
    Organization {
        name: hostile_name(),
        external_id: Some(external_id(&format!("{} '\"\\%_", world.word()))),
        metadata: Metadata::parse(metadata.map(|(k, v)| (k.to_owned(), v.to_owned()))).expect("metadata"),
        stripe_customer_id: Some(name(&format!("cus_{}", world.word()))),
        profiles: ProfileRule::AnyDomain,
        created_at: at_micros(1),
        updated_at: at_micros(499_999),
        ..fixtures::organization(world)
    }
}

pub(crate) fn full_link(world: &World, of: &Organization, kind: LinkKind) -> PortalLink {
    PortalLink {
        intents: Intent::ALL.to_vec(),
        completed: vec![Intent::Sso, Intent::AuditLogs],
        redirects: LinkRedirects {
            return_url: Some(return_url("https://app.example/back?q='%5C")),
            success_url: Some(return_url("https://app.example/done")),
        },
        admins: vec![email("zoe@acme.example"), email("anna+sso@acme.example"), email("jürgen@acme.example")],
        external_user_id: Some(hostile_name()),
        provider_hint: Some("okta-saml".into()),
        expires_at: at_micros(500_000) + Duration::days(30),
        created_at: at_micros(123_456),
        ..fixtures::link(world, of, kind)
    }
}

pub(crate) fn certificate(serial: u8) -> Certificate {
    let der: Vec<u8> = (0..=255).chain([serial]).collect();
    Certificate {
        fingerprint: Fingerprint::of_der(&der),
        der,
        subject: format!("CN={HOSTILE}, serialNumber={serial}"),
        issuer: "CN=Issuing CA".into(),
        not_before: datetime!(1970-01-01 0:00 UTC),
        // RFC 5280 section 4.1.2.5: a certificate without a well-defined end.
        not_after: datetime!(9999-12-31 23:59:59 UTC),
        key: match serial % 3 {
            0 => KeyKind::Rsa { bits: 4096 },
            1 => KeyKind::EcP384,
            _ => KeyKind::Other,
        },
    }
}

fn endpoints() -> Vec<SsoEndpoint> {
    vec![
        SsoEndpoint { binding: SsoBinding::Post, url: https("https://idp.example/post?x=1&y='") },
        SsoEndpoint { binding: SsoBinding::Redirect, url: https("http://idp.internal:8080/redirect") },
    ]
}

fn entity_id() -> EntityId {
    EntityId::parse("urn:example:'idp' \"ü\"").expect("an entity id")
}

/// Settings with several certificates and pairs of keys.
pub(crate) fn full_saml(world: &World) -> SamlSettings {
    let pair = |serial: u8| SpKeyPair {
        id: world.id(),
        added_at: at_micros(i64::from(serial)),
        certificate: certificate(serial),
        private_key: sealed(),
    };
    let told = ExpiryWarning { certificate: world.id(), days: 7 };
    SamlSettings {
        idp: Some(TrustedIdentityProvider {
            entity_id: entity_id(),
            sso: endpoints(),
            slo: endpoints(),
            signing_certificates: (0..4)
                .map(|serial| IdpCertificate {
                    id: world.id(),
                    added_at: at_micros(999_999 - i64::from(serial)),
                    certificate: certificate(serial),
                })
                .collect(),
            name_id_formats: vec![HOSTILE.into(), String::new()],
            wants_signed_requests: true,
            metadata_url: Some(https("https://idp.example/metadata?tenant=a%2Fb")),
        }),
        acs_url: Some(https("https://old.example/acs")),
        sp_entity_id: Some(entity_id()),
        signing_key: Some(pair(10)),
        next_signing_key: Some(pair(12)),
        encryption_keys: vec![pair(11), pair(12)],
        test_key: Some(pair(13)),
        options: SamlOptions { idp_initiated: false, allow_short_rsa: true, ..SamlOptions::default() },
        care: CertificateCare {
            language: Language::Ja,
            told: Some(told),
            told_signing: Some(KeyWarning { certificate: world.id(), days: 90 }),
            told_encryption: Some(KeyWarning { certificate: world.id(), days: 1 }),
            metadata_read_at: Some(at_micros(999_999)),
        },
    }
}

/// What metadata said, as a candidate.
pub(crate) fn identity_provider() -> IdentityProvider {
    IdentityProvider {
        entity_id: entity_id(),
        sso: endpoints(),
        slo: Vec::new(),
        signing_certificates: vec![certificate(2), certificate(1)],
        name_id_formats: vec!["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()],
        wants_signed_requests: false,
        valid_until: Some(later(86_400)),
        sha1_only: false,
    }
}

pub(crate) fn oidc_provider() -> OidcProvider {
    OidcProvider {
        issuer: Issuer::parse("https://login.example/tenant/'x'").expect("an issuer"),
        authorization_endpoint: https("https://login.example/authorize"),
        token_endpoint: https("https://login.example/token"),
        userinfo_endpoint: None,
        jwks_uri: https("https://login.example/keys"),
        end_session_endpoint: None,
        token_auth_methods: vec![TokenAuthMethod::ClientSecretPost],
        id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
        supports_pkce_s256: false,
        sends_iss: false,
    }
}

pub(crate) fn full_oidc() -> OidcClient {
    OidcClient {
        provider: OidcProvider {
            userinfo_endpoint: Some(https("https://login.example/userinfo")),
            end_session_endpoint: Some(https("https://login.example/logout")),
            token_auth_methods: TokenAuthMethod::ALL.to_vec(),
            id_token_algorithms: IdTokenAlgorithm::ALL.to_vec(),
            supports_pkce_s256: true,
            sends_iss: false,
            ..oidc_provider()
        },
        discovery_url: Some(https("https://login.example/.well-known/openid-configuration")),
        client_id: HOSTILE.into(),
        client_secret: Some(sealed()),
        token_auth_method: TokenAuthMethod::ClientSecretBasic,
        id_token_algorithm: Some(IdTokenAlgorithm::EdDsa),
        pkce: true,
        fetch_user_info: true,
        redirect_uri: Some(https("https://old.example/callback")),
    }
}

/// A client with everything optional left out.
pub(crate) fn bare_oidc() -> OidcClient {
    OidcClient {
        provider: oidc_provider(),
        discovery_url: None,
        client_id: "0oa1".into(),
        client_secret: None,
        token_auth_method: TokenAuthMethod::PrivateKeyJwt,
        id_token_algorithm: None,
        pkce: false,
        fetch_user_info: false,
        redirect_uri: None,
    }
}

pub(crate) fn full_attribute_map() -> AttributeMap {
    let text = |text: &str| Some(text.to_owned());
    AttributeMap {
        idp_id: text("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"),
        email: text("mail"),
        first_name: text("givenName"),
        last_name: text("sn"),
        groups: text("member'Of"),
        name: text("display\"Name"),
        custom: [("cost_center", "költség"), ("a.b", "c\\d")]
            .map(|(field, name)| (field.to_owned(), name.to_owned()))
            .into(),
        roles: full_roles(),
    }
}

fn full_roles() -> RoleMapping {
    let rule = |group: &str, role: &str| GroupRole { group: group.to_owned(), role: role_slug(role) };
    let rules = vec![rule(HOSTILE, "admin"), rule("a", "auditor"), rule("a", "admin")];
    RoleMapping::new(rules, Some(role_slug("member"))).expect("a mapping")
}

fn role_slug(raw: &str) -> RoleSlug {
    RoleSlug::parse(raw).expect("a role")
}

/// What a provider says, in as hostile a way as it can.
pub(crate) fn full_asserted() -> Asserted {
    let attribute = |name: &str, friendly_name: Option<&str>, values: &[&str]| AssertedAttribute {
        name: name.to_owned(),
        friendly_name: friendly_name.map(str::to_owned),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    Asserted {
        subject: format!("{HOSTILE}\0"),
        subject_format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
        session_index: Some("_s'1".into()),
        attributes: vec![
            attribute("urn:oid:2.5.4.42", Some("given'Name"), &["Zoë", "", "\0"]),
            attribute(HOSTILE, None, &[]),
            attribute("a", Some(""), &[HOSTILE]),
        ],
    }
}

pub(crate) fn full_person() -> Person {
    Person {
        idp_id: format!("{HOSTILE}\0"),
        email: "Zoë.O'Hara@Acme.Example".into(),
        first_name: Some("Zoë".into()),
        last_name: Some(HOSTILE.into()),
        name: Some(String::new()),
        groups: vec!["b".into(), "a".into(), HOSTILE.into()],
        roles: vec![role_slug("auditor"), role_slug("admin")],
        custom: [("cost_center", vec!["7".to_owned(), "8".to_owned()]), ("b", Vec::new())]
            .map(|(key, values)| (key.to_owned(), values))
            .into(),
        raw: full_asserted().into(),
    }
}

pub(crate) fn failure(code: FailureCode) -> Failure {
    Failure { code, check: CheckName::Audience, message: HOSTILE.into() }
}

/// All that may be known of an attempt, in a state and with a code as given.
pub(crate) fn full_attempt(world: &World, of: &Connection) -> SsoSession {
    let messages = MessageKind::ALL.map(|kind| LoggedMessage::new(kind, at_micros(1), HOSTILE.into()));
    let checks = CheckName::ALL.iter().zip(CheckOutcome::ALL.into_iter().cycle());
    SsoSession {
        origin: Origin::IdentityProvider,
        authorization: Some(Authorization {
            redirect_uri: "https://app.example/cb?a='%20\"".into(),
            state: Some(HOSTILE.into()),
            code_challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").ok(),
        }),
        trial: Some(Box::new(Trial {
            of: TrialOf::Certificates,
            settings: ProtocolSettings::Saml(Box::new(full_saml(world))),
            attribute_map: full_attribute_map(),
        })),
        ticket: Some(SecretDigest::of("ticket")),
        exchange: Some(sealed()),
        record: SessionRecord {
            messages: messages.into(),
            checks: checks
                .map(|(name, outcome)| Check {
                    name: *name,
                    outcome,
                    expected: Some(HOSTILE.into()),
                    received: None,
                })
                .collect(),
            asserted: Some(full_asserted().into()),
            person: Some(full_person().into()),
        },
        ip_address: Some("2001:db8::1".into()),
        user_agent: Some(HOSTILE.into()),
        started_at: at_micros(999_999),
        ..fixtures::attempt_to_sign_in(world, of)
    }
}
