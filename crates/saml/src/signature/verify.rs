//! The verifier: from an element that was signed to the octets that were.

use roxmltree::{Document, Node};
use vestibule_application::ports::saml_sign_in::SamlAllowances;
use vestibule_domain::certificate::{Certificate, Fingerprint};

use super::algorithm::{Hash, SignatureAlgorithm, Weakness};
use super::canonical::{Canonicalization, Uncanonical};
use super::{DS, ENVELOPED};
use crate::metadata::text_of;
use crate::text::from_base64;

/// Longest `SignedInfo` that is looked at, in bytes of the message. Real ones have one or two KiB;
/// all work on it is done before anybody is known to have signed it.
pub const SIGNED_INFO_BYTES_MAX: usize = 16 * 1024;

/// Who may sign, and how.
#[derive(Clone, Copy)]
pub(crate) struct Policy<'a> {
    /// The certificates whose keys are trusted.
    pub(crate) certificates: &'a [&'a Certificate],
    /// What is let pass.
    pub(crate) allowances: SamlAllowances,
}

/// The canonical octets of an element that a trusted key signed. Nothing but [`verify`] makes one.
#[derive(Debug)]
pub(crate) struct SignedXml {
    octets: String,
    signed_by: Fingerprint,
    weakness: Option<Weakness>,
}

impl SignedXml {
    /// The octets, to be parsed afresh.
    pub(crate) fn octets(&self) -> &str {
        &self.octets
    }

    /// The certificate whose key signed.
    pub(crate) fn signed_by(&self) -> Fingerprint {
        self.signed_by
    }

    /// Something weak about the signature that was let pass.
    pub(crate) fn weakness(&self) -> Option<Weakness> {
        self.weakness
    }
}

/// Why a signature is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Not the shape that SAML gives a signature.
    #[error("{0}")]
    Shape(&'static str),
    /// A canonicalisation that is not followed.
    #[error(transparent)]
    Canonical(#[from] Uncanonical),
    /// An algorithm that is not known.
    #[error("the signature uses an algorithm that is not accepted")]
    Algorithm {
        /// Its name.
        uri: String,
    },
    /// An algorithm or a key that is too weak.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// No trusted key made it.
    #[error("the signature was not made with a certificate of the connection")]
    Key,
    /// A trusted key made the signature, but not over this content.
    #[error("the message was changed after it was signed")]
    Digest,
}

/// The octets of the element, if it has a signature and a trusted key made it; none if it has none.
pub(crate) fn verify(element: Node<'_, '_>, policy: &Policy<'_>) -> Result<Option<SignedXml>, Refusal> {
    let mut signatures = element.children().filter(|node| is_ds(*node, "Signature"));
    let Some(signature) = signatures.next() else { return Ok(None) };
    if signatures.next().is_some() {
        return Err(Refusal::Shape("an element has more than one signature"));
    }
    let parts = Parts::read(signature)?;

    // First the signature itself, over octets that are then the only ones to be read.
    let octets = canonicalization_of(parts.info)?.octets(parts.info, None)?;
    let Ok(info) = Document::parse(&octets) else {
        return Err(Refusal::Shape("the SignedInfo has no canonical form"));
    };
    let info = SignedInfo::read(info.root_element())?;
    let made_it = |one: &&&Certificate| info.algorithm.verifies(one, octets.as_bytes(), &parts.value);
    let signer = *policy.certificates.iter().find(made_it).ok_or(Refusal::Key)?;
    let weaknesses = [
        Weakness::of_key(signer.key),
        Weakness::of_hash(info.algorithm.hash),
        Weakness::of_hash(info.reference.hash),
    ];
    for weakness in weaknesses.into_iter().flatten() {
        weakness.allowed(policy.allowances)?;
    }

    // Then what it was made over.
    info.reference.names(element)?;
    let octets = info.reference.canonicalization.octets(element, Some(signature.id()))?;
    if info.reference.hash.digest(octets.as_bytes()).as_ref() != info.reference.digest {
        return Err(Refusal::Digest);
    }
    let weakness = weaknesses.into_iter().flatten().next();
    Ok(Some(SignedXml { octets, signed_by: signer.fingerprint, weakness }))
}

/// Whether the key of this certificate signed what stands in the element's `SignedInfo`, which
/// only tells people whose signature it is.
pub(crate) fn is_by(element: Node<'_, '_>, certificate: &Certificate) -> bool {
    let by = |signature| -> Result<bool, Refusal> {
        let parts = Parts::read(signature)?;
        let octets = canonicalization_of(parts.info)?.octets(parts.info, None)?;
        let method = parts.info.children().find(|node| is_ds(*node, "SignatureMethod"));
        let algorithm = method.and_then(|method| SignatureAlgorithm::of(method.attribute("Algorithm")?));
        Ok(algorithm
            .is_some_and(|algorithm| algorithm.verifies(certificate, octets.as_bytes(), &parts.value)))
    };
    element
        .children()
        .filter(|node| is_ds(*node, "Signature"))
        .any(|signature| by(signature).unwrap_or(false))
}

/// The parts of a `Signature`.
struct Parts<'a, 'input> {
    info: Node<'a, 'input>,
    value: Vec<u8>,
}

impl<'a, 'input> Parts<'a, 'input> {
    fn read(signature: Node<'a, 'input>) -> Result<Self, Refusal> {
        let (info, value) = match elements(signature).as_slice() {
            [info, value] => (*info, *value),
            [info, value, keys] if is_ds(*keys, "KeyInfo") => (*info, *value),
            _ => return Err(Refusal::Shape("a signature has other parts than SAML allows")),
        };
        if !is_ds(info, "SignedInfo") || !is_ds(value, "SignatureValue") {
            return Err(Refusal::Shape("a signature has other parts than SAML allows"));
        }
        if info.range().len() > SIGNED_INFO_BYTES_MAX {
            return Err(Refusal::Shape("a SignedInfo is longer than any that is looked at"));
        }
        Ok(Self { info, value: base64_of(value)? })
    }
}

/// What the authenticated copy of `SignedInfo` says.
struct SignedInfo {
    algorithm: SignatureAlgorithm,
    reference: Reference,
}

impl SignedInfo {
    fn read(info: Node<'_, '_>) -> Result<Self, Refusal> {
        let elements = elements(info);
        let [canonicalization, method, reference] = elements.as_slice() else {
            return Err(Refusal::Shape("a SignedInfo does not have exactly one Reference"));
        };
        let is_in_order = is_ds(*canonicalization, "CanonicalizationMethod")
            && is_ds(*method, "SignatureMethod")
            && is_ds(*reference, "Reference");
        if !is_in_order {
            return Err(Refusal::Shape("a SignedInfo has other parts than SAML allows"));
        }
        let uri = method.attribute("Algorithm").unwrap_or("");
        let algorithm =
            SignatureAlgorithm::of(uri).ok_or_else(|| Refusal::Algorithm { uri: uri.to_owned() })?;
        Ok(Self { algorithm, reference: Reference::read(*reference)? })
    }
}

/// The one reference.
struct Reference {
    uri: Option<String>,
    canonicalization: Canonicalization,
    hash: Hash,
    digest: Vec<u8>,
}

impl Reference {
    fn read(reference: Node<'_, '_>) -> Result<Self, Refusal> {
        let elements = elements(reference);
        let [transforms, method, value] = elements.as_slice() else {
            return Err(Refusal::Shape("a Reference has other parts than SAML allows"));
        };
        let is_in_order = is_ds(*transforms, "Transforms")
            && is_ds(*method, "DigestMethod")
            && is_ds(*value, "DigestValue");
        if !is_in_order {
            return Err(Refusal::Shape("a Reference has other parts than SAML allows"));
        }
        let uri = method.attribute("Algorithm").unwrap_or("");
        Ok(Self {
            uri: reference.attribute("URI").map(str::to_owned),
            canonicalization: transformed(*transforms)?,
            hash: Hash::of_digest(uri).ok_or_else(|| Refusal::Algorithm { uri: uri.to_owned() })?,
            digest: base64_of(*value)?,
        })
    }

    /// SAML Core 2.0, section 5.4.2: the reference names the element that the signature stands in.
    fn names(&self, element: Node<'_, '_>) -> Result<(), Refusal> {
        let is_root = element == element.document().root_element();
        let is_named = match self.uri.as_deref() {
            Some("") => is_root,
            Some(uri) => {
                uri.strip_prefix('#').is_some_and(|id| !id.is_empty() && element.attribute("ID") == Some(id))
            }
            None => false,
        };
        if is_named {
            Ok(())
        } else {
            Err(Refusal::Shape("a signature covers another element than the one it stands in"))
        }
    }
}

/// SAML Core 2.0, section 5.4.4: enveloped, then a canonicalisation; XML Signature, section 4.4.3.2:
/// without one it is inclusive.
fn transformed(transforms: Node<'_, '_>) -> Result<Canonicalization, Refusal> {
    let all = elements(transforms);
    let are_transforms = all.iter().all(|node| is_ds(*node, "Transform"));
    let is_enveloped = |node: &Node<'_, '_>| {
        node.attribute("Algorithm") == Some(ENVELOPED) && !node.children().any(|child| child.is_element())
    };
    match all.as_slice() {
        [first] if are_transforms && is_enveloped(first) => Ok(Canonicalization::Inclusive),
        [first, second] if are_transforms && is_enveloped(first) => Ok(Canonicalization::read(*second)?),
        _ => Err(Refusal::Shape("a Reference has other transforms than SAML allows")),
    }
}

fn canonicalization_of(info: Node<'_, '_>) -> Result<Canonicalization, Refusal> {
    match elements(info).first() {
        Some(method) if is_ds(*method, "CanonicalizationMethod") => Ok(Canonicalization::read(*method)?),
        _ => Err(Refusal::Shape("a SignedInfo has other parts than SAML allows")),
    }
}

fn is_ds(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((DS, name))
}

fn elements<'a, 'input>(parent: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
    parent.children().filter(Node::is_element).collect()
}

fn base64_of(element: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    from_base64(&text_of(element)).ok_or(Refusal::Shape("a value of the signature is not base64"))
}
