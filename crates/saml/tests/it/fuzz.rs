//! Real documents with anything wrong in them; more of it by `cargo xtask fuzz`.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use vestibule_application::ports::saml::MetadataRead;
use vestibule_fuzz::{Mutant, check, mutants};

use crate::corpus::documents;
use crate::sign_in::Case;
use crate::support::read;
use crate::wrapping::MESSAGES;

/// Larger documents say nothing that smaller ones do not, and take long.
const DOCUMENT_BYTES_MAX: usize = 20_000;

/// What XML, metadata and signatures are made of, and what should not be in them.
const TOKENS: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "\"",
    "'",
    "&amp;",
    "&#x0;",
    "&#38;",
    "&x;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x ",
    "?>",
    "<!DOCTYPE x [<!ENTITY x \"y\">]>",
    "\u{feff}",
    "\u{0}",
    "\u{2028}",
    " xmlns=\"\"",
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
    " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    " ID=\"_1\"",
    " entityID=\"https://idp.example/\"",
    " use=\"signing\"",
    " use=\"encryption\"",
    " validUntil=\"2030-01-01T00:00:00Z\"",
    " Location=\"javascript:alert(1)\"",
    " Location=\"https://idp.example/sso\"",
    "<a>",
    "</a>",
    "<md:IDPSSODescriptor>",
    "<md:KeyDescriptor>",
    "<ds:X509Certificate>MIIC</ds:X509Certificate>",
    "<saml:Assertion>",
    "<saml:NameID>forged@attacker.example</saml:NameID>",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];

#[test]
fn metadata_with_anything_wrong_in_it_gives_a_usable_provider_or_none() {
    let documents = documents().into_iter().map(|path| fs::read(path).unwrap());
    let documents: Vec<_> = documents.filter(|document| document.len() <= DOCUMENT_BYTES_MAX).collect();
    assert!(documents.len() > 50, "{}", documents.len());
    check("metadata", 2_000, &mutants(documents, TOKENS), |mutant| {
        match read(&mutant.bytes) {
            Ok(MetadataRead::One(provider)) => {
                prop_assert!(!provider.entity_id.as_str().is_empty());
                prop_assert!(!provider.signing_certificates.is_empty());
                prop_assert!(!provider.sso.is_empty());
                prop_assert!(provider.sso.iter().all(|endpoint| endpoint.url.as_str().starts_with("http")));
            }
            Ok(MetadataRead::Choose(choices)) => {
                let names: BTreeSet<_> = choices.iter().map(|choice| choice.entity_id.as_str()).collect();
                prop_assert!(!names.is_empty());
            }
            Err(error) => prop_assert!(error.to_string().len() < 2_000, "{}", error),
        }
        Ok(())
    });
}

#[test]
fn a_response_with_anything_wrong_in_it_gives_its_own_person_or_nobody() {
    let messages: Vec<_> = MESSAGES.into_iter().map(Case::named).collect();
    let whole: Vec<_> = messages.iter().map(|case| case.xml().into_bytes()).collect();
    let genuine: Vec<_> =
        messages.iter().map(|case| case.judge_xml(&case.xml()).unwrap().outcome.unwrap().asserted).collect();
    check("response", 1_000, &mutants(whole, TOKENS), |Mutant { of, bytes }| {
        let xml = String::from_utf8_lossy(bytes);
        if let Some(Ok(accepted)) = messages[*of].judge_xml(&xml).map(|judgement| judgement.outcome) {
            prop_assert_eq!(&accepted.asserted, &genuine[*of]);
        }
        Ok(())
    });
}
