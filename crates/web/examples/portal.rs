//! Serves the portal over a store in memory and prints links to open: for looking at pages.
//!
//! `cargo run -p vestibule-web --example portal` (port 8081, or the first argument).

use std::io::Write as _;
use std::sync::Arc;

use actix_web::{App as Server, HttpServer};
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::caller::Caller;
use vestibule_application::sign_in::{PublicProviders, SignIns};
use vestibule_application::test_provider::{Indoors, TestProvider};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand};
use vestibule_catalog::Catalog;
use vestibule_domain::audit::Actor;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;
use vestibule_outbound::GuardedClient;
use vestibule_secrets::{AeadVault, Argon2Hasher, MasterKey, SystemClock, SystemEntropy, ZxcvbnStrength};
use vestibule_store_memory::MemoryStore;
use vestibule_web::Web;
use vestibule_web::app::{App, Parts, WebSettings};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[actix_web::main]
async fn main() -> Outcome<()> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(8081), |port| port.parse())?;
    let public_url = format!("http://localhost:{port}");
    let entropy = Arc::new(SystemEntropy::new());
    let ambient = Ambient {
        clock: Arc::new(SystemClock),
        vault: Arc::new(AeadVault::new(MasterKey::generate(&*entropy), Vec::new())?),
        entropy,
        addresses: Addresses::new(&public_url),
    };
    let outbound = Arc::new(GuardedClient::builder().build()?);
    let store = Arc::new(MemoryStore::new());
    let test_provider = TestProvider {
        ambient: ambient.clone(),
        saml: Arc::new(vestibule_saml::SamlAdapter::new()),
        oidc: Arc::new(vestibule_oidc::TestOidcProvider),
    };
    let indoors = Indoors { provider: test_provider.clone(), store: store.clone() };
    let app = App::new(Parts {
        store,
        passwords: Arc::new(Argon2Hasher::new()),
        strength: Arc::new(ZxcvbnStrength),
        sign_ins: SignIns {
            ambient: ambient.clone(),
            saml: Arc::new(vestibule_saml::SamlAdapter::new()),
            oidc: Arc::new(vestibule_oidc::OidcRelyingParty::new(outbound.clone())),
            public_providers: Arc::new(PublicProviders::published()?),
            test_oidc: Arc::new(vestibule_oidc::OidcRelyingParty::new(Arc::new(indoors))),
        },
        test_provider,
        access_tokens: Arc::new(vestibule_oidc::JwtAccessTokens),
        ambient,
        saml: Arc::new(vestibule_saml::SamlAdapter::new()),
        oidc: Arc::new(vestibule_oidc::OidcAdapter),
        outbound,
        dns: Arc::new(vestibule_outbound::SystemDns::new()?),
        pictures: Arc::new(vestibule_pictures::PictureAdapter),
        letters: Arc::new(vestibule_mail::Letters::new()),
        catalog: Arc::new(Catalog::embedded()?),
        settings: WebSettings { secure_cookies: false, ..WebSettings::default() },
        metrics: None,
    });
    for (kind, path) in links(&app).await? {
        writeln!(std::io::stdout(), "{kind:?} {public_url}{path}")?;
    }
    let web = Web::new(app)?;
    let serve = move || {
        let web = web.clone();
        Server::new().configure(|config| drop(web.configure(config)))
    };
    HttpServer::new(serve).workers(2).bind(("127.0.0.1", port))?.run().await?;
    Ok(())
}

/// A few links of each kind, for one organization.
async fn links(app: &App) -> Outcome<Vec<(LinkKind, String)>> {
    let command = BootstrapCommand {
        company: Company::First,
        team_name: Name::parse("Acme")?,
        member_email: EmailAddress::parse("admin@acme.example")?,
        member_password_hash: String::new(),
        environments: vec![NewEnvironment {
            kind: EnvironmentKind::Sandbox,
            name: Name::parse("Acme App")?,
            default_return_url: Some(ReturnUrl::parse("http://localhost:3000/", EnvironmentKind::Sandbox)?),
            redirect_uris: Vec::new(),
        }],
        organization_name: Some(Name::parse("Example Corp")?),
    };
    let made = app.run(Bootstrap { ambient: app.ambient.clone() }, command).await?;
    let (Some((environment, _)), Some(organization)) =
        (made.environments.into_iter().next(), made.organization)
    else {
        return Err("nothing was made".into());
    };
    let caller = Caller { environment: Arc::new(environment), actor: Actor::system() };
    let wanted = [
        (LinkKind::Token, vec![Intent::Sso]),
        (LinkKind::Token, vec![Intent::Sso]),
        (LinkKind::Setup, vec![Intent::Sso, Intent::Dsync]),
        (LinkKind::Launch, vec![]),
        (LinkKind::Launch, vec![Intent::Sso]),
        (LinkKind::Launch, vec![Intent::Sso]),
    ];
    let mut links = Vec::new();
    for (kind, intents) in wanted {
        let command = MintLinkCommand {
            caller: caller.clone(),
            organization_id: organization.id,
            kind,
            intents,
            redirects: LinkRedirects::default(),
            admins: Vec::new(),
            mail_to: Vec::new(),
            language: Language::default(),
            external_user_id: None,
            provider_hint: None,
            life: None,
        };
        let minted = app.run(MintLink { ambient: app.ambient.clone() }, command).await?;
        links.push((kind, format!("/portal?token={}", minted.token.expose())));
    }
    Ok(links)
}
