//! Every rule of the loader, as a file that breaks it and the error that names file and key.

use vestibule_catalog::Catalog;

const SAML: &str = include_str!("../data/acme-saml.toml");
const OIDC: &str = include_str!("../data/acme-oidc.toml");
const TYPES: &str = "acme-saml = \"GenericSAML\"\nacme-oidc = \"GenericOIDC\"\n";

fn parse(saml: &str, oidc: &str, types: &str) -> Result<Catalog, String> {
    Catalog::parse([("sso/acme-saml.toml", saml), ("sso/acme-oidc.toml", oidc)], types)
        .map_err(|error| error.to_string())
}

/// Breaks a file in one place and compares the whole error with what it should say. An expectation
/// that ends in `…` is the beginning of the error.
fn assert_refused(file: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, expected) in cases {
        let original = if file == "sso/acme-saml.toml" { SAML } else { OIDC };
        assert_eq!(original.matches(from).count(), 1, "{from:?} must occur once in {file}");
        let broken = original.replace(from, to);
        let outcome = if file == "sso/acme-saml.toml" {
            parse(&broken, OIDC, TYPES)
        } else {
            parse(SAML, &broken, TYPES)
        };
        let error = outcome.map(|_| ()).expect_err(expected);
        let expected = format!("{file}: {expected}");
        match expected.strip_suffix('…') {
            Some(beginning) => assert!(error.starts_with(beginning), "{error:?}, expected {expected:?}"),
            None => assert_eq!(error, expected),
        }
    }
}

#[test]
fn the_unbroken_files_are_accepted_and_share_a_card() {
    let catalog = parse(SAML, OIDC, TYPES).unwrap();
    assert_eq!(catalog.providers()[0].slug, "acme-oidc", "the lower priority number");
    let [card] = catalog.cards() else { panic!("two protocols of one product are one card") };
    assert_eq!((card.product.as_str(), card.recommended.slug.as_str()), ("Acme ID", "acme-oidc"));
    assert_eq!(card.alternative.as_ref().unwrap().slug, "acme-saml");
    // The secret, which no step asks for, is asked for in the last step; the fixed issuer is not.
    let last = catalog.providers()[0].steps.last().unwrap();
    assert_eq!(last.collect, [vestibule_catalog::FieldKey::ClientSecret]);
}

#[test]
fn a_wrong_head_is_refused() {
    assert_refused(
        "sso/acme-saml.toml",
        &[
            ("schema_version = 1", "schema_version = 2", "schema_version: is 2, this release reads 1"),
            (
                "slug = \"acme-saml\"",
                "slug = \"other-saml\"",
                "slug: `other-saml` must equal the file's name",
            ),
            (
                "slug = \"acme-saml\"",
                "slug = \"acme--saml\"",
                "slug: may hold a-z, 0-9 and single dashes only",
            ),
            ("slug = \"acme-saml\"", "slug = \"../x\"", "slug: may hold a-z, 0-9 and single dashes only"),
            ("category = \"sso\"", "category = \"dns\"", "category: must be `sso`, as the folder"),
            ("name = \"Acme ID (SAML)\"", "name = \" \"", "name (line 3): must not be empty"),
            ("protocol = \"saml\"", "protocol = \"scim\"", "protocol (line 5): unknown variant `scim`…"),
            ("priority = 2", "priority = -1", "priority (line 7): invalid value…"),
            ("priority = 2", "priority = \"2\"", "priority (line 7): invalid type…"),
            (
                "\"https://admin.acme.com\"",
                "\"javascript:x\"",
                "console_url: `javascript:x` is not an https address",
            ),
            (
                "confidence = \"low\"",
                "confidence = \"sure\"",
                "confidence (line 10): unknown variant `sure`…",
            ),
            (
                "checked_on_live_console = false",
                "checked_on_live_console = true",
                "checked_on: goes together with checked_on_live_console = true",
            ),
            (
                "checked_on_live_console = false",
                "checked_on_live_console = false\nchecked_on = \"2026-09-01\"",
                "checked_on: goes together with checked_on_live_console = true",
            ),
            (
                "checked_on_live_console = false",
                "checked_on_live_console = true\nchecked_on = \"1 Sept. 26\"",
                "checked_on: must be a day, YYYY-MM-DD",
            ),
            (
                "url = \"https://help.acme.com/saml\"",
                "url = \"http://help.acme.com\"",
                "sources.url: `http://help.acme.com` is not an https address",
            ),
            (
                "checked_on_live_console = false",
                "checked_on_live_console = false\nsee_also = [\"ftp://x\"]",
                "see_also: `ftp://x` is not an https address",
            ),
            (
                "[[sources]]\nname = \"Acme help\"\nurl = \"https://help.acme.com/saml\"\n",
                "sources = []\n",
                "sources: name at least one public page",
            ),
            ("schema_version = 1", "schema_version 1", "line 1: key with no value, expected `=`"),
        ],
    );
}

#[test]
fn unknown_keys_are_refused_in_every_table() {
    for table in [
        "priority = 2\n",
        "[[sources]]\n",
        "[[we_give]]\n",
        "[[we_need]]\n",
        "[nameid]\n",
        "[signing]\n",
        "[[attribute_map]]\n",
        "title = \"Add the app\"\n",
        "[[quirks]]\n",
        "[renewal]\n",
    ] {
        let broken = SAML.replace(table, &format!("{table}colour = 1\n"));
        let line = broken.lines().position(|line| line == "colour = 1").map_or(0, |index| index + 1);
        let error = parse(&broken, OIDC, TYPES).map(|_| ()).expect_err(table);
        assert!(error.starts_with("sso/acme-saml.toml: "), "{error}");
        assert!(error.contains(&format!("colour (line {line}): unknown field `colour`")), "{error}");
    }
    assert_refused(
        "sso/acme-saml.toml",
        &[(
            "value_ref = \"acs_url\" }",
            "value_ref = \"acs_url\", colour = 1 }",
            "steps.enter (line 55): unknown field `colour`…",
        )],
    );
}

#[test]
fn missing_keys_are_named() {
    assert_refused(
        "sso/acme-saml.toml",
        &[
            ("console_path = \"Apps > New\"\n", "", "schema_version (line 1): missing field `console_path`"),
            ("their_label = \"Reply address\"\n", "", "we_give (line 18): missing field `their_label`"),
            ("validity = \"1 year\"\n", "", "renewal (line 67): missing field `validity`"),
        ],
    );
}

#[test]
fn wrong_fields_are_refused() {
    assert_refused(
        "sso/acme-saml.toml",
        &[
            ("key = \"acs_url\"", "key = \"acs\"", "we_give.key (line 19): unknown variant `acs`…"),
            (
                "key = \"idp_metadata_url\"",
                "key = \"metadata\"",
                "we_need.key (line 25): unknown variant `metadata`…",
            ),
            ("group = \"idp_metadata\"", "group = \"other\"", "we_need.group (line 29): unknown variant…"),
            (
                "^https://[^/]+/metadata$",
                "(?=x)",
                "we_need.idp_metadata_url.pattern: pattern does not compile: …",
            ),
            (
                "\"https://acme.com/metadata\"",
                "\"https://acme.com/\"",
                "we_need.idp_metadata_url.example: does not match the pattern `^https://[^/]+/metadata$`",
            ),
            (
                "example = \"https://acme.com/metadata\"\n",
                "",
                "we_need.idp_metadata_url.example: a pattern needs an example",
            ),
            (
                "kind = \"metadata_url\"",
                "kind = \"text\"",
                "we_need.idp_metadata_url.kind: must be MetadataUrl",
            ),
            (
                "[nameid]",
                "[[we_give]]\nkey = \"acs_url\"\nour_label = \"x\"\ntheir_label = \"Reply address\"\n\
                 required = true\n[nameid]",
                "we_give.acs_url: appears twice for `Reply address`",
            ),
            ("key = \"email\"", "key = \"mail\"", "attribute_map.key (line 46): unknown variant `mail`…"),
            (
                "[[steps]]\ntitle = \"Add the app\"",
                "[[attribute_map]]\nkey = \"email\"\nsend_as = \"m\"\nsource = \"m\"\nrequired = false\n\
                 [[steps]]\ntitle = \"Add the app\"",
                "attribute_map.email: appears twice",
            ),
            (
                "[renewal]",
                "[[quirks]]\nid = \"none\"\nseverity = \"info\"\ntext = \"x\"\n[renewal]",
                "quirks.none: appears twice",
            ),
            (
                "severity = \"info\"",
                "severity = \"bad\"",
                "quirks.severity (line 64): unknown variant `bad`…",
            ),
        ],
    );
    assert_refused(
        "sso/acme-oidc.toml",
        &[
            ("kind = \"secret\"", "kind = \"text\"", "we_need.client_secret.kind: must be Secret"),
            (
                "fixed_value = \"https://acme.com\"",
                "fixed_value = \"x\"\npattern = \"^y$\"\nexample = \"y\"",
                "we_need.issuer.fixed_value: does not match the pattern `^y$`",
            ),
            (
                "kind = \"text\"",
                "kind = \"select\"",
                "we_need.client_id.options: a select has options, and nothing else has",
            ),
            (
                "kind = \"text\"",
                "kind = \"text\"\noptions = [\"a\"]",
                "we_need.client_id.options: a select has options, and nothing else has",
            ),
            (
                "kind = \"text\"",
                "kind = \"select\"\noptions = [\"a\"]\ndefault = \"b\"",
                "we_need.client_id.default: `b` is not among the options",
            ),
            (
                "kind = \"text\"",
                "kind = \"text\"\ndefault = \"b\"",
                "we_need.client_id.default: `b` is not among the options",
            ),
            (
                "kind = \"text\"",
                "kind = \"text\"\npreferred = true",
                "we_need.client_id.preferred: only a member of the group idp_metadata is preferred",
            ),
            ("key = \"client_secret\"", "key = \"client_id\"", "we_need.client_id: appears twice"),
        ],
    );
}

#[test]
fn a_protocol_has_its_fields_and_no_others() {
    assert_refused(
        "sso/acme-saml.toml",
        &[
            (
                "preferred = true",
                "preferred = false",
                "we_need.preferred: exactly one member of idp_metadata is preferred, not 0",
            ),
            (
                "[nameid]",
                "[[we_need]]\nkey = \"idp_metadata_xml\"\nlabel = \"x\"\nkind = \"metadata_xml\"\nrequired = false\n\
                 group = \"idp_metadata\"\npreferred = true\n[nameid]",
                "we_need.preferred: exactly one member of idp_metadata is preferred, not 2",
            ),
            (
                "[nameid]",
                "[[we_need]]\nkey = \"idp_entity_id\"\nlabel = \"x\"\nkind = \"text\"\nrequired = true\n\
                 group = \"idp_metadata\"\n[nameid]",
                "we_need.idp_entity_id.group: only metadata belongs to the group idp_metadata",
            ),
            (
                "[nameid]",
                "[[we_need]]\nkey = \"idp_entity_id\"\nlabel = \"x\"\nkind = \"text\"\nrequired = true\n\
                 group = \"manual\"\n[nameid]",
                "we_need.group: the group manual holds idp_entity_id, idp_sso_url and idp_certificate, all three",
            ),
            (
                "group = \"idp_metadata\"\npreferred = true\n",
                "",
                "we_need: a SAML provider needs the group idp_metadata or the group manual",
            ),
            (
                "checked_on_live_console = false",
                "checked_on_live_console = false\nscopes = [\"openid\"]",
                "scopes: SAML has none",
            ),
            (
                "[signing]\ndefault = \"Assertion\"\nrequire_from_us = \"Accept either\"\n",
                "",
                "signing: a SAML provider needs this table",
            ),
            (
                "[nameid]\ntheir_label = \"Subject\"\nrecommended = \"Email\"\n\
                 format_uri = \"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\"\n\
                 source = \"mail\"\ndefault = \"uid\"\n",
                "",
                "nameid: a SAML provider needs this table",
            ),
        ],
    );
    assert_refused(
        "sso/acme-oidc.toml",
        &[
            ("scopes = [\"openid\", \"email\"]", "scopes = [\"email\"]", "scopes: must hold `openid`"),
            (
                "key = \"issuer\"",
                "key = \"tenant_id\"",
                "we_need: an OpenID Connect provider needs a required `issuer`",
            ),
            (
                "kind = \"text\"\nrequired = true",
                "kind = \"text\"\nrequired = false",
                "we_need: an OpenID Connect provider needs a required `client_id`",
            ),
            (
                "kind = \"secret\"\nrequired = true",
                "kind = \"secret\"\nrequired = false",
                "we_need: an OpenID Connect provider needs a required `client_secret`, or is given \
                 `client_public_certificate`",
            ),
            (
                "[[attribute_map]]",
                "[[we_need]]\nkey = \"idp_metadata_xml\"\nlabel = \"x\"\nkind = \"metadata_xml\"\nrequired = false\n\
                 group = \"idp_metadata\"\n[[attribute_map]]",
                "we_need.group: OpenID Connect has no idp_metadata",
            ),
            (
                "[renewal]",
                "[signing]\ndefault = \"x\"\nrequire_from_us = \"x\"\n[renewal]",
                "signing: OpenID Connect has none",
            ),
            (
                "[renewal]",
                "[nameid]\ntheir_label = \"x\"\nrecommended = \"x\"\nformat_uri = \"x\"\nsource = \"x\"\n\
                 default = \"x\"\n[renewal]",
                "nameid: OpenID Connect has none",
            ),
        ],
    );
}

#[test]
fn steps_that_name_unknown_things_are_refused() {
    assert_refused(
        "sso/acme-saml.toml",
        &[
            (
                "copy = [\"app_name\"]",
                "copy = [\"sp_entity_id\"]",
                "steps[0].copy: `sp_entity_id` is not in we_give",
            ),
            (
                "value_ref = \"acs_url\"",
                "value_ref = \"redirect_uri\"",
                "steps[0].enter: `redirect_uri` is not in we_give",
            ),
            (
                "value_ref = \"acs_url\"",
                "literal = \"x\", value_ref = \"acs_url\"",
                "steps.enter (line 55): a row of `enter` has either `value_ref` or `literal`",
            ),
            (
                ", value_ref = \"acs_url\"",
                "",
                "steps.enter (line 55): a row of `enter` has either `value_ref` or `literal`",
            ),
            (
                "value_ref = \"acs_url\"",
                "value_ref = \"acs_url\", control = \"slider\"",
                "steps.enter (line 55): unknown variant `slider`…",
            ),
            ("body = \"Press **Add**.\"", "body = \"\"", "steps.body (line 53): must not be empty"),
            (
                "collect = [\"idp_metadata_url\"]",
                "collect = [\"issuer\"]",
                "steps[1].collect: `issuer` is not in we_need",
            ),
            (
                "collect = [\"idp_metadata_url\"]",
                "collect = [\"idp_metadata_url\", \"idp_metadata_url\"]",
                "steps[1].collect: `idp_metadata_url` is collected twice",
            ),
            ("collect = [\"idp_metadata_url\"]\n", "", "steps.collect: no step asks for a required field"),
        ],
    );
    assert_refused(
        "sso/acme-oidc.toml",
        &[
            (
                "collect = [\"client_id\"]",
                "collect = [\"client_id\", \"issuer\"]",
                "steps[0].collect: `issuer` has a fixed value and is never asked for",
            ),
            ("collect = [\"client_id\"]\n", "", "steps.collect: no step asks for a required field"),
        ],
    );
}

#[test]
fn connection_types_have_one_right_row_for_each_provider() {
    for (types, expected) in [
        ("acme-saml = \"GenericSAML\"\n", "acme-oidc: the provider has no row"),
        (
            "acme-saml = \"GenericSAML\"\nacme-oidc = \"OktaSAML\"\n",
            "acme-oidc: `OktaSAML` is not a connection type for OpenID Connect",
        ),
        (
            "acme-saml = \"genericsaml\"\nacme-oidc = \"GenericOIDC\"\n",
            "acme-saml: `genericsaml` is not a connection type for SAML",
        ),
        (
            "acme-saml = \"GenericSAML\"\nacme-oidc = \"GenericOIDC\"\ngone-saml = \"GenericSAML\"\n",
            "gone-saml: there is no such provider",
        ),
        ("acme-saml = 1\n", "acme-saml (line 1): invalid type: integer `1`, expected a string"),
    ] {
        let error = parse(SAML, OIDC, types).map(|_| ()).expect_err(expected);
        assert_eq!(error, format!("connection-types.toml: {expected}"));
    }
}

#[test]
fn two_files_for_one_product_and_protocol_are_refused() {
    let twin = OIDC.replace("acme-oidc", "acme2-oidc").replace("priority = 1", "priority = 3");
    let files = [("sso/acme-oidc.toml", OIDC), ("sso/acme2-oidc.toml", twin.as_str())];
    let types = "acme-oidc = \"GenericOIDC\"\nacme2-oidc = \"GenericOIDC\"\n";
    let error = Catalog::parse(files, types).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sso/acme2-oidc.toml: name: `Acme ID (OpenID Connect)` has another file for the same protocol"
    );
    assert_eq!((error.file(), error.key()), ("sso/acme2-oidc.toml", "name"));
}

#[test]
fn a_catalogue_without_files_is_refused() {
    let error = Catalog::parse([], "").map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "sso/: (folder): holds no provider files");
}
