//! Identity provider metadata: from an admitted document to what a connection needs.
//!
//! Lenient where providers differ, strict where it decides whom we trust: endpoints, name id
//! formats and names may be odd or missing, but elements count only in their namespace and in
//! their place. The document's own signature is not looked at; what makes it trustworthy is the
//! administrator who brought it, or the address it was fetched from.
//!
//! Source: Metadata for SAML 2.0 (saml-metadata-2.0-os), sections 2.2 to 2.4.

use roxmltree::{Document, Node};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml::{MetadataError, MetadataRead};
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::saml::{IDP_CERTIFICATES_MAX, IdentityProvider, SsoBinding, SsoEndpoint};
use vestibule_domain::url::{EntityId, EntityIdError, HttpsUrl, UrlError};

use crate::aggregate;
use crate::brought;
use crate::gate;
use crate::pasted;
use crate::text::cut;

pub(crate) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const SAML2_PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// The namespaces of requests, responses and assertions.
const MESSAGES: [&str; 2] = [SAML2_PROTOCOL, "urn:oasis:names:tc:SAML:2.0:assertion"];
/// Source: SAML V2.0 Metadata Profile for Algorithm Support 1.0, section 2.
const ALGORITHMS: &str = "urn:oasis:names:tc:SAML:metadata:algsupport";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// Most descriptors of one entity that are looked at. Real entities have one, or one for each
/// generation of the protocol.
pub const ROLES_OF_ENTITY_MAX: usize = 8;

/// Most name id formats that are kept; the specifications know eight.
pub const NAME_ID_FORMATS_MAX: usize = 32;

/// Longest name id format that is kept, in characters; the specifications' have up to 68.
const NAME_ID_FORMAT_CHARS_MAX: usize = 256;

/// Longest root name that an error repeats, in characters.
const ROOT_CHARS_MAX: usize = 200;

/// Reads a document; see the port for what `choose` does.
pub(crate) fn read(document: &[u8], choose: Option<&EntityId>) -> Result<MetadataRead, MetadataError> {
    let text = brought::document(document)?;
    let tree = gate::tree(&text).map_err(|error| brought::why_broken(&text, error))?;
    let roles = roles(&tree)?;
    match (choose, roles.as_slice()) {
        (Some(entity_id), _) => aggregate::chosen(&roles, entity_id),
        (None, [role]) => role.read(),
        (None, _) => aggregate::choices(&roles),
    }
}

/// One entity in its role as identity provider.
#[derive(Clone, Copy)]
pub(crate) struct Role<'a, 'input> {
    /// The `EntityDescriptor`.
    pub(crate) entity: Node<'a, 'input>,
    /// The `IDPSSODescriptor` in it.
    pub(crate) descriptor: Node<'a, 'input>,
}

/// Every identity provider of the document, in order; never empty.
///
/// Those that speak only older protocols are among them. Their administrators learn more from
/// "there is no endpoint for SAML 2.0" than from not finding themselves. Only where one entity has
/// a descriptor for SAML 2.0 beside others, the others are left out.
fn roles<'a, 'input>(tree: &'a Document<'input>) -> Result<Vec<Role<'a, 'input>>, MetadataError> {
    let root = tree.root_element();
    if !is(root, MD, "EntityDescriptor") && !is(root, MD, "EntitiesDescriptor") {
        let is_message = root.tag_name().namespace().is_some_and(|uri| MESSAGES.contains(&uri));
        return Err(if is_message {
            MetadataError::Message { name: cut(root.tag_name().name().to_owned(), ROOT_CHARS_MAX) }
        } else {
            MetadataError::NotMetadata { root: clark_name(root) }
        });
    }
    let entities = root.descendants().filter(|node| is(*node, MD, "EntityDescriptor") && is_in_place(*node));
    let roles: Vec<_> = entities
        .clone()
        .flat_map(|entity| {
            let all =
                children(entity, MD, "IDPSSODescriptor").map(move |descriptor| Role { entity, descriptor });
            let some_speak = all.clone().any(Role::speaks_saml2);
            all.filter(move |role| !some_speak || role.speaks_saml2()).take(ROLES_OF_ENTITY_MAX)
        })
        .collect();
    if !roles.is_empty() {
        return Ok(roles);
    }
    let is_service_provider =
        entities.flat_map(|entity| children(entity, MD, "SPSSODescriptor")).next().is_some();
    Err(if is_service_provider { MetadataError::ServiceProvider } else { MetadataError::NoIdentityProvider })
}

impl Role<'_, '_> {
    /// The entity id, without the white space that `xs:anyURI` ignores.
    pub(crate) fn entity_id(self) -> Result<EntityId, EntityIdError> {
        EntityId::parse(self.entity.attribute("entityID").unwrap_or("").trim())
    }

    /// Everything a connection needs.
    pub(crate) fn read(self) -> Result<MetadataRead, MetadataError> {
        Ok(MetadataRead::One(Box::new(IdentityProvider {
            entity_id: self.entity_id().map_err(MetadataError::EntityId)?,
            sso: self.sso()?,
            slo: self.endpoints("SingleLogoutService").filter_map(Result::ok).collect(),
            signing_certificates: self.signing_certificates()?,
            name_id_formats: self.name_id_formats(),
            wants_signed_requests: self.descriptor.attribute("WantAuthnRequestsSigned").is_some_and(is_true),
            valid_until: self.valid_until(),
            sha1_only: self.shows_sha1_only(),
        })))
    }

    /// Whether everything that the document shows of the provider's signatures is SHA-1: the
    /// algorithms that it announces, or else the signature on the entity itself. That of an
    /// aggregate is the federation's.
    fn shows_sha1_only(self) -> bool {
        let is_sha1 = |algorithm: &str| algorithm.trim().ends_with("sha1");
        let mut announced = [self.descriptor, self.entity]
            .into_iter()
            .flat_map(|place| children(place, MD, "Extensions"))
            .flat_map(|extensions| children(extensions, ALGORITHMS, "SigningMethod"))
            .filter_map(|method| method.attribute("Algorithm"))
            .peekable();
        if announced.peek().is_some() {
            return announced.all(is_sha1);
        }
        children(self.entity, DS, "Signature")
            .flat_map(|signature| children(signature, DS, "SignedInfo"))
            .flat_map(|info| children(info, DS, "SignatureMethod"))
            .any(|method| method.attribute("Algorithm").is_some_and(is_sha1))
    }

    /// A missing enumeration is forgiven: the bindings of the endpoints say the same.
    fn speaks_saml2(self) -> bool {
        self.descriptor
            .attribute("protocolSupportEnumeration")
            .is_none_or(|protocols| protocols.split_whitespace().any(|protocol| protocol == SAML2_PROTOCOL))
    }

    fn sso(self) -> Result<Vec<SsoEndpoint>, MetadataError> {
        if !self.speaks_saml2() {
            return Err(MetadataError::NoSsoEndpoint);
        }
        let mut refused = None;
        let usable: Vec<_> = self
            .endpoints("SingleSignOnService")
            .filter_map(|endpoint| endpoint.map_err(|error| refused.get_or_insert(error)).ok())
            .collect();
        match (usable.is_empty(), refused) {
            (false, _) => Ok(usable),
            (true, Some(error)) => Err(MetadataError::SsoUrl(error)),
            (true, None) => Err(MetadataError::NoSsoEndpoint),
        }
    }

    /// At most one endpoint for each binding that we speak: the first with a usable address, the
    /// default before others. Without a usable one, what is wrong with the first.
    fn endpoints(self, name: &'static str) -> impl Iterator<Item = Result<SsoEndpoint, UrlError>> {
        [(SsoBinding::Redirect, REDIRECT), (SsoBinding::Post, POST)].into_iter().filter_map(
            move |(binding, uri)| {
                let mut published: Vec<_> = children(self.descriptor, MD, name)
                    .filter(|service| service.attribute("Binding").is_some_and(|value| value.trim() == uri))
                    .collect();
                published.sort_by_key(|service| !service.attribute("isDefault").is_some_and(is_true));
                let mut locations = published.iter().map(|service| {
                    // `xs:anyURI` ignores the white space around it.
                    HttpsUrl::parse_allowing_http(service.attribute("Location").unwrap_or("").trim())
                });
                let first = locations.next()?;
                let url = if first.is_ok() { first } else { locations.find(Result::is_ok).unwrap_or(first) };
                Some(url.map(|url| SsoEndpoint { binding, url }))
            },
        )
    }

    /// The certificates of every `KeyDescriptor` that is not for encryption alone.
    ///
    /// What does not parse is passed over as long as there is something good beside it: providers
    /// were seen that list placeholders. Weak keys are facts, see [`crate::certificate`].
    fn signing_certificates(self) -> Result<Vec<Certificate>, MetadataError> {
        let contents = children(self.descriptor, MD, "KeyDescriptor")
            .filter(|key| key.attribute("use").is_none_or(|purpose| purpose.trim() == "signing"))
            .flat_map(certificate_elements);
        let mut certificates: Vec<Certificate> = Vec::new();
        let mut refused = None;
        for (index, element) in contents.enumerate() {
            match pasted::read(text_of(element).as_bytes()) {
                Ok(certificate) if certificates.iter().any(|c| c.fingerprint == certificate.fingerprint) => {}
                Ok(certificate) => certificates.push(certificate),
                Err(reason) => {
                    refused.get_or_insert(MetadataError::Certificate { position: index + 1, reason });
                }
            }
        }
        match certificates.len() {
            0 => Err(refused.unwrap_or_else(|| self.without_signing_certificate())),
            1..=IDP_CERTIFICATES_MAX => Ok(certificates),
            found => Err(MetadataError::TooManyCertificates { found, max: IDP_CERTIFICATES_MAX }),
        }
    }

    fn without_signing_certificate(self) -> MetadataError {
        let mut others = children(self.descriptor, MD, "KeyDescriptor").flat_map(certificate_elements);
        if others.next().is_some() {
            MetadataError::EncryptionOnly
        } else {
            MetadataError::NoSigningCertificate
        }
    }

    /// Without repeats; what is far too long or too much is passed over, since nothing hangs on it.
    fn name_id_formats(self) -> Vec<String> {
        let mut formats: Vec<String> = Vec::new();
        for element in children(self.descriptor, MD, "NameIDFormat") {
            let text = text_of(element);
            let format = text.trim();
            let fits = !format.is_empty() && format.chars().count() <= NAME_ID_FORMAT_CHARS_MAX;
            if fits && formats.len() < NAME_ID_FORMATS_MAX && formats.iter().all(|known| known != format) {
                formats.push(format.to_owned());
            }
        }
        formats
    }

    /// The earliest of the limits that enclose the descriptor. Source: section 2.3.1, `validUntil`.
    fn valid_until(self) -> Option<Instant> {
        self.descriptor.ancestors().filter_map(|node| instant(node.attribute("validUntil")?)).min()
    }
}

/// The certificates of a `KeyDescriptor`.
fn certificate_elements<'a, 'input: 'a>(
    key: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> + Clone {
    children(key, DS, "KeyInfo")
        .flat_map(|info| children(info, DS, "X509Data"))
        .flat_map(|data| children(data, DS, "X509Certificate"))
}

/// Whether the node is this element.
pub(crate) fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.has_tag_name((namespace, name))
}

/// The children with this name, in order.
pub(crate) fn children<'a, 'input: 'a>(
    parent: Node<'a, 'input>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> + Clone {
    parent.children().filter(move |node| is(*node, namespace, name))
}

/// The character data of an element; a comment or an instruction inside does not end it.
pub(crate) fn text_of(element: Node<'_, '_>) -> String {
    element.children().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

/// Whether nothing but aggregates is around the entity: one inside an extension is not meant.
fn is_in_place(entity: Node<'_, '_>) -> bool {
    entity.ancestors().skip(1).filter(Node::is_element).all(|node| is(node, MD, "EntitiesDescriptor"))
}

/// `xs:boolean`.
fn is_true(value: &str) -> bool {
    matches!(value.trim(), "true" | "1")
}

/// `xs:dateTime`; one without a zone is taken as UTC, as SAML Core 2.0, section 1.3.3 demands it.
/// What is no instant, in UTC as well, is none.
pub(crate) fn instant(value: &str) -> Option<Instant> {
    let value = value.trim();
    let parsed = Instant::parse(value, &Rfc3339).or_else(|_| Instant::parse(&format!("{value}Z"), &Rfc3339));
    parsed.ok()?.checked_to_offset(UtcOffset::UTC)
}

fn clark_name(element: Node<'_, '_>) -> String {
    let name = element.tag_name();
    let namespace = name.namespace().map(|uri| format!("{{{uri}}}")).unwrap_or_default();
    cut(namespace + name.name(), ROOT_CHARS_MAX)
}
