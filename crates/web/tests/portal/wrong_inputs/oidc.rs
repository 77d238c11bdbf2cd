//! What people bring for an OpenID Connect provider.

use vestibule_application::ports::outbound::OutboundError;

use super::Wanted::{Cautioned, Forgotten, Refused, Understood};
use super::{Case, Wanted, case};
use crate::world::{data, text};

const OKTA: &str = "https://dev-265911.oktapreview.com/oauth2/default";
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

fn registration(provider: &'static str, what: &'static str, issuer: &str, wanted: Wanted) -> Case {
    case(provider, what, wanted)
        .typed("issuer", issuer)
        .typed("client_id", "0oa1bcd2efGhIjKlM3n4")
        .typed("client_secret", "hush-hush")
}

fn okta(what: &'static str, issuer: &str, wanted: Wanted) -> Case {
    registration("okta-oidc", what, issuer, wanted)
        .at(&format!("{OKTA}{WELL_KNOWN}"), Ok(&data("okta-discovery.json")))
}

/// An address that answers with something else.
fn answering(what: &'static str, answer: &str, says: &'static str) -> Case {
    let issuer = "https://id.acme.example";
    let at = format!("{issuer}{WELL_KNOWN}");
    registration("generic-oidc", what, issuer, Refused("issuer", says)).at(&at, Ok(answer.as_bytes()))
}

pub(super) fn cases() -> Vec<Case> {
    let document = text("okta-discovery.json");
    let tenant = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555556/v2.0";
    let entra = document.replace(&format!("{OKTA}\""), &format!("{tenant}\""));
    let common = "https://login.microsoftonline.com/common/v2.0";
    let template =
        document.replace(&format!("{OKTA}\""), "https://login.microsoftonline.com/{tenantid}/v2.0\"");
    let endpoint = format!("{OKTA}/v1/authorize");
    let missing = || Err(OutboundError::Status { status: 404 });
    vec![
        okta("the issuer", OKTA, Understood(OKTA)),
        okta("the discovery address", &format!("{OKTA}{WELL_KNOWN}"), Understood(OKTA)),
        okta(
            "the issuer with a slash, spaces and quotes",
            &format!(" \u{201c}{OKTA}/\u{201d}\n"),
            Understood(OKTA),
        ),
        okta("the discovery document itself", &document, Understood(OKTA)),
        okta(
            "the admin console’s address",
            "https://dev-265911-admin.oktapreview.com",
            Refused("issuer", "https://dev-265911.oktapreview.com"),
        ),
        okta("an endpoint", &endpoint, Refused("issuer", "one of the provider’s endpoints"))
            .at(&format!("{endpoint}{WELL_KNOWN}"), missing()),
        okta(
            "our own redirect URI",
            "https://sso.acme.example/sso/oidc/callback",
            Refused("issuer", "our own values"),
        ),
        okta("a placeholder", "https://{yourOktaDomain}", Refused("issuer", "{yourOktaDomain}")),
        okta("the example beside the field", "https://acme.okta.com", Refused("issuer", "made-up example")),
        okta("an address with http", "http://id.acme.example", Refused("issuer", "begin with https")).at(
            &format!("http://id.acme.example{WELL_KNOWN}"),
            Err(OutboundError::Scheme { url: String::new() }),
        ),
        okta("nothing at that address", "https://id2.acme.example", Refused("issuer", "status 404"))
            .at(&format!("https://id2.acme.example{WELL_KNOWN}"), missing()),
        registration(
            "generic-oidc",
            "another issuer than the address says",
            "https://id3.acme.example",
            Refused("issuer", "calls itself"),
        )
        .at(&format!("https://id3.acme.example{WELL_KNOWN}"), Ok(document.as_bytes())),
        answering("an address that shows a sign-in page", "<!DOCTYPE html><html>", "web page"),
        answering("SAML metadata", &text("okta.xml"), "This is SAML metadata"),
        answering("a key set", r#"{"keys":[]}"#, "key set"),
        answering("an address that answers with nothing", "", "nothing at all"),
        answering(
            "a document without token endpoint",
            &document
                .replace("\"token_endpoint\"", "\"x\"")
                .replace(&format!("{OKTA}\""), "https://id.acme.example\""),
            "lacks “token_endpoint”",
        ),
        registration(
            "entra-id-oidc",
            "the address for all tenants",
            common,
            Refused("issuer", "all tenants"),
        )
        .at(&format!("{common}{WELL_KNOWN}"), Ok(template.as_bytes())),
        registration(
            "entra-id-oidc",
            "the ID of the secret",
            tenant,
            Refused("client_secret", "the ID of the secret"),
        )
        .at(&format!("{tenant}{WELL_KNOWN}"), Ok(entra.as_bytes()))
        .typed("client_secret", "0f0f0f0f-1111-2222-3333-444444444444"),
        registration(
            "generic-oidc",
            "a private key as client secret",
            OKTA,
            Forgotten("client_secret", "private key"),
        )
        .typed("client_secret", "-----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY-----"),
        okta("a client ID with its label", OKTA, Refused("client_id", "Copy the value alone"))
            .typed("client_id", "Client ID 0oa1"),
        case(
            "google-oidc",
            "the secret in the field of the client ID",
            Forgotten("client_id", "client secret"),
        )
        .typed("client_id", "GOCSPX-abcdefgh")
        .typed("client_secret", "GOCSPX-zyxwvuts"),
        registration(
            "auth0-oidc",
            "data of another provider than was picked",
            OKTA,
            Cautioned("This looks like Okta"),
        )
        .at(&format!("{OKTA}{WELL_KNOWN}"), Ok(document.as_bytes())),
    ]
}
