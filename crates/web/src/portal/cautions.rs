//! What an admin should know about data before it is saved, and may save nevertheless: values that
//! do not look as this provider's usually do, and what will go wrong later. Facts about consoles
//! age, so nothing here refuses.

use url::Url;
use vestibule_catalog::{Catalog, FieldKey, Provider, Stage};
use vestibule_domain::Instant;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::portal_session::{Candidate, CandidateData};
use vestibule_domain::saml::IdentityProvider;
use vestibule_domain::url::HttpsUrl;
use vestibule_words::{Text, text};

use super::words::faults;

/// For whom, and by what, data is judged.
pub(super) struct Judge<'a> {
    /// All providers.
    pub(super) catalog: &'a Catalog,
    /// The one that was picked.
    pub(super) provider: &'a Provider,
    /// What the data will be used for.
    pub(super) environment: EnvironmentKind,
    /// When.
    pub(super) now: Instant,
}

impl Judge<'_> {
    /// Every caution, the gravest first.
    pub(super) fn cautions(&self, candidate: &Candidate) -> Vec<Text> {
        let addresses = addresses(&candidate.data);
        let mut cautions = Vec::new();
        cautions.extend(plain_http(&addresses));
        cautions.extend(self.stages(&addresses));
        if let CandidateData::Saml { idp, .. } = &candidate.data {
            cautions.extend(self.of_saml(idp));
        }
        cautions.extend(self.unusual(&candidate.data));
        cautions
    }

    /// The provider that the data comes from, if it is certainly another one than was picked, and
    /// there is a guide for it. A guide for any provider fits all of them.
    pub(super) fn other_provider(&self, data: &CandidateData) -> Option<&Provider> {
        self.provider.vendor.as_ref()?;
        let found = match data {
            CandidateData::Saml { idp, .. } => {
                let host = idp.sso.first().and_then(|endpoint| host(endpoint.url.as_str()));
                self.catalog.recognise(idp.entity_id.as_str(), host.as_deref())
            }
            CandidateData::Oidc(client) => {
                let host = host(client.provider.authorization_endpoint.as_str());
                // Issuers have the shape of some products' entity ids.
                self.catalog.recognise(client.provider.issuer.as_str(), host.as_deref())
            }
        }?;
        let is_other = found.product() != self.provider.product();
        self.catalog.sibling(found, self.provider.protocol).filter(|_| is_other)
    }

    fn of_saml(&self, idp: &IdentityProvider) -> Vec<Text> {
        let mut cautions = Vec::new();
        if idp.sha1_only {
            cautions.push(faults::signing_place(text!("review-sha1"), self.provider));
        }
        // A document says each by itself; only who types them can mix them up. Of what is typed no
        // name id formats are known.
        let typed = idp.name_id_formats.is_empty();
        if typed && idp.sso.iter().any(|endpoint| endpoint.url.as_str() == idp.entity_id.as_str()) {
            cautions.push(text!("review-same"));
        }
        if idp.valid_until.is_some_and(|until| until < self.now) {
            cautions.push(text!("review-out-of-date"));
        }
        cautions
    }

    /// Preview and production of a provider, mixed with each other or with ours.
    fn stages(&self, addresses: &[&str]) -> Option<Text> {
        let hosts = || addresses.iter().filter_map(|address| host(address));
        let at = |stage| hosts().find(|host| self.catalog.stage_of(host) == Some(stage));
        match (at(Stage::Preview), at(Stage::Production)) {
            (Some(preview), Some(production)) => {
                Some(text!("review-preview-mixed", preview = preview, production = production))
            }
            (Some(preview), None) if self.environment == EnvironmentKind::Production => {
                Some(text!("review-preview", host = preview))
            }
            _ => None,
        }
    }

    fn unusual(&self, data: &CandidateData) -> Vec<Text> {
        let values: Vec<(FieldKey, &str)> = match data {
            CandidateData::Saml { metadata_url, idp } => {
                let url = metadata_url.as_ref().map(|url| (FieldKey::IdpMetadataUrl, url.as_str()));
                url.into_iter().chain([(FieldKey::IdpEntityId, idp.entity_id.as_str())]).collect()
            }
            CandidateData::Oidc(client) => vec![
                (FieldKey::Issuer, client.provider.issuer.as_str()),
                (FieldKey::ClientId, client.client_id.as_str()),
            ],
        };
        values.into_iter().filter_map(|(key, value)| self.unusual_value(key, value)).collect()
    }

    fn unusual_value(&self, key: FieldKey, value: &str) -> Option<Text> {
        let field = self.provider.field(key).filter(|field| field.fixed_value.is_none())?;
        if field.pattern.as_ref()?.matches(value) {
            return None;
        }
        let (label, product) = (field.label.as_str(), self.provider.product());
        Some(match field.example.as_deref() {
            Some(example) => text!(
                "review-unusual-example",
                label = label,
                product = product,
                value = value,
                example = example
            ),
            None => text!("review-unusual", label = label, product = product, value = value),
        })
    }
}

/// Every address that people or programs are sent to.
fn addresses(data: &CandidateData) -> Vec<&str> {
    match data {
        CandidateData::Saml { metadata_url, idp } => {
            let endpoints = idp.sso.iter().chain(&idp.slo).map(|endpoint| endpoint.url.as_str());
            endpoints.chain(metadata_url.as_ref().map(HttpsUrl::as_str)).collect()
        }
        CandidateData::Oidc(client) => oidc_addresses(client),
    }
}

fn oidc_addresses(client: &OidcClient) -> Vec<&str> {
    let provider = &client.provider;
    [&provider.authorization_endpoint, &provider.token_endpoint, &provider.jwks_uri]
        .into_iter()
        .chain(&provider.userinfo_endpoint)
        .chain(&client.discovery_url)
        .map(HttpsUrl::as_str)
        .collect()
}

fn plain_http(addresses: &[&str]) -> Option<Text> {
    let plain = addresses.iter().find(|address| address.starts_with("http://"))?;
    Some(text!("review-http", address = *plain))
}

fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_domain::saml::{SsoBinding, SsoEndpoint};
    use vestibule_domain::url::EntityId;

    fn candidate(entity_id: &str, sso: &str, metadata_url: &str) -> Candidate {
        let idp = IdentityProvider {
            entity_id: EntityId::parse(entity_id).unwrap(),
            sso: vec![SsoEndpoint { binding: SsoBinding::Redirect, url: HttpsUrl::parse(sso).unwrap() }],
            slo: Vec::new(),
            signing_certificates: Vec::new(),
            name_id_formats: vec!["urn:any".to_owned()],
            wants_signed_requests: false,
            valid_until: None,
            sha1_only: false,
        };
        let metadata_url = Some(HttpsUrl::parse(metadata_url).unwrap());
        Candidate { revision: String::new(), data: CandidateData::Saml { idp, metadata_url } }
    }

    fn judged(environment: EnvironmentKind, sso: &str, metadata: &str) -> Vec<String> {
        let catalog = Catalog::embedded().unwrap();
        let provider = catalog.find("okta-saml").unwrap();
        let judge = Judge { catalog: &catalog, provider, environment, now: Instant::UNIX_EPOCH };
        let candidate = candidate("http://www.okta.com/exk1", sso, metadata);
        judge.cautions(&candidate).into_iter().map(|text| text.key().to_owned()).collect()
    }

    #[test]
    fn a_preview_is_told_in_production_and_a_mixture_always() {
        use EnvironmentKind::{Production, Sandbox};
        let sso = |domain: &str| format!("https://corp.{domain}/app/corp_1/exk1/sso/saml");
        let metadata = |domain: &str| format!("https://corp.{domain}/app/exk1/sso/saml/metadata");
        let (real, preview) = ("okta.com", "oktapreview.com");
        for (environment, sso_at, metadata_at, told) in [
            (Sandbox, real, real, &[][..]),
            (Production, real, real, &[]),
            (Sandbox, preview, preview, &[]),
            (Production, preview, preview, &["review-preview"]),
            (Sandbox, preview, real, &["review-preview-mixed"]),
            (Production, real, preview, &["review-preview-mixed"]),
        ] {
            let cautions = judged(environment, &sso(sso_at), &metadata(metadata_at));
            assert_eq!(cautions, told, "{environment:?}: {sso_at}, {metadata_at}");
        }
    }

    #[test]
    fn another_provider_is_named_only_where_its_traces_are_certain() {
        let catalog = Catalog::embedded().unwrap();
        for (picked, entity_id, sso, found) in [
            (
                "okta-saml",
                "https://sts.windows.net/1/",
                "https://login.microsoftonline.com/1/saml2",
                Some("entra-id-saml"),
            ),
            ("entra-id-saml", "http://www.okta.com/exk1", "https://corp.okta.com/sso", Some("okta-saml")),
            ("okta-saml", "http://www.okta.com/exk1", "https://corp.okta.com/sso", None),
            ("okta-saml", "urn:corp", "https://login.corp.example/sso", None),
            // A guide for any provider fits all of them.
            ("generic-saml", "http://www.okta.com/exk1", "https://corp.okta.com/sso", None),
        ] {
            let provider = catalog.find(picked).unwrap();
            let environment = EnvironmentKind::Sandbox;
            let judge = Judge { catalog: &catalog, provider, environment, now: Instant::UNIX_EPOCH };
            let data = candidate(entity_id, sso, "https://a.example/").data;
            let other = judge.other_provider(&data).map(|other| other.slug.as_str());
            assert_eq!(other, found, "{picked}: {entity_id}");
        }
    }
}
