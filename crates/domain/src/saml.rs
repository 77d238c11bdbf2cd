//! What a SAML connection knows: the identity provider on one side, our keys on the other.

use crate::Instant;
use crate::certificate::Certificate;
use crate::id::{IdpCertificateId, SpCertificateId};
use crate::secret::Sealed;
use crate::url::{EntityId, HttpsUrl};

/// The bindings by which a request can reach an identity provider.
///
/// Source: SAML Bindings 2.0, sections 3.4 and 3.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SsoBinding {
    /// HTTP-Redirect, preferred: it needs no page of ours.
    Redirect,
    /// HTTP-POST.
    Post,
}

/// Where sign-ins start at the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoEndpoint {
    /// How the request travels.
    pub binding: SsoBinding,
    /// The address, without any change to what the provider published.
    pub url: HttpsUrl,
}

/// A signing certificate of the identity provider, as a connection trusts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdpCertificate {
    /// Its id on the wire.
    pub id: IdpCertificateId,
    /// When it was added to the connection.
    pub added_at: Instant,
    /// The certificate.
    pub certificate: Certificate,
}

/// What identity provider metadata says, before anything trusts it: read by the `saml` adapter,
/// shown to the IT admin, and then made part of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// The provider's entity id, compared exactly with the issuer of every message.
    pub entity_id: EntityId,
    /// Single sign-on endpoints by binding, at most one each, in order of preference; never empty.
    pub sso: Vec<SsoEndpoint>,
    /// Single logout endpoints, may be empty.
    pub slo: Vec<SsoEndpoint>,
    /// Signing certificates in order of appearance, without repeats; never empty.
    pub signing_certificates: Vec<Certificate>,
    /// Name id formats, in order of appearance.
    pub name_id_formats: Vec<String>,
    /// Whether the provider asks for signed requests.
    pub wants_signed_requests: bool,
    /// Until when the document vouches for itself, if it says so.
    pub valid_until: Option<Instant>,
}

/// The identity provider of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedIdentityProvider {
    /// The provider's entity id.
    pub entity_id: EntityId,
    /// Single sign-on endpoints in order of preference; never empty.
    pub sso: Vec<SsoEndpoint>,
    /// Single logout endpoints.
    pub slo: Vec<SsoEndpoint>,
    /// Certificates that signatures are checked with, oldest first; never empty.
    pub signing_certificates: Vec<IdpCertificate>,
    /// Name id formats the provider offers.
    pub name_id_formats: Vec<String>,
    /// Whether the provider asks for signed requests.
    pub wants_signed_requests: bool,
    /// Where the metadata was fetched from, if it was; it is read again there.
    pub metadata_url: Option<HttpsUrl>,
}

/// A key pair of ours: the certificate for the provider, the private key sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpKeyPair {
    /// Its id on the wire.
    pub id: SpCertificateId,
    /// When it was made or uploaded.
    pub added_at: Instant,
    /// The certificate that the provider is given.
    pub certificate: Certificate,
    /// The private key, PKCS#8 DER, sealed under the connection's id.
    pub private_key: Sealed,
}

/// Everything a SAML connection keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamlSettings {
    /// The identity provider; absent while the connection is a draft.
    pub idp: Option<TrustedIdentityProvider>,
    /// An assertion consumer address other than ours, set through the API when a vendor migrates.
    pub acs_url: Option<HttpsUrl>,
    /// An entity id other than ours, set through the API when a vendor migrates.
    pub sp_entity_id: Option<EntityId>,
    /// The pair that signs our requests, if they are signed.
    pub signing_key: Option<SpKeyPair>,
    /// Pairs that responses may be encrypted to, oldest first, at most [`ENCRYPTION_KEYS_MAX`].
    pub encryption_keys: Vec<SpKeyPair>,
}

/// How many encryption pairs a connection may have at once: the current and the next.
pub const ENCRYPTION_KEYS_MAX: usize = 2;

/// How many signing certificates of the provider a connection may trust at once.
///
/// Real metadata was seen with up to four (Entra ID during a roll-over); a document with dozens
/// is a mistake or an attack on verification time.
pub const IDP_CERTIFICATES_MAX: usize = 10;
