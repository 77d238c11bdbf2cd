//! Every document of the corpus gets the outcome that its sidecar demands, and yields its facts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml::{MetadataError, MetadataRead};
use vestibule_domain::Instant;
use vestibule_domain::certificate::KeyKind;
use vestibule_domain::saml::{IdentityProvider, SsoBinding};

use crate::support::{data, read, read_chosen};

/// So that a lost file cannot pass for a good one.
const DOCUMENTS: usize = 119;
const ACCEPTED: usize = 78;
const CHOICES: usize = 13;
const EITHER: usize = 6;
const REJECTED: usize = 22;

/// The bindings that a connection can use, as the sidecars write them.
const BINDINGS: [(SsoBinding, &str); 2] =
    [(SsoBinding::Redirect, "HTTP-Redirect"), (SsoBinding::Post, "HTTP-POST")];

#[derive(Deserialize)]
struct Sidecar {
    expected: Expected,
    reason: Option<String>,
    facts: Facts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Accept,
    Reject,
    Either,
    Choose,
}

#[derive(Deserialize)]
struct Facts {
    valid_until: Option<String>,
    #[serde(default)]
    idps: usize,
    /// The first few of them.
    #[serde(default)]
    idp: Vec<Provider>,
}

#[derive(Deserialize)]
struct Provider {
    entity_id: String,
    want_authn_requests_signed: Option<String>,
    protocols: Vec<String>,
    valid_until: Option<String>,
    sso: BTreeMap<String, Vec<String>>,
    slo: Vec<String>,
    name_id_formats: Vec<String>,
    signing_certs: Vec<SigningCertificate>,
}

#[derive(Deserialize)]
struct SigningCertificate {
    sha256: String,
    not_before: String,
    not_after: String,
    key: String,
}

fn documents_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

/// All of them, in order.
pub(crate) fn documents() -> Vec<PathBuf> {
    let mut documents = Vec::new();
    documents_below(&data("metadata"), &mut documents);
    documents.sort();
    documents
}

#[test]
fn every_document_gets_its_outcome_and_yields_its_facts() {
    let documents = documents();
    assert_eq!(documents.len(), DOCUMENTS);

    let mut outcomes = BTreeMap::new();
    for path in documents {
        let shown = path.strip_prefix(data("metadata")).unwrap().display().to_string();
        let document = fs::read(&path).unwrap();
        let sidecar = fs::read(path.with_extension("xml.json")).unwrap();
        let sidecar: Sidecar =
            serde_json::from_slice(&sidecar).unwrap_or_else(|error| panic!("{shown}: {error}"));
        *outcomes.entry(sidecar.expected).or_default() += 1;
        match sidecar.expected {
            Expected::Accept => accepts(&shown, &document, &sidecar.facts),
            Expected::Choose => offers_a_choice(&shown, &document, &sidecar.facts),
            Expected::Reject => rejects(&shown, &document, sidecar.reason.as_deref().unwrap()),
            // All of these have their KeyInfo outside of the namespace of XML signatures, where
            // it means nothing; leniency in what is trusted is not wanted.
            Expected::Either => {
                assert_eq!(read(&document), Err(MetadataError::NoSigningCertificate), "{shown}");
            }
        }
    }
    let wanted = [
        (Expected::Accept, ACCEPTED),
        (Expected::Reject, REJECTED),
        (Expected::Either, EITHER),
        (Expected::Choose, CHOICES),
    ];
    assert_eq!(outcomes, BTreeMap::from(wanted));
}

fn accepts(shown: &str, document: &[u8], facts: &Facts) {
    let [wanted] = facts.idp.as_slice() else { panic!("{shown}: not one provider in the sidecar") };
    match read(document) {
        Ok(MetadataRead::One(found)) => has_facts(shown, &found, wanted, facts),
        other => panic!("{shown}: {other:?}"),
    }
}

fn offers_a_choice(shown: &str, document: &[u8], facts: &Facts) {
    let choices = match read(document) {
        Ok(MetadataRead::Choose(choices)) => choices,
        other => panic!("{shown}: {other:?}"),
    };
    assert_eq!(choices.len(), facts.idps, "{shown}");
    assert!(!facts.idp.is_empty(), "{shown}");
    for (choice, wanted) in choices.iter().zip(&facts.idp) {
        assert_eq!(choice.entity_id.as_str(), wanted.entity_id, "{shown}");
        let shown = format!("{shown}, {}", wanted.entity_id);
        let usable = wanted.protocols.iter().any(|protocol| protocol.ends_with(":SAML:2.0:protocol"));
        match read_chosen(document, &wanted.entity_id) {
            Ok(found) => has_facts(&shown, &found, wanted, facts),
            Err(MetadataError::NoSsoEndpoint) => assert!(!usable, "{shown}"),
            Err(MetadataError::NoSigningCertificate) => assert!(wanted.signing_certs.is_empty(), "{shown}"),
            Err(other) => panic!("{shown}: {other:?}"),
        }
    }
    // Whatever is offered can be asked for; it never turns out not to be there.
    for choice in &choices {
        let read = read_chosen(document, choice.entity_id.as_str());
        assert_ne!(read.err(), Some(MetadataError::NotInDocument), "{shown}, {}", choice.entity_id);
    }
}

fn rejects(shown: &str, document: &[u8], reason: &str) {
    let error = read(document).expect_err(shown);
    let is_the_reason = match reason {
        "not well formed" => matches!(&error, MetadataError::NotWellFormed { line, .. } if *line > 1),
        "root is not SAML metadata" => {
            matches!(&error, MetadataError::NotMetadata { root } if root.ends_with("EntityDescriptor"))
        }
        "no IDPSSODescriptor" => {
            let has_service_provider = document.windows(16).any(|window| window == b"SPSSODescriptor ")
                && !document.windows(17).any(|window| window == b"IDPSSODescriptor ");
            error
                == if has_service_provider {
                    MetadataError::ServiceProvider
                } else {
                    MetadataError::NoIdentityProvider
                }
        }
        "no usable SingleSignOnService binding" => error == MetadataError::NoSsoEndpoint,
        "no usable signing certificate" => error == MetadataError::NoSigningCertificate,
        "signing certificate does not parse" => {
            matches!(error, MetadataError::Certificate { position: 1, .. })
        }
        _ => panic!("{shown}: a reason without its error: {reason}"),
    };
    assert!(is_the_reason, "{shown}: {reason}, but {error:?}");
}

fn has_facts(shown: &str, found: &IdentityProvider, wanted: &Provider, facts: &Facts) {
    assert_eq!(found.entity_id.as_str(), wanted.entity_id, "{shown}");
    assert_eq!(found.name_id_formats, wanted.name_id_formats, "{shown}");
    assert_eq!(
        found.wants_signed_requests,
        wanted.want_authn_requests_signed.as_deref() == Some("true"),
        "{shown}"
    );

    let published =
        |binding, name: &str| wanted.sso.get(name).map(|locations| (binding, locations[0].trim()));
    let wanted_addresses: Vec<_> = BINDINGS.into_iter().filter_map(|(b, name)| published(b, name)).collect();
    let addresses: Vec<_> =
        found.sso.iter().map(|endpoint| (endpoint.binding, endpoint.url.as_str())).collect();
    assert_eq!(addresses, wanted_addresses, "{shown}");

    let is_published = |name: &str| wanted.slo.iter().any(|published| published == name);
    let wanted_logout: Vec<_> =
        BINDINGS.into_iter().filter(|(_, name)| is_published(name)).map(|(b, _)| b).collect();
    let logout: Vec<_> = found.slo.iter().map(|endpoint| endpoint.binding).collect();
    assert_eq!(logout, wanted_logout, "{shown}");

    let certificates: Vec<_> = found
        .signing_certificates
        .iter()
        .map(|c| (c.fingerprint.to_string(), c.not_before, c.not_after, key_name(c.key)))
        .collect();
    let wanted_certificates: Vec<_> = wanted
        .signing_certs
        .iter()
        .map(|c| (c.sha256.clone(), instant(&c.not_before), instant(&c.not_after), c.key.clone()))
        .collect();
    assert_eq!(certificates, wanted_certificates, "{shown}");

    let limits = [&wanted.valid_until, &facts.valid_until];
    assert_eq!(found.valid_until, limits.into_iter().flatten().map(|limit| instant(limit)).min(), "{shown}");
}

fn instant(text: &str) -> Instant {
    Instant::parse(text, &Rfc3339).unwrap()
}

/// The sidecars write curves without the letter.
fn key_name(key: KeyKind) -> String {
    key.to_string().replace("ec-p", "ec-")
}
