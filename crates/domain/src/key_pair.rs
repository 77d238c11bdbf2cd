//! Key pairs of ours: what signs our requests and assertions, and what is encrypted to us.

use time::Duration;

use crate::Instant;
use crate::certificate::Certificate;
use crate::id::SpCertificateId;
use crate::secret::Sealed;

/// How long a certificate of ours is valid. Its end stops nothing here, but some providers refuse
/// certificates past theirs, and rolling over needs the customer's IT admin.
pub const SP_CERTIFICATE_LIFE: Duration = Duration::days(5 * 365);

/// A key pair of ours: the certificate for the provider, the private key sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpKeyPair {
    /// Its id on the wire.
    pub id: SpCertificateId,
    /// When it was made or uploaded.
    pub added_at: Instant,
    /// The certificate that the provider is given.
    pub certificate: Certificate,
    /// The private key, PKCS#8 DER, sealed under the pair's id.
    pub private_key: Sealed,
}
