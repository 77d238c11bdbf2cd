//! What the tests of sign-ins share: messages of the corpus, and what they are judged by.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml::Saml;
use vestibule_application::ports::saml_sign_in::{
    Allowance, OpenedResponse, SamlAllowances, SamlExpectation, SamlJudgement, SamlSignIn,
};
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_saml::SamlAdapter;

use crate::support::data;

pub(crate) const NOTHING_ALLOWED: SamlAllowances =
    SamlAllowances { sha1: Allowance::Refused, short_rsa: Allowance::Refused };
pub(crate) const ALL_ALLOWED: SamlAllowances =
    SamlAllowances { sha1: Allowance::Allowed, short_rsa: Allowance::Allowed };

/// How to judge a message of the corpus; see `tests/data/README.md`.
#[derive(Deserialize)]
pub(crate) struct Sidecar {
    pub(crate) encoding: String,
    pub(crate) attack_class: String,
    pub(crate) idp_entity_id: Option<String>,
    pub(crate) idp_certs: Vec<String>,
    pub(crate) sp_entity_id: Option<String>,
    pub(crate) acs_url: Option<String>,
    pub(crate) in_response_to: Option<String>,
    pub(crate) now: String,
    pub(crate) not_before: Option<String>,
    pub(crate) not_on_or_after: Option<String>,
    pub(crate) sp_private_key: Option<String>,
    pub(crate) expected: Expected,
    pub(crate) reason: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) name_id: Option<String>,
    pub(crate) name_id_format: Option<String>,
    pub(crate) attributes: Option<BTreeMap<String, Vec<Option<String>>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expected {
    Accept,
    Reject,
    Either,
}

/// A message of the corpus with everything it is judged by.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) sidecar: Sidecar,
    /// As it would be posted.
    pub(crate) posted: String,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) keys: Vec<Vec<u8>>,
}

impl Case {
    pub(crate) fn load(sidecar: &Path) -> Self {
        let folder = sidecar.parent().unwrap();
        let name = sidecar.strip_prefix(data("responses")).unwrap().with_extension("").display().to_string();
        let read =
            |path: &Path| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let raw = read(&sidecar.with_extension(""));
        let sidecar: Sidecar =
            serde_json::from_slice(&read(sidecar)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let posted = match sidecar.encoding.as_str() {
            "xml" => BASE64_STANDARD.encode(raw),
            _ => String::from_utf8(raw).unwrap(),
        };
        let certificates = sidecar.idp_certs.iter().map(|path| certificate(&folder.join(path))).collect();
        let key = |path: &String| String::from_utf8(read(&folder.join(path))).unwrap();
        let keys = sidecar.sp_private_key.iter().filter_map(|path| pkcs8(&key(path))).collect();
        Self { name, sidecar, posted, certificates, keys }
    }

    /// By its name: folder and file without `.json`.
    pub(crate) fn named(name: &str) -> Self {
        Self::load(&data("responses").join(format!("{name}.json")))
    }

    pub(crate) fn now(&self) -> Instant {
        instant(&self.sidecar.now)
    }

    pub(crate) fn xml(&self) -> String {
        SamlAdapter::new().decode(&self.posted).unwrap()
    }

    /// Judges the message, with something about the expectation changed.
    pub(crate) fn judged(
        &self,
        change: impl for<'a> FnOnce(&mut SamlExpectation<'a>),
    ) -> Option<SamlJudgement> {
        let xml = SamlAdapter::new().decode(&self.posted).ok()?;
        let opened = SamlAdapter::new().open(&xml).ok()?;
        Some(self.judge(&*opened, change))
    }

    /// Judges another message by what this one is judged by.
    pub(crate) fn judge_xml(&self, xml: &str) -> Option<SamlJudgement> {
        let opened = SamlAdapter::new().open(xml).ok()?;
        Some(self.judge(&*opened, |_| {}))
    }

    pub(crate) fn judge(
        &self,
        opened: &dyn OpenedResponse,
        change: impl for<'a> FnOnce(&mut SamlExpectation<'a>),
    ) -> SamlJudgement {
        let certificates: Vec<_> = self.certificates.iter().collect();
        let mut expectation = self.expectation(&certificates);
        change(&mut expectation);
        opened.judge(&expectation)
    }

    /// Judges with these certificates instead of the connection's.
    pub(crate) fn judge_with(
        &self,
        opened: &dyn OpenedResponse,
        certificates: &[&Certificate],
    ) -> SamlJudgement {
        opened.judge(&SamlExpectation { certificates, ..self.expectation(&[]) })
    }

    fn expectation<'a>(&'a self, certificates: &'a [&'a Certificate]) -> SamlExpectation<'a> {
        SamlExpectation {
            idp_entity_id: self.sidecar.idp_entity_id.as_deref().unwrap_or("https://idp.example/unknown"),
            certificates,
            sp_entity_id: self.sidecar.sp_entity_id.as_deref().unwrap_or("https://sp.example/unknown"),
            acs_url: self.sidecar.acs_url.as_deref().unwrap_or("https://sp.example/acs/unknown"),
            in_response_to: self.sidecar.in_response_to.as_deref(),
            now: self.now(),
            skew: CLOCK_SKEW,
            decryption_keys: &self.keys,
            allowances: ALL_ALLOWED,
        }
    }

    pub(crate) fn needs(&self, any: &[&str]) -> bool {
        self.sidecar.needs.iter().any(|need| any.contains(&need.as_str()))
    }
}

/// Every message of the corpus, in order.
pub(crate) fn cases() -> Vec<Case> {
    let mut sidecars = Vec::new();
    for folder in std::fs::read_dir(data("responses")).unwrap() {
        let folder = folder.unwrap().path();
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        sidecars.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
    }
    sidecars.sort();
    sidecars.iter().map(|path: &PathBuf| Case::load(path)).collect()
}

pub(crate) fn certificate(path: &Path) -> Certificate {
    let pem = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // Read as metadata reads it: some keys of the corpus are too weak to be brought by hand.
    let body: String =
        String::from_utf8(pem).unwrap().lines().filter(|line| !line.starts_with('-')).collect();
    let metadata = format!(
        "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='https://idp.example/'>\
         <IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'><KeyDescriptor>\
         <KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data><X509Certificate>{body}</X509Certificate>\
         </X509Data></KeyInfo></KeyDescriptor><SingleSignOnService \
         Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' Location='https://idp.example/'/>\
         </IDPSSODescriptor></EntityDescriptor>"
    );
    match SamlAdapter::new().read_metadata(metadata.as_bytes(), None) {
        Ok(vestibule_application::ports::saml::MetadataRead::One(provider)) => {
            provider.signing_certificates[0].clone()
        }
        other => panic!("{}: {other:?}", path.display()),
    }
}

/// The private key as PKCS#8; none if it is one that is not taken.
fn pkcs8(pem: &str) -> Option<Vec<u8>> {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeyPair;
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64_STANDARD.decode(body).unwrap();
    let key = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).ok()?;
    Some(AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref().to_vec())
}

pub(crate) fn instant(text: &str) -> Instant {
    Instant::parse(text, &Rfc3339).unwrap_or_else(|error| panic!("{text}: {error}"))
}
