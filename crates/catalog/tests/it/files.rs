//! Every shipped file keeps the rules of the schema.

use vestibule_catalog::Catalog;

#[test]
fn all_identity_providers_are_parsed() {
    let catalog = Catalog::embedded().unwrap();
    assert_eq!(catalog.providers().len(), 36);
}
