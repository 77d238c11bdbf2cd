//! People sign in by SAML: authorize, answer, token, profile. Each stretch of the way is driven for
//! all sign-ins of a round before the next one begins, so that responses can be signed in between:
//! what the identity provider would do on a machine of its own is in no figure.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;
use ulid::Ulid;
use url::form_urlencoded::Serializer;
use vestibule_application::ports::access_tokens::{AccessToken, AccessTokens as _};
use vestibule_application::ports::saml_sign_in::{SamlAllowances, SamlExpectation, SamlSignIn as _};
use vestibule_domain::id::{
    ClientId, ConnectionId, Id as _, OrganizationId, ProfileId, SigningKeyId, SsoSessionId,
};
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::authorization::ACCESS_TOKEN_LIFE;
use vestibule_oidc::JwtAccessTokens;
use vestibule_saml::SamlAdapter;

use crate::http::{Answer, form, get, header};
use crate::idp::{ENTITY_ID, IdentityProvider, Order, SSO_URL, now};
use crate::load::{drive_each, median};
use crate::postgres::Postgres;
use crate::process::processor_time;
use crate::raw_sign_in::{RawSignIns, Stretch};
use crate::report::{Pair, Row};
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::seed::{self, Template, copied_id};
use crate::service::{Deployment, PUBLIC_URL, REDIRECT_URI, Service, Tenant};
use crate::{Outcome, http};

/// The least share of the bound.
const RATE_BUDGET: f64 = 0.5;

/// The most processor time of the service for a sign-in, in microseconds.
const PROCESSOR_US_BUDGET: f64 = 1_300.0;

/// The most by which a sign-in may take longer with many connections.
const GROWTH_BUDGET: f64 = 1.2;

/// The least checks of a signature of 5 KiB in a second, on one core.
const CHECKS_BUDGET: f64 = 10_000.0;

/// How long something is counted that takes microseconds.
const COUNTED: Duration = Duration::from_secs(1);

/// What is beside the budget: no service that keeps to the wire contract gets by without it.
const WITH_TOKEN: &str = "– against raw costs with the RS256 signature of the access token, and its check";

/// The names of the stretches, as in [`Stretch::ALL`].
const STRETCHES: [&str; 4] = ["authorize", "answer (ACS)", "token", "profile"];

/// A database with connections and the service on it.
struct Realm {
    database: &'static str,
    tenant: Tenant,
    connection: String,
    connections: u32,
    service: Service,
}

/// What one round measured of each stretch.
#[derive(Clone, Copy, Default)]
struct Spent {
    took: Duration,
    service: Duration,
    generator: Duration,
}

pub(super) async fn measure(scale: Scale, scratch: &Scratch, postgres: &Postgres) -> Outcome<Vec<Row>> {
    let provider = IdentityProvider::new()?;
    let few = Realm::start(scratch, postgres, &provider, "signins_few", scale.few_connections).await?;
    let many = Realm::start(scratch, postgres, &provider, "signins_many", scale.many_connections).await?;
    let raw = Realm::start(scratch, postgres, &provider, "signins_raw", scale.few_connections).await?;
    // Somebody must have signed in for the raw rows to look like, and everything is warm afterwards.
    for realm in [&few, &many, &raw] {
        realm.sign_in(postgres, &provider, scale.sign_ins / 4, 0).await?;
    }
    raw.stretch(raw.departures(1, 0)?, sent_off).await?;
    // As autovacuum leaves a database that is in use. Plans that were made while a table was known to
    // be empty scan all of it until then.
    for realm in [&few, &many, &raw] {
        postgres.client(realm.database).await?.batch_execute("VACUUM ANALYZE").await?;
    }
    // Its service goes; the database is for raw transactions from here on.
    let database = raw.database;
    drop(raw);
    let raw = RawSignIns::prepare(postgres, database).await?;
    let mut rounds = Vec::new();
    let (mut grown, mut bounds) = (Vec::new(), Vec::new());
    for run in 1..=scale.rounds {
        println!("People sign in, round {run} of {} …", scale.rounds);
        postgres.checkpoint().await?;
        let with_few = few.sign_in(postgres, &provider, scale.sign_ins, run).await?;
        postgres.checkpoint().await?;
        let mut raw_took = [Duration::ZERO; 4];
        for (took, stretch) in raw_took.iter_mut().zip(Stretch::ALL) {
            *took = raw.drive(stretch, run, scale.sign_ins).await?;
        }
        let crypto = Crypto::measure(&provider)?;
        postgres.checkpoint().await?;
        let with_many = many.sign_in(postgres, &provider, scale.sign_ins, run).await?;
        grown.push(Pair { measured: each_ms(&with_many, scale), against: each_ms(&with_few, scale) });
        bounds.push((raw_took, crypto));
        rounds.push(with_few);
    }
    Ok(rows(scale, &rounds, &bounds, &grown, &many))
}

impl Realm {
    async fn start(
        scratch: &Scratch,
        postgres: &Postgres,
        provider: &IdentityProvider,
        database: &'static str,
        connections: u32,
    ) -> Outcome<Self> {
        println!("Making {connections} connections …");
        let url = postgres.create(database).await?;
        let deployment = Deployment::new(scratch.folder(&format!("service-{database}"))?, url)?;
        let tenant = deployment.prepare().await?;
        let service = deployment.serve()?;
        let body = json!({
            "name": "Acme",
            "domain_data": [{ "domain": "acme.example", "state": "verified" }],
        });
        let organization = service.post("/organizations", &tenant.key, &body).await?;
        let told = |value: &serde_json::Value| value.as_str().map(str::to_owned).ok_or("an id is missing");
        let (organization, domain) = (told(&organization["id"])?, told(&organization["domains"][0]["id"])?);
        let body = json!({
            "organization_id": organization,
            "connection_type": "GenericSAML",
            "saml_options": {
                "idp_entity_id": ENTITY_ID, "idp_sso_url": SSO_URL, "idp_signing_certs": [provider.pem()],
            },
        });
        let connection = told(&service.post("/connections", &tenant.key, &body).await?["id"])?;
        let client = postgres.client(database).await?;
        let theirs = ("organization_id", copied_id(&organization));
        for template in [
            Template {
                table: "organizations",
                id: &organization,
                differ: &[("slug", "'acme-' || n".to_owned()), ("external_id", "NULL".to_owned())],
            },
            Template {
                table: "organization_domains",
                id: &domain,
                differ: &[theirs.clone(), ("domain", "'acme-' || n || '.example'".to_owned())],
            },
            Template {
                table: "connections",
                id: &connection,
                differ: &[theirs, ("external_id", "NULL".to_owned())],
            },
        ] {
            seed::copies(&client, &template, connections).await?;
        }
        client.batch_execute("VACUUM ANALYZE organizations, organization_domains, connections").await?;
        Ok(Self { database, tenant, connection, connections, service })
    }

    /// The requests by which so many people are sent off, each through another connection where there
    /// are enough.
    fn departures(&self, count: u32, run: usize) -> Outcome<Vec<Vec<u8>>> {
        /// A prime, so that the steps come round to everyone.
        const STRIDE: u64 = 982_451_653;
        (0..count)
            .map(|n| {
                let picked = (u64::from(n) + 7 * u64::try_from(run)?) * STRIDE % u64::from(self.connections);
                let connection = seed::id(&self.connection, u32::try_from(picked)? + 1);
                let query = Serializer::new(String::new())
                    .append_pair("client_id", &self.tenant.client_id)
                    .append_pair("redirect_uri", REDIRECT_URI)
                    .append_pair("response_type", "code")
                    .append_pair("state", "a state")
                    .append_pair("connection", &connection)
                    .finish();
                Ok(get(&format!("/sso/authorize?{query}"), None))
            })
            .collect()
    }

    /// So many people sign in.
    async fn sign_in(
        &self,
        postgres: &Postgres,
        provider: &IdentityProvider,
        count: u32,
        run: usize,
    ) -> Outcome<[Spent; 4]> {
        let (authorized, _) = self.stretch(self.departures(count, run)?, sent_off).await?;

        // Asked of the database: to inflate every request would cost the machine more than that.
        let client = postgres.client(self.database).await?;
        let attempts = client
            .query("SELECT id, connection_id FROM sso_sessions WHERE state = 'started' ORDER BY id", &[])
            .await?;
        let answers = attempts
            .iter()
            .enumerate()
            .map(|(n, attempt)| answer(provider, attempt.get(0), attempt.get(1), &format!("{run}-{n}")))
            .collect::<Outcome<Vec<_>>>()?;
        if answers.len() != usize::try_from(count)? {
            return Err(format!("{} attempts were started, not {count}", answers.len()).into());
        }
        let (answered, codes) = match self.stretch(answers, code).await {
            Ok(answered) => answered,
            Err(error) => {
                let why = "SELECT failure::text FROM sso_sessions WHERE state = 'failed' LIMIT 1";
                let why = client.query_opt(why, &[]).await?.map(|row| row.get::<_, String>(0));
                return Err(format!("{error}\n{}", why.unwrap_or_default()).into());
            }
        };

        let token = |code: String| {
            let body = Serializer::new(String::new())
                .append_pair("client_id", &self.tenant.client_id)
                .append_pair("client_secret", &self.tenant.key)
                .append_pair("grant_type", "authorization_code")
                .append_pair("code", &code)
                .finish();
            form("/sso/token", &body)
        };
        let (exchanged, tokens) = self.stretch(codes.into_iter().map(token).collect(), access_token).await?;
        let profiles = tokens.iter().map(|token| get("/sso/profile", Some(token))).collect();
        let (told, _) = self.stretch(profiles, |answer| (answer.status == 200).then_some(())).await?;
        Ok([authorized, answered, exchanged, told])
    }

    async fn stretch<T: Send + 'static>(
        &self,
        requests: Vec<Vec<u8>>,
        read: fn(&Answer<'_>) -> Option<T>,
    ) -> Outcome<(Spent, Vec<T>)> {
        let (service, generator) = (self.service.processor_time()?, processor_time("self")?);
        let (took, found) = drive_each(self.service.address, requests, read).await?;
        let service = self.service.processor_time()?.saturating_sub(service);
        let generator = processor_time("self")?.saturating_sub(generator);
        Ok((Spent { took, service, generator }, found))
    }
}

/// Whether somebody is sent to their provider.
fn sent_off(answer: &Answer<'_>) -> Option<()> {
    header(answer.head, "location").is_some_and(|to| to.starts_with(SSO_URL)).then_some(())
}

/// The code that somebody comes back with.
fn code(answer: &Answer<'_>) -> Option<String> {
    let to = header(answer.head, "location")?.strip_prefix(REDIRECT_URI)?;
    let (_, rest) = to.split_once("?code=")?;
    Some(rest.split('&').next().unwrap_or_default().to_owned())
}

/// The access token of an exchange.
fn access_token(answer: &Answer<'_>) -> Option<String> {
    let body = str::from_utf8(answer.body).ok().filter(|_| answer.status == 200)?;
    let (_, rest) = body.split_once("\"access_token\":\"")?;
    Some(rest.split('"').next().unwrap_or_default().to_owned())
}

/// The form that a browser posts for somebody.
fn answer(provider: &IdentityProvider, attempt: &str, connection: &str, person: &str) -> Outcome<Vec<u8>> {
    let base = format!("{PUBLIC_URL}/sso/saml/{connection}");
    // The end of a copy's id is its number.
    let number = connection.get(connection.len().saturating_sub(16)..).unwrap_or_default();
    let response = provider.response(&Order {
        request: &format!("_{attempt}"),
        acs_url: &format!("{base}/acs"),
        audience: &format!("{base}/metadata"),
        person,
        email: &format!("person-{person}@acme-{}.example", number.trim_start_matches('0')),
        now: now(),
    })?;
    let body = Serializer::new(String::new()).append_pair("SAMLResponse", &response).finish();
    Ok(http::form(&format!("/sso/saml/{connection}/acs"), &body))
}

/// What a response costs by itself, in seconds on one core.
struct Crypto {
    verify: f64,
    sign: f64,
    open: f64,
    judge: f64,
}

impl Crypto {
    fn measure(provider: &IdentityProvider) -> Outcome<Self> {
        let now = now();
        let order = Order {
            request: "_sess_0",
            acs_url: "https://sp.example/acs",
            audience: "https://sp.example/",
            person: "person-1",
            email: "ada@acme.example",
            now,
        };
        let response = provider.response(&order)?;
        let adapter = SamlAdapter::new();
        let xml = adapter.decode(&response)?;
        let expectation = SamlExpectation {
            idp_entity_id: ENTITY_ID,
            certificates: &[provider.certificate()],
            sp_entity_id: order.audience,
            acs_url: order.acs_url,
            in_response_to: Some(order.request),
            now,
            skew: CLOCK_SKEW,
            decryption_keys: &[],
            allowances: SamlAllowances::default(),
        };
        let signer = JwtAccessTokens.signer(SigningKeyId::from_ulid(Ulid::nil()), provider.private_key());
        let signer = signer.map_err(|_| "a key that was just made does not sign")?;
        let token = AccessToken {
            issuer: PUBLIC_URL.into(),
            audience: ClientId::from_ulid(Ulid::nil()).to_string(),
            profile_id: ProfileId::from_ulid(Ulid::nil()),
            session_id: SsoSessionId::from_ulid(Ulid::nil()),
            organization_id: Some(OrganizationId::from_ulid(Ulid::nil())),
            connection_id: ConnectionId::from_ulid(Ulid::nil()),
            issued_at: now,
            expires_at: now + ACCESS_TOKEN_LIFE,
        };
        // As long as a SignedInfo.
        let octets = [7; 700];
        let (signature, public) = provider.signature(&octets)?;
        Ok(Self {
            verify: each_s(|| public.verify(black_box(&octets), &signature).is_ok())?,
            sign: each_s(|| signer.sign(black_box(&token)).is_ok())?,
            open: each_s(|| {
                adapter.decode(black_box(&response)).is_ok_and(|xml| adapter.open(&xml).is_ok())
            })?,
            judge: each_s(|| {
                adapter.open(black_box(&xml)).is_ok_and(|opened| opened.judge(&expectation).outcome.is_ok())
            })?,
        })
    }

    /// The least processor time of an answer.
    fn least_s(&self) -> f64 {
        self.verify + self.open
    }

    /// The same with the access token, which is signed with RS256, and verified for the profile.
    fn least_with_token_s(&self) -> f64 {
        self.least_s() + self.sign + self.verify
    }
}

/// How much processor time something takes, counted over a while on this one thread.
fn each_s(mut works: impl FnMut() -> bool) -> Outcome<f64> {
    let (begun, before) = (Instant::now(), processor_time("self")?);
    let mut count = 0_u32;
    while begun.elapsed() < COUNTED {
        if !works() {
            return Err("a response that was signed for this is refused".into());
        }
        count += 1;
    }
    Ok(processor_time("self")?.saturating_sub(before).as_secs_f64() / f64::from(count))
}

/// How long one of all sign-ins takes its share of, in milliseconds.
fn each_ms(spent: &[Spent; 4], scale: Scale) -> f64 {
    spent.iter().map(|spent| spent.took.as_secs_f64()).sum::<f64>() * 1_000.0 / f64::from(scale.sign_ins)
}

fn rows(
    scale: Scale,
    rounds: &[[Spent; 4]],
    bounds: &[([Duration; 4], Crypto)],
    grown: &[Pair],
    many: &Realm,
) -> Vec<Row> {
    let count = f64::from(scale.sign_ins);
    let cores = std::thread::available_parallelism().ok().and_then(|cores| u32::try_from(cores.get()).ok());
    let cores = f64::from(cores.unwrap_or(1));
    let rate = |took: Duration| count / took.as_secs_f64();
    // Both raw costs, one after the other: transactions as they went, and the processors' share.
    let bounded = |took: Duration, least_s: f64| 1.0 / (1.0 / rate(took) + least_s / cores);
    let mut whole = Vec::new();
    let mut with_token = Vec::new();
    let mut alone = Vec::new();
    for (spent, (raw, crypto)) in rounds.iter().zip(bounds) {
        let took = spent.iter().map(|spent| spent.took).sum();
        let transactions = raw.iter().sum();
        whole.push(Pair { measured: rate(took), against: bounded(transactions, crypto.least_s()) });
        with_token
            .push(Pair { measured: rate(took), against: bounded(transactions, crypto.least_with_token_s()) });
        alone.push(Pair { measured: rate(spent[1].took), against: bounded(raw[1], crypto.least_s()) });
    }
    let middle = |figure: &dyn Fn(&[Spent; 4]) -> f64| median(rounds.iter().map(figure).collect());
    let us = |time: Duration| time.as_secs_f64() * 1_000_000.0 / count;
    let of_crypto = |figure: fn(&Crypto) -> f64| {
        median(bounds.iter().map(|(_, crypto)| figure(crypto)).collect()) * 1_000_000.0
    };
    let service_us = middle(&|spent| spent.iter().map(|spent| us(spent.service)).sum());
    let mut rows = vec![
        Row::rate("SAML sign-ins (authorize, ACS, token, profile), against raw costs", &whole, RATE_BUDGET),
        Row::rate_without_budget(WITH_TOKEN, &with_token),
        Row::rate("ACS alone, against raw costs", &alone, RATE_BUDGET),
        Row::at_most("Processor time of the service for a sign-in", service_us, PROCESSOR_US_BUDGET, "µs"),
    ];
    for (n, name) in STRETCHES.iter().enumerate() {
        let us = middle(&|spent| us(spent[n].service));
        let rate = middle(&|spent| rate(spent[n].took));
        rows.push(Row::told(&format!("– of it {name}"), format!("{us:.0} µs, at {rate:.0}/s")));
    }
    let crypto = format!(
        "open {:.0} µs, judge {:.0} µs, of it RSA {:.0} µs; signing an access token {:.0} µs",
        of_crypto(|crypto| crypto.open),
        of_crypto(|crypto| crypto.judge),
        of_crypto(|crypto| crypto.verify),
        of_crypto(|crypto| crypto.sign)
    );
    rows.push(Row::told("– of the answer, by itself", crypto));
    let generator = middle(&|spent| spent.iter().map(|spent| us(spent.generator)).sum());
    rows.push(Row::told("– beside it, the load's own processor time", format!("{generator:.0} µs")));
    let checks = median(bounds.iter().map(|(_, crypto)| 1.0 / crypto.judge).collect());
    let what = "Judging a signed assertion of 5 KiB, its signature checked, on one core";
    rows.push(Row::at_least(what, checks, CHECKS_BUDGET, "/s"));
    let what = format!(
        "Time for a sign-in with {} connections, against {}",
        many.connections, scale.few_connections
    );
    rows.push(Row::growth(&what, grown, GROWTH_BUDGET));
    rows
}
