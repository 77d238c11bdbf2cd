//! Documents that others wrote: `tests/data/discovery/`, with what must become of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use vestibule_application::ports::oidc::{DiscoveryError, Oidc as _};
use vestibule_domain::url::Issuer;
use vestibule_oidc::OidcAdapter;

#[test]
fn every_document_has_its_outcome() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/discovery");
    let table = fs::read_to_string(directory.join("expected.tsv")).unwrap();
    let mut listed = BTreeSet::new();
    for line in table.lines().skip(1) {
        let [file, _, wanted] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let document = fs::read(directory.join(file)).unwrap();
        match OidcAdapter.read_discovery(&document, None) {
            Ok(provider) => {
                assert_eq!(wanted, "accept", "{file}");
                // What is read without being asked for is read alike when it was asked for, and
                // refused when another issuer was.
                let asked = OidcAdapter.read_discovery(&document, Some(&provider.issuer));
                assert_eq!(asked.unwrap(), provider, "{file}");
                let other = Issuer::parse("https://other.example.com").unwrap();
                let refused = OidcAdapter.read_discovery(&document, Some(&other)).unwrap_err();
                assert!(matches!(refused, DiscoveryError::IssuerMismatch { .. }), "{file}: {refused:?}");
            }
            Err(error) => assert_eq!(format!("reject: {error}"), wanted, "{file}"),
        }
        assert!(listed.insert(file.to_owned()), "{file} is listed twice");
    }
    let present: BTreeSet<String> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "json"))
        .collect();
    assert_eq!(listed, present);
}
