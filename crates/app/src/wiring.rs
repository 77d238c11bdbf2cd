//! Puts adapters behind ports.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::dns::Dns;
use vestibule_application::ports::mail::Mailer;
use vestibule_application::ports::outbound::Outbound;
use vestibule_application::ports::store::Store;
use vestibule_application::sign_in::{PublicProviders, SignIns};
use vestibule_application::test_provider::{Indoors, TestProvider};
use vestibule_application::worker::Worker;
use vestibule_catalog::Catalog;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::webhook::RetrySchedule;
use vestibule_mail::{FolderMailer, Letters, SmtpMailer};
use vestibule_oidc::{JwtAccessTokens, OidcAdapter, OidcRelyingParty, TestOidcProvider};
use vestibule_outbound::{GuardedClient, SystemDns};
use vestibule_pictures::PictureAdapter;
use vestibule_saml::SamlAdapter;
use vestibule_secrets::{Argon2Hasher, SystemClock, SystemEntropy, ZxcvbnStrength};
use vestibule_store_sql::{ConnectOptions, SqlStore};
use vestibule_web::app::{Parts, WebSettings};
use vestibule_wire::webhook::SignedJson;

use crate::config::Config;
use crate::{Failure, keys};

/// How often recorded durations are folded into their histograms; without it they pile up.
const METRICS_UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Where messages go without a mail server.
pub(crate) const OUTBOX: &str = "outbox";

/// Connects to the database.
pub(crate) async fn connect(config: &Config) -> Result<SqlStore, Failure> {
    let options = ConnectOptions {
        connections_max: config.database_connections.background,
        ..ConnectOptions::default()
    };
    SqlStore::connect(config.database.url(), options)
        .await
        .map_err(|error| Failure::other("the database cannot be opened", &error))
}

/// Time, chance, the vault and our addresses.
pub(crate) fn ambient(config: &Config, bound: SocketAddr) -> Result<Ambient, Failure> {
    Ok(Ambient {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy::new()),
        vault: Arc::new(keys::vault(config)?),
        addresses: Addresses::new(&config.public_url(bound)),
    })
}

/// The guarded way out.
pub(crate) fn outbound(config: &Config) -> Result<Arc<dyn Outbound>, Failure> {
    let client = GuardedClient::builder()
        .allow(config.outbound_allow.clone())
        .build()
        .map_err(|error| Failure::other("the HTTP client cannot be made", &error))?;
    Ok(Arc::new(client))
}

/// The name servers of the machine, or others.
fn dns(config: &Config) -> Result<Arc<dyn Dns>, Failure> {
    let dns = match config.dns_servers.as_slice() {
        [] => SystemDns::new(),
        servers => SystemDns::asking(servers),
    };
    Ok(Arc::new(dns.map_err(|error| Failure::other("the name servers cannot be asked", &error))?))
}

/// The way out for messages.
pub(crate) fn mailer(config: &Config, public_url: &str) -> Result<Arc<dyn Mailer>, Failure> {
    let from = match &config.mail_from {
        Some(from) => from.clone(),
        None => default_sender(public_url)?,
    };
    Ok(match &config.smtp_url {
        None => Arc::new(FolderMailer::new(OUTBOX, from)),
        Some(url) => Arc::new(
            SmtpMailer::from_url(url, from)
                .map_err(|error| Failure::Configuration(format!("smtp_url: {error}")))?,
        ),
    })
}

/// `no-reply@` the public host, or a name reserved for examples where that is no mail domain.
fn default_sender(public_url: &str) -> Result<EmailAddress, Failure> {
    let host = url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let own = host.and_then(|host| EmailAddress::parse(&format!("no-reply@{host}")).ok());
    match own {
        Some(address) => Ok(address),
        None => example_sender(),
    }
}

/// A sender in a domain that can never exist.
pub(crate) fn example_sender() -> Result<EmailAddress, Failure> {
    EmailAddress::parse("no-reply@vestibule.invalid")
        .map_err(|error| Failure::Other(format!("the default sender {error}")))
}

/// What runs work after the answer.
pub(crate) fn worker(config: &Config, store: Arc<dyn Store>, ambient: &Ambient) -> Result<Worker, Failure> {
    Ok(Worker {
        store,
        ambient: ambient.clone(),
        outbound: outbound(config)?,
        saml: Arc::new(SamlAdapter::new()),
        dns: dns(config)?,
        mailer: mailer(config, ambient.addresses.public_url())?,
        format: Arc::new(SignedJson),
        schedule: config.webhook_waits.clone().map_or_else(RetrySchedule::default, RetrySchedule::new),
    })
}

/// Begins to count, and tidies the counts up from time to time.
fn metrics() -> Result<PrometheusHandle, Failure> {
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| Failure::other("metrics cannot be recorded", &error))?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(METRICS_UPKEEP_EVERY).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// Where Google and Microsoft are.
fn public_providers() -> Result<PublicProviders, Failure> {
    let published = PublicProviders::published();
    let published =
        published.map_err(|error| Failure::other("an address of a provider is broken", &error))?;
    #[cfg(debug_assertions)]
    let published = crate::stand_in::instead_of(published)?;
    Ok(published)
}

/// What the web front end needs.
pub(crate) fn parts(config: &Config, store: Arc<dyn Store>, ambient: Ambient) -> Result<Parts, Failure> {
    let catalog =
        Catalog::embedded().map_err(|error| Failure::other("the provider catalogue is broken", &error))?;
    let outbound = outbound(config)?;
    let test_provider = TestProvider {
        ambient: ambient.clone(),
        saml: Arc::new(SamlAdapter::new()),
        oidc: Arc::new(TestOidcProvider),
    };
    let indoors = Indoors { provider: test_provider.clone(), store: Arc::clone(&store) };
    Ok(Parts {
        store,
        settings: WebSettings {
            secure_cookies: ambient.addresses.public_url().starts_with("https://"),
            trusted_proxies: config.trusted_proxies.clone(),
            api_requests_per_second: config.api_requests_per_second,
            ..WebSettings::default()
        },
        passwords: Arc::new(Argon2Hasher::new()),
        strength: Arc::new(ZxcvbnStrength),
        sign_ins: SignIns {
            ambient: ambient.clone(),
            saml: Arc::new(SamlAdapter::new()),
            oidc: Arc::new(OidcRelyingParty::new(outbound.clone())),
            public_providers: Arc::new(public_providers()?),
            test_oidc: Arc::new(OidcRelyingParty::new(Arc::new(indoors))),
        },
        test_provider,
        access_tokens: Arc::new(JwtAccessTokens),
        ambient,
        saml: Arc::new(SamlAdapter::new()),
        oidc: Arc::new(OidcAdapter),
        outbound,
        catalog: Arc::new(catalog),
        dns: dns(config)?,
        pictures: Arc::new(PictureAdapter),
        letters: Arc::new(Letters::new()),
        metrics: Some(metrics()?),
    })
}
