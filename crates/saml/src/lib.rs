//! SAML 2.0: metadata of both sides, requests, responses, certificates and keys.
//!
//! Everything that comes in is hostile until it passed [`gate`]; what goes out is facts of the
//! domain. This crate opens no connection, reads no clock and stores nothing. It must never know
//! `web`, a store or another adapter.

pub mod aggregate;
mod brought;
pub mod certificate;
mod decryption;
pub mod gate;
pub mod keys;
pub mod metadata;
mod pasted;
pub mod request;
pub mod response;
mod signature;
pub mod sp_metadata;
mod test_provider;
mod text;

use vestibule_application::ports::saml::{
    CertificateError, GeneratedKeyPair, KeyGenerationError, KeyPairRequest, MetadataError, MetadataRead,
    PrivateKeyError, Saml, ServiceProvider,
};
use vestibule_application::ports::saml_sign_in::{
    OpenedResponse, SamlRequest, SamlRequestError, SamlRequestOrder, SamlSignIn, SamlUnreadable,
};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::url::EntityId;

/// The adapter behind the ports [`Saml`] and [`SamlSignIn`]. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct SamlAdapter;

impl SamlAdapter {
    /// Makes the adapter.
    pub fn new() -> Self {
        Self
    }
}

impl Saml for SamlAdapter {
    fn read_metadata(
        &self,
        document: &[u8],
        choose: Option<&EntityId>,
    ) -> Result<MetadataRead, MetadataError> {
        metadata::read(document, choose)
    }

    fn read_certificate(&self, input: &[u8]) -> Result<Certificate, CertificateError> {
        pasted::read(input).and_then(certificate::verifying)
    }

    fn read_certificates(&self, input: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
        certificate::leaves(pasted::read_all(input)?).into_iter().map(certificate::verifying).collect()
    }

    fn read_private_key(&self, pem: &str, certificate: &Certificate) -> Result<Vec<u8>, PrivateKeyError> {
        keys::read_private_key(pem, certificate)
    }

    fn generate_key_pair(&self, request: &KeyPairRequest) -> Result<GeneratedKeyPair, KeyGenerationError> {
        keys::generate(request)
    }

    fn service_provider_metadata(&self, description: &ServiceProvider) -> String {
        sp_metadata::write(description)
    }
}

impl SamlSignIn for SamlAdapter {
    fn request(&self, order: &SamlRequestOrder<'_>) -> Result<SamlRequest, SamlRequestError> {
        request::write(order)
    }

    fn decode(&self, posted: &str) -> Result<String, SamlUnreadable> {
        response::decode(posted)
    }

    fn open<'x>(&self, xml: &'x str) -> Result<Box<dyn OpenedResponse + 'x>, SamlUnreadable> {
        Ok(Box::new(response::open(xml)?))
    }
}
