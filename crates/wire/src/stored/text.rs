//! Values as stores keep them in text: ids, words, addresses, instants, bytes.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use vestibule_domain::Instant;
use vestibule_domain::admission::AddressRule;
use vestibule_domain::api_key::ApiKeyScopes;
use vestibule_domain::audit::{ActorKind, AuditAction};
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::certificate::KeyKind;
use vestibule_domain::certificate_watch::CertificateUse;
use vestibule_domain::connection::{ConnectionState, DomainStanding};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::custom_host::{HostProblem, HostPurpose};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{ActivationRule, EnvironmentKind};
use vestibule_domain::event::EventName;
use vestibule_domain::id::{
    ConnectionId, EnvironmentId, IdpCertificateId, OrganizationDomainId, OrganizationId, PortalLinkId,
    ProfileId, SpCertificateId, SsoSessionId, WebhookEndpointId,
};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::member::MemberRole;
use vestibule_domain::member_session::SessionStage;
use vestibule_domain::message::{AccountChange, LiveReader};
use vestibule_domain::notice::Notices;
use vestibule_domain::oidc::{IdTokenAlgorithm, TokenAuthMethod};
use vestibule_domain::organization::{ExternalId, ProfileRule, Slug};
use vestibule_domain::organization_domain::{DomainFailure, Proof};
use vestibule_domain::portal_link::{Capability, LinkKind};
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::saml::SsoBinding;
use vestibule_domain::secret::Sealed;
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{MessageKind, Origin};
use vestibule_domain::sso::trial::TrialOf;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::text::Name;
use vestibule_domain::truncate_to_micros;
use vestibule_domain::url::{EntityId, HttpsUrl, Issuer, ReturnUrl};
use vestibule_domain::webhook::{EndpointState, PayloadStyle};

/// A value that stores keep in text.
pub trait TextForm: Sized {
    /// The text.
    fn to_text(&self) -> String;
    /// Reads what [`TextForm::to_text`] wrote.
    fn from_text(text: &str) -> Option<Self>;
}

/// A value that is a text in JSON.
pub(super) struct T<X>(pub(super) X);

impl<X: TextForm> Serialize for T<X> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_text())
    }
}

impl<'de, X: TextForm> Deserialize<'de> for T<X> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        X::from_text(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not of the form"))
    }
}

/// Bytes, in base64.
#[derive(Clone)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl TextForm for Bytes {
    fn to_text(&self) -> String {
        STANDARD.encode(&self.0)
    }
    fn from_text(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self)
    }
}

impl TextForm for BrandColor {
    fn to_text(&self) -> String {
        self.to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl TextForm for BrandImage {
    fn to_text(&self) -> String {
        STANDARD.encode(self.as_png())
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(STANDARD.decode(text).ok()?).ok()
    }
}

impl TextForm for Sealed {
    fn to_text(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }
    fn from_text(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self::from_bytes)
    }
}

impl TextForm for Instant {
    fn to_text(&self) -> String {
        // Fails only for years beyond 9999, which no clock and no certificate has; a reader would
        // find the text empty and say so.
        truncate_to_micros(*self).format(&Rfc3339).unwrap_or_default()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text, &Rfc3339).ok().map(truncate_to_micros)
    }
}

/// Text through `Display` and `FromStr`.
macro_rules! displayed {
    ($($type:ty,)*) => {$(
        impl TextForm for $type {
            fn to_text(&self) -> String { display(self) }
            fn from_text(text: &str) -> Option<Self> { from_str(text) }
        }
    )*};
}

fn display(value: &impl Display) -> String {
    value.to_string()
}

fn from_str<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

displayed! {
    ConnectionId, EnvironmentId, IdpCertificateId, OrganizationDomainId, OrganizationId, PortalLinkId, ProfileId, SsoSessionId,
    SpCertificateId, WebhookEndpointId, KeyKind,
}

/// Words that the domain has for its values.
macro_rules! words {
    ($($type:ty,)*) => {$(
        impl TextForm for $type {
            fn to_text(&self) -> String { self.as_str().to_owned() }
            fn from_text(text: &str) -> Option<Self> { Self::parse(text) }
        }
    )*};
}

words! {
    ActorKind, AuditAction, Capability, ConnectionState, ConnectionType, EndpointState, EnvironmentKind, HostProblem, HostPurpose,
    IdTokenAlgorithm, Intent, Language, LinkKind, MemberRole, PayloadStyle, TokenAuthMethod, CheckName,
    CheckOutcome, FailureCode, MessageKind, Origin, TrialOf, CertificateUse, SessionStage, TeamAction,
    AccountChange, DomainFailure,
}

/// Texts with rules, parsed as they were when they came in.
macro_rules! checked {
    ($($type:ty,)*) => {$(
        impl TextForm for $type {
            fn to_text(&self) -> String { self.as_str().to_owned() }
            fn from_text(text: &str) -> Option<Self> { Self::parse(text).ok() }
        }
    )*};
}

checked! { EmailAddress, EntityId, EventName, ExternalId, Name, Slug, }

impl TextForm for HttpsUrl {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse_allowing_http(text).ok()
    }
}

/// Texts that were parsed when they came in, and are not parsed again: a rule that became stricter
/// since must not make the row unreadable.
macro_rules! kept {
    ($($type:ty,)*) => {$(
        impl TextForm for $type {
            fn to_text(&self) -> String { self.as_str().to_owned() }
            fn from_text(text: &str) -> Option<Self> { Some(Self::from_stored(text.to_owned())) }
        }
    )*};
}

impl TextForm for ApiKeyScopes {
    fn to_text(&self) -> String {
        self.to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

kept! { DomainName, Issuer, RedirectUri, ReturnUrl, }

/// Words for values whose words only stores need.
macro_rules! own_words {
    ($($type:ty { $($variant:ident = $word:literal,)* })*) => {$(
        impl TextForm for $type {
            fn to_text(&self) -> String {
                match self { $(Self::$variant => $word,)* }.to_owned()
            }
            fn from_text(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

impl TextForm for Notices {
    fn to_text(&self) -> String {
        self.to_words()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::from_words(text)
    }
}

own_words! {
    TestProviderRule { On = "on", Off = "off", }
    AddressRule { Stated = "stated", Confirmed = "confirmed", }
    DomainStanding { Verified = "verified", Unverified = "unverified", }
    LiveReader { Admin = "admin", Team = "team", Member = "member", }
    ActivationRule { Immediate = "immediate", VerifiedDomain = "verified_domain", }
    ProfileRule { VerifiedDomains = "verified_domains", AnyDomain = "any_domain", }
    Proof { Dns = "dns", Manual = "manual", }
    SsoBinding { Redirect = "redirect", Post = "post", }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn instants_are_kept_to_the_microsecond() {
        let at = datetime!(2026-11-21 13:00:00.123456789 +1);
        assert_eq!(at.to_text(), "2026-11-21T12:00:00.123456Z");
        assert_eq!(Instant::from_text(&at.to_text()), Some(truncate_to_micros(at)));
    }

    #[test]
    fn every_word_is_read_again() {
        for rule in [ProfileRule::VerifiedDomains, ProfileRule::AnyDomain] {
            assert_eq!(ProfileRule::from_text(&rule.to_text()), Some(rule));
        }
        for rule in [ActivationRule::Immediate, ActivationRule::VerifiedDomain] {
            assert_eq!(ActivationRule::from_text(&rule.to_text()), Some(rule));
        }
        for rule in [AddressRule::Stated, AddressRule::Confirmed] {
            assert_eq!(AddressRule::from_text(&rule.to_text()), Some(rule));
        }
        assert_eq!(Proof::from_text("dns"), Some(Proof::Dns));
        assert_eq!(Proof::from_text("word"), None);
    }
}
