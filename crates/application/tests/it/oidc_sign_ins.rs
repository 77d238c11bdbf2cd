//! What an OpenID Connect provider is asked, and by what we prove who we are.
//!
//! The provider's part is scripted at the port, and is tested in the adapter on real tokens.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vestibule_application::ports::oidc_sign_in::{
    ClientCredential, OidcExchange, OidcExchangeOrder, OidcJudgement, OidcRequest, OidcRequestOrder,
    OidcSignIn,
};
use vestibule_application::ports::saml_sign_in::{
    OpenedResponse, SamlRequest, SamlRequestError, SamlRequestOrder, SamlSignIn, SamlUnreadable,
};
use vestibule_application::sign_in::{Browser, Landing, OidcAnswer, PublicProviders, Route, SignIns, Wishes};
use vestibule_application::usecases::add_sp_key::NewKeyPair;
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreatedConnection, NewOidcOptions, NewOptions,
};
use vestibule_application::usecases::review_candidate::OidcRegistration;
use vestibule_application::usecases::start_sign_in::{StartSignIn, StartSignInCommand};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::secret::SecretText;
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::session::Origin;
use vestibule_domain::url::Issuer;

use crate::world::{World, certificate, https};

const REDIRECT_URI: &str = "https://old.vendor.example/callback";

/// Notes what it is given, and lets Ada in.
#[derive(Default)]
struct Noting {
    parameters: Mutex<Vec<(String, String)>>,
    finished: Mutex<Vec<String>>,
}

#[async_trait]
impl OidcSignIn for Noting {
    fn begin(&self, order: &OidcRequestOrder<'_>) -> OidcRequest {
        assert_eq!(order.redirect_uri, REDIRECT_URI);
        *self.parameters.lock().unwrap() = order.parameters.to_vec();
        OidcRequest {
            url: format!("https://idp.example/authorize?state={}", order.state),
            exchange: OidcExchange::new(order.nonce, Some(order.verifier)),
            logged: String::new(),
        }
    }

    async fn finish(&self, order: &OidcExchangeOrder<'_>) -> OidcJudgement {
        let credential = match order.credential {
            ClientCredential::Secret(secret) => secret.to_owned(),
            ClientCredential::Key { pkcs8, certificate } => format!("{pkcs8:?} {:?}", certificate.der),
            ClientCredential::None => "nothing".to_owned(),
        };
        let code = order.callback.code.unwrap_or_default();
        assert!(order.exchange.verifier().is_some() && order.redirect_uri == REDIRECT_URI);
        self.finished.lock().unwrap().push(format!("{code} {credential}"));
        let email = AssertedAttribute {
            name: "email".into(),
            friendly_name: None,
            values: vec!["ada@acme.example".into()],
        };
        let asserted = Asserted {
            subject: "u-1".into(),
            subject_format: None,
            session_index: None,
            attributes: vec![email],
        };
        let tokens = ProviderTokens::new("secret".into(), None, None, Vec::new()).ok();
        OidcJudgement { checks: Vec::new(), outcome: Ok(asserted), messages: Vec::new(), tokens }
    }
}

struct NoSaml;

impl SamlSignIn for NoSaml {
    fn request(&self, _: &SamlRequestOrder<'_>) -> Result<SamlRequest, SamlRequestError> {
        unreachable!("no connection here speaks it")
    }

    fn decode(&self, _: &str) -> Result<String, SamlUnreadable> {
        unreachable!("no connection here speaks it")
    }

    fn open<'x>(&self, _: &'x str) -> Result<Box<dyn OpenedResponse + 'x>, SamlUnreadable> {
        unreachable!("no connection here speaks it")
    }
}

fn sign_ins(world: &World, oidc: Arc<Noting>) -> SignIns {
    let public_providers = Arc::new(PublicProviders::published().unwrap());
    let (ambient, test_oidc) = (world.ambient.clone(), oidc.clone());
    SignIns { ambient, saml: Arc::new(NoSaml), oidc, test_oidc, public_providers }
}

struct Stage {
    world: World,
    connection: Connection,
    provider: Arc<Noting>,
    sign_ins: SignIns,
}

impl Stage {
    async fn set(connection_type: ConnectionType, token_auth_method: TokenAuthMethod) -> Self {
        let world = World::new().await;
        world.with_verified_domain().await;
        let by_key = token_auth_method == TokenAuthMethod::PrivateKeyJwt;
        let registration = OidcRegistration {
            provider: OidcProvider {
                issuer: Issuer::parse("https://idp.example").unwrap(),
                authorization_endpoint: https("https://idp.example/authorize"),
                token_endpoint: https("https://idp.example/token"),
                userinfo_endpoint: None,
                jwks_uri: https("https://idp.example/jwks"),
                end_session_endpoint: None,
                token_auth_methods: TokenAuthMethod::ALL.to_vec(),
                id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
                supports_pkce_s256: true,
                sends_iss: false,
            },
            discovery_url: None,
            client_id: "client".into(),
            client_secret: token_auth_method.takes_secret().then(|| SecretText::new("hush".into())),
            token_auth_method: Some(token_auth_method),
            id_token_algorithm: None,
            pkce: None,
            fetch_user_info: None,
            redirect_uri: Some(https(REDIRECT_URI)),
        };
        let pair = NewKeyPair { certificate: certificate(7), private_key: vec![1, 2] };
        let options = NewOidcOptions { registration, signing_key: by_key.then_some(pair) };
        let command = CreateConnectionCommand {
            caller: world.caller.clone(),
            organization_id: world.organization.id,
            connection_type,
            name: None,
            external_id: None,
            attribute_map: AttributeMap::default(),
            options: NewOptions::Oidc(Box::new(options)),
        };
        let made = world.run(CreateConnection { ambient: world.ambient.clone() }, command).await.unwrap();
        let CreatedConnection::New(view) = made else { panic!("{made:?}") };
        let provider = Arc::new(Noting::default());
        let sign_ins = sign_ins(&world, provider.clone());
        Self { world, connection: view.connection, provider, sign_ins }
    }

    async fn depart(&self, wishes: &Wishes) -> SsoSessionId {
        let departed =
            self.sign_ins.depart(&self.connection, Origin::Test, None, wishes, Browser::default()).unwrap();
        let session = departed.session.id;
        let url = format!("https://idp.example/authorize?state={session}");
        assert_eq!(departed.route, Route::Redirect { url });
        let command = StartSignInCommand { session: departed.session, listened: false };
        self.world.run(StartSignIn { ambient: self.world.ambient.clone() }, command).await.unwrap();
        session
    }

    /// What the provider's part was given at the exchange.
    async fn proof(&self) -> String {
        let session = self.depart(&Wishes::default()).await;
        let answer = OidcAnswer {
            session,
            code: Some("a-code".into()),
            error: None,
            error_description: None,
            iss: None,
            browser: Browser::default(),
        };
        let landing = self.sign_ins.arrive_by_oidc(&*self.world.store, answer).await.unwrap().unwrap();
        assert!(matches!(landing, Landing::Test { session: landed, .. } if landed == session), "{landing:?}");
        self.provider.finished.lock().unwrap().pop().unwrap()
    }
}

#[tokio::test]
async fn we_prove_ourselves_by_what_the_connection_keeps_sealed() {
    use TokenAuthMethod::{ClientSecretBasic, ClientSecretPost, PrivateKeyJwt};
    for (method, proof) in [
        (ClientSecretBasic, "a-code hush"),
        (ClientSecretPost, "a-code hush"),
        (PrivateKeyJwt, "a-code [1, 2] [7]"),
        (TokenAuthMethod::None, "a-code nothing"),
    ] {
        let stage = Stage::set(ConnectionType::GenericOidc, method).await;
        assert_eq!(stage.proof().await, proof);
    }
}

#[tokio::test]
async fn what_a_provider_demands_is_asked_unless_the_app_asks_for_something_else() {
    let stage = Stage::set(ConnectionType::LoginGovOidc, TokenAuthMethod::PrivateKeyJwt).await;
    let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let asked = || stage.provider.parameters.lock().unwrap().clone();
    let usual = of("acr_values", "urn:acr.login.gov:auth-only");
    stage.depart(&Wishes::default()).await;
    assert_eq!(asked(), std::slice::from_ref(&usual));

    // Of two with one name the first counts.
    let verified = of("acr_values", "urn:acr.login.gov:verified");
    stage.depart(&Wishes { parameters: vec![verified.clone()], ..Wishes::default() }).await;
    assert_eq!(asked(), [verified, usual]);

    let stage = Stage::set(ConnectionType::OktaOidc, TokenAuthMethod::ClientSecretPost).await;
    stage.depart(&Wishes::default()).await;
    assert_eq!(*stage.provider.parameters.lock().unwrap(), []);
}
