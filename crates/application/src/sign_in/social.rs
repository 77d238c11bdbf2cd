//! Public providers: off to Google or Microsoft by the environment's registration there, and back.

use std::sync::Arc;

use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient, OidcProvider, OidcSettings, TokenAuthMethod};
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::authorization::Authorization;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::Failure;
use vestibule_domain::sso::mapping;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::url::{HttpsUrl, Issuer, UrlError};

use super::arrival::{Conclusion, Vouched, too_late};
use super::departure::seen_from;
use super::{Browser, Departure, DepartureError, Landing, OidcAnswer, SignIns, Wishes};
use crate::ambient::SecretOf;
use crate::ports::oidc_sign_in::{IssuerRule, Login};
use crate::ports::store::{SocialArrival, Store, StoreError};
use crate::usecases::finish_sign_in::{SignedIn, Written};

/// Where a public provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicProvider {
    /// Its endpoints.
    pub oidc: OidcProvider,
    /// The template of its issuers, where each tenant has its own.
    pub tenant_issuer: Option<String>,
}

/// Where the public providers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicProviders {
    /// Google.
    pub google: PublicProvider,
    /// Microsoft.
    pub microsoft: PublicProvider,
}

impl PublicProviders {
    /// As the providers publish it. It is not read from them: nobody waits for a document at the
    /// first sign-in, and nobody else says where the client secret is sent.
    ///
    /// Sources: <https://accounts.google.com/.well-known/openid-configuration> and
    /// <https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration>.
    ///
    /// # Errors
    /// Never: the addresses are constants, and a test reads them.
    pub fn published() -> Result<Self, UrlError> {
        Ok(Self {
            google: PublicProvider {
                oidc: provider(
                    "https://accounts.google.com",
                    "https://accounts.google.com/o/oauth2/v2/auth",
                    "https://oauth2.googleapis.com/token",
                    "https://www.googleapis.com/oauth2/v3/certs",
                )?,
                tenant_issuer: None,
            },
            microsoft: PublicProvider {
                oidc: provider(
                    "https://login.microsoftonline.com/common/v2.0",
                    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
                    "https://login.microsoftonline.com/common/discovery/v2.0/keys",
                )?,
                tenant_issuer: Some("https://login.microsoftonline.com/{tenantid}/v2.0".to_owned()),
            },
        })
    }

    fn of(&self, provider: SocialProvider) -> &PublicProvider {
        match provider {
            SocialProvider::Google => &self.google,
            SocialProvider::Microsoft => &self.microsoft,
        }
    }

    /// An environment's registration, as any other at an OpenID Connect provider.
    fn settings(&self, connection: &SocialConnection) -> OidcSettings {
        let client = OidcClient {
            provider: self.of(connection.provider).oidc.clone(),
            discovery_url: None,
            client_id: connection.client.id.clone(),
            client_secret: Some(connection.client.secret.clone()),
            token_auth_method: TokenAuthMethod::ClientSecretPost,
            id_token_algorithm: None,
            pkce: true,
            // What a profile needs is in the id token, which is signed.
            fetch_user_info: false,
            redirect_uri: None,
        };
        OidcSettings { client: Some(client), signing_key: None, test_key: None }
    }

    fn issuer_rule(&self, provider: SocialProvider) -> IssuerRule<'_> {
        match &self.of(provider).tenant_issuer {
            None => IssuerRule::Exact,
            Some(template) => IssuerRule::AnyTenant { template },
        }
    }
}

fn provider(issuer: &str, authorization: &str, token: &str, jwks: &str) -> Result<OidcProvider, UrlError> {
    Ok(OidcProvider {
        issuer: Issuer::parse(issuer)?,
        authorization_endpoint: HttpsUrl::parse(authorization)?,
        token_endpoint: HttpsUrl::parse(token)?,
        userinfo_endpoint: None,
        jwks_uri: HttpsUrl::parse(jwks)?,
        end_session_endpoint: None,
        token_auth_methods: vec![TokenAuthMethod::ClientSecretPost],
        id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
        supports_pkce_s256: true,
        sends_iss: false,
    })
}

impl SignIns {
    /// Prepares an attempt with a public provider. Nothing is written down yet.
    pub fn depart_socially(
        &self,
        connection: &SocialConnection,
        authorization: Authorization,
        wishes: &Wishes,
        browser: Browser,
    ) -> Result<Departure, DepartureError> {
        let now = self.ambient.now();
        let session = SsoSession {
            authorization: Some(authorization),
            ..SsoSession::begun_socially(self.ambient.id(now), connection, now)
        };
        let session = seen_from(session, browser);
        let mut wishes = wishes.clone();
        if connection.provider == SocialProvider::Google {
            // Google's name for the domain by which it shows one organization's accounts alone.
            // Source: https://developers.google.com/identity/openid-connect/openid-connect, "hd".
            wishes.parameters.extend(wishes.domain_hint.take().map(|domain| ("hd".to_owned(), domain)));
            // It refuses `prompt=login`; to choose an account anew is the most that it offers.
            if std::mem::take(&mut wishes.login) == Login::Again {
                wishes.parameters.push(("prompt".to_owned(), "select_account".to_owned()));
            }
        }
        let settings = self.public_providers.settings(connection);
        self.by_oidc(connection.provider.connection_type(), &settings, session, &wishes, now)
    }

    /// Takes the answer of a public provider. None if it belongs to no attempt.
    pub(super) async fn arrive_socially(
        &self,
        store: &dyn Store,
        answer: OidcAnswer,
    ) -> Result<Option<Landing>, StoreError> {
        let now = self.ambient.now();
        let Some(arrival) = store.queries().social_arrival(answer.session).await? else { return Ok(None) };
        let SocialArrival { attempt: mut session, connection, listened } = arrival;
        if let Err(closed) = session.open(now) {
            return Ok(Some(too_late(&session, closed)));
        }
        let provider = connection.provider;
        let settings = self.public_providers.settings(&connection);
        let rule = self.public_providers.issuer_rule(provider);
        let judged = self.judge_oidc(&*self.oidc, &settings, rule, &session, &answer, now).await;
        session.record.messages.extend(judged.messages);
        session.record.checks = judged.checks;
        let outcome = judged.outcome.and_then(|vouched| self.accepted(provider, &mut session, vouched));
        let connection_type: ConnectionType = provider.connection_type();
        let written = Written::Yes;
        let conclusion =
            Conclusion { session, written, outcome, connection_type, listened, has_metadata_url: false };
        self.conclude(store, conclusion).await.map(Some)
    }

    /// The person, if their address is proven; what the app gets besides is sealed.
    fn accepted(
        &self,
        provider: SocialProvider,
        session: &mut SsoSession,
        vouched: Vouched,
    ) -> Result<SignedIn, Failure> {
        let asserted = Arc::new(vouched.asserted);
        session.record.asserted = Some(asserted.clone());
        // Whoever has proven an address may sign in: no organization says otherwise.
        let unlimited = Check::skipped(CheckName::Domain);
        if let Err((check, failure)) = provider.proven(&asserted) {
            session.record.checks.extend([check, unlimited]);
            return Err(failure);
        }
        let (check, person) = mapping::person(asserted, &provider.attribute_map());
        session.record.checks.extend([check, unlimited]);
        let person = Arc::new(person?);
        session.record.person = Some(person.clone());
        let seal = |bytes: Vec<u8>| self.ambient.seal(SecretOf::ProviderTokens(session.id), &bytes);
        let handed_on = vouched.tokens.map(|tokens| seal(tokens.to_bytes()));
        Ok(SignedIn { person, assertion: None, handed_on })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::oidc_sign_in::TENANT_PLACE;

    #[test]
    fn the_published_addresses_can_be_read() {
        let published = PublicProviders::published().unwrap();
        assert_eq!(published.issuer_rule(SocialProvider::Google), IssuerRule::Exact);
        let template = published.microsoft.tenant_issuer.as_deref().unwrap();
        assert!(template.contains(TENANT_PLACE), "{template}");
    }
}
