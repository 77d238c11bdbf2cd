//! How many responses one core judges in a second: `cargo run --release -p vestibule-saml --example
//! verify_rate`.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]
#![expect(clippy::unwrap_used, reason = "what an example cannot prepare has failed it")]

use std::path::Path;
use std::time::{Duration, Instant};

use time::macros::datetime;
use vestibule_application::ports::saml::Saml;
use vestibule_application::ports::saml_sign_in::{SamlAllowances, SamlExpectation, SamlSignIn};
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_saml::SamlAdapter;

/// How long is counted.
const COUNTED: Duration = Duration::from_secs(3);

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/responses");
    let read = |path: &str| std::fs::read_to_string(data.join(path)).unwrap();
    let adapter = SamlAdapter::new();
    let certificate = adapter.read_certificate(read("certs/73b78dc4b9b09ce5.pem").as_bytes()).unwrap();
    let posted = read("auth0-passport-wsfed-saml2/encoded.samlresponse-encoded-xml.b64");
    let expectation = SamlExpectation {
        idp_entity_id: "http://adfs.my.local/adfs/services/trust",
        certificates: &[&certificate],
        sp_entity_id: "urn:auth0:pse-addons:my-adfs-saml",
        acs_url: "https://pse-addons.auth0.com/login/callback?connection=my-adfs-saml",
        in_response_to: Some("_0586ada040dc7fb4e1ff"),
        now: datetime!(2018-01-23 18:57:20 UTC),
        skew: CLOCK_SKEW,
        decryption_keys: &[],
        allowances: SamlAllowances::default(),
    };

    let xml = adapter.decode(&posted).unwrap();
    println!("a response of {} bytes, RSA with 2048 bits, SHA-256", xml.len());
    let opened = rate(|| adapter.open(&adapter.decode(&posted).unwrap()).is_ok());
    println!("decoded and opened: {opened:.0}/s");
    let judged = rate(|| adapter.open(&xml).unwrap().judge(&expectation).outcome.is_ok());
    println!("opened and judged: {judged:.0}/s");
}

fn rate(mut works: impl FnMut() -> bool) -> f64 {
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < COUNTED {
        assert!(works(), "the response is refused");
        count += 1;
    }
    f64::from(count) / begun.elapsed().as_secs_f64()
}
