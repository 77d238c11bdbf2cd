//! Key sets and signatures that others made, each with its own result.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn data(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// How many keys of each document can verify id tokens.
#[test]
fn of_a_set_with_an_unusable_key_the_others_stay_usable() {
    for (name, usable) in [
        ("JsonWebKeySet.json", 2),
        // The certificate of one key is no base64.
        ("JsonWebKeySetBadBase64Data.json", 1),
        ("JsonWebKeySetEnd2End.json", 2),
        // P-521 is no curve of ours.
        ("JsonWebKeySetEnd2EndEC.json", 2),
        ("JsonWebKeySetUnrecognizedKty.json", 1),
        ("JwkSet-Keycloak.json", 1),
        ("JwkSet-LegacyUaa.json", 1),
        ("JwkSet-Microsoft.json", 3),
        ("auth0.jwks-single-no-kid.json", 1),
        ("auth0.jwks.json", 2),
        ("nov.jwks.json", 1),
    ] {
        let set = KeySet::parse(&data(&format!("jwks/{name}"))).unwrap();
        assert_eq!(set.keys.len(), usable, "{name}");
    }
    // All RSA keys of the one lack a number; the other has a key of no type.
    for name in ["JsonWebKeySetBadRsaDataMissingComponent.json", "auth0.invalid-jwks.json"] {
        let refused = KeySet::parse(&data(&format!("jwks/{name}")));
        assert_eq!(refused.unwrap_err(), KeySetError::NoneUsable, "{name}");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    public: Option<Value>,
    private: Value,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    tc_id: u32,
    comment: String,
    jws: Value,
    result: String,
}

/// Valid for those who take HS256 or P-521, which nothing here does.
fn is_outside_the_profile(key: &Value) -> bool {
    key["kty"] == "oct" || key["crv"] == "P-521"
}

/// The vectors' key says PS256 and their token PS384; whoever holds the key to its word refuses.
const KEY_OF_ANOTHER_ALGORITHM: [u32; 2] = [346, 350];

#[test]
fn wycheproofs_signatures_have_their_results() {
    let vectors: Vectors = serde_json::from_slice(&data("wycheproof/json_web_signature_test.json")).unwrap();
    let (mut seen, mut genuine) = (0, 0);
    for group in &vectors.test_groups {
        let key = group.public.as_ref().unwrap_or(&group.private);
        let set = set_of(key);
        for vector in &group.tests {
            seen += 1;
            let is_genuine = match (&set, vector.jws.as_str()) {
                (Ok(set), Some(jws)) => is_genuine(set, jws),
                _ => false,
            };
            let expected = vector.result == "valid"
                && !is_outside_the_profile(key)
                && !KEY_OF_ANOTHER_ALGORITHM.contains(&vector.tc_id);
            assert_eq!(is_genuine, expected, "{} {}", vector.tc_id, vector.comment);
            genuine += usize::from(is_genuine);
        }
    }
    assert_eq!(seen, vectors.number_of_tests);
    assert!(genuine > 25, "{genuine}");
}

fn set_of(key: &Value) -> Result<KeySet, KeySetError> {
    KeySet::parse(json!({ "keys": [key] }).to_string().as_bytes())
}

fn usable(key: &Value) -> usize {
    set_of(key).map_or(0, |set| set.keys.len())
}

/// As an id token is judged, for a provider of all algorithms.
fn is_genuine(set: &KeySet, jws: &str) -> bool {
    let Ok(token) = Jws::parse(jws, 1_000_000) else { return false };
    let Some(algorithm) = IdTokenAlgorithm::parse(&token.header.alg) else { return false };
    set.judge(&token, algorithm) == Verdict::Genuine
}

#[test]
fn a_key_serves_what_it_says_it_serves() {
    let rsa = json!({ "kty": "RSA", "n": URL.encode([0xc3; 256]), "e": "AQAB" });
    let with = |member: &str, value: Value| {
        let mut key = rsa.clone();
        key[member] = value;
        set_of(&key).map_or(0, |set| set.keys[0].serves.len())
    };
    assert_eq!(with("kid", json!("1")), 6);
    assert_eq!(with("alg", json!("PS384")), 1);
    assert_eq!(with("use", json!("sig")), 6);
    assert_eq!(with("key_ops", json!(["verify"])), 6);
    assert_eq!(with("key_ops", json!(["encrypt", "verify"])), 6);
    for (member, value) in [
        ("use", json!("enc")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("none")),
        ("alg", json!(7)),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!("verify")),
        ("kid", json!(7)),
        ("kty", json!("oct")),
        ("kty", json!("rsa")),
        // The private key stands beside it for everybody to read.
        ("d", json!("AQAB")),
        ("e", json!("")),
        ("e", json!("AAAA")),
        ("n", json!("AQAB")),
    ] {
        assert_eq!(with(member, value.clone()), 0, "{member} {value}");
    }
}

#[test]
fn rsa_keys_have_2048_to_8192_bits() {
    for (bytes, expected) in [(255, 0), (256, 1), (1024, 1), (1025, 0)] {
        // A zero in front is the sign that DER and Java write.
        let modulus = [vec![0], vec![0xc3; bytes]].concat();
        let key = json!({ "kty": "RSA", "n": URL.encode(modulus), "e": "AQAB" });
        assert_eq!(usable(&key), expected, "{bytes}");
    }
}

#[test]
fn a_set_has_limits() {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL.encode([1; 32]) });
    let set = |n: usize| json!({ "keys": vec![key.clone(); n] }).to_string().into_bytes();
    assert_eq!(KeySet::parse(&set(KEYS_MAX)).unwrap().keys.len(), KEYS_MAX);
    assert_eq!(KeySet::parse(&set(KEYS_MAX + 1)).unwrap_err(), KeySetError::TooMany);

    let sized = |n: usize| {
        let mut document = set(1);
        document.resize(n, b' ');
        KeySet::parse(&document)
    };
    assert!(sized(KEY_SET_BYTES_MAX).is_ok());
    assert_eq!(sized(KEY_SET_BYTES_MAX + 1).unwrap_err(), KeySetError::TooLarge);
}

const URL: base64::engine::GeneralPurpose = base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// JSON of all shapes under names that keys have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[A-Za-z0-9_+/=-]{0,50}".prop_map(Value::from),
        prop_oneof![
            Just("RSA"),
            Just("EC"),
            Just("OKP"),
            Just("P-256"),
            Just("Ed25519"),
            Just("sig"),
            Just("verify")
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let name = prop_oneof![
            Just("keys"),
            Just("kty"),
            Just("crv"),
            Just("n"),
            Just("e"),
            Just("x"),
            Just("y"),
            Just("kid"),
            Just("use"),
            Just("alg"),
            Just("key_ops"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..8).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_document_holds_reading_it_comes_to_an_end(keys in any_json(), noise in any::<Vec<u8>>()) {
        let _ = KeySet::parse(&noise);
        let _ = KeySet::parse(keys.to_string().as_bytes());
        // A key of any shape verifies nothing that it did not sign.
        if let Ok(set) = set_of(&keys) {
            prop_assert!(!is_genuine(&set, "eyJhbGciOiJSUzI1NiJ9.Zm9v.Zm9v"));
            prop_assert!(!is_genuine(&set, "eyJhbGciOiJFUzI1NiJ9.Zm9v.Zm9v"));
        }
    }

    #[test]
    fn whatever_a_token_is_made_of_it_is_not_genuine(
        token in prop_oneof![".{0,200}", "[A-Za-z0-9_.-]{0,200}", r"eyJhbGciOiJSUzI1NiJ9\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,400}"],
    ) {
        let set = KeySet::parse(&data("jwks/JwkSet-Microsoft.json")).unwrap();
        prop_assert!(!is_genuine(&set, &token));
    }
}

#[test]
fn keys_with_anything_wrong_in_them_verify_nothing_that_they_did_not_sign() {
    let names =
        ["JsonWebKeySetEnd2End", "JsonWebKeySetEnd2EndEC", "JwkSet-Keycloak", "JwkSet-Microsoft", "nov.jwks"];
    let documents = names.map(|name| data(&format!("jwks/{name}.json"))).into();
    let tokens =
        &["{", "}", "[", "]", ",", "\"", "null", "\"kty\":\"oct\",", "\"k\":\"Zm9v\",", "\"e\":\"AQ\","];
    vestibule_fuzz::check("key-set", 1_000, &vestibule_fuzz::mutants(documents, tokens), |mutant| {
        if let Ok(set) = KeySet::parse(&mutant.bytes) {
            for head in [
                "eyJhbGciOiJSUzI1NiJ9",
                "eyJhbGciOiJFUzI1NiJ9",
                "eyJhbGciOiJIUzI1NiJ9",
                "eyJhbGciOiJub25lIn0",
            ] {
                for token in [format!("{head}.Zm9v.Zm9v"), format!("{head}.Zm9v.")] {
                    prop_assert!(!is_genuine(&set, &token));
                }
            }
        }
        Ok(())
    });
}
