//! All providers, parsed.

use crate::card::{self, Card};
use crate::connection_type::ConnectionTypes;
use crate::data::{CONNECTION_TYPES_FILE, embedded_files};
use crate::error::CatalogError;
use crate::load::{self, Patterns};
use crate::provider::{Protocol, Provider};
use crate::search;
use crate::traces::Stage;

/// The outcome of reading the catalogue.
pub(crate) type CatalogResult<T> = Result<T, CatalogError>;

/// The folder whose files are parsed into walkthroughs.
const SSO_FOLDER: &str = "sso/";

/// The identity providers that an admin can pick. Parsed once at start, then only read.
#[derive(Debug)]
pub struct Catalog {
    providers: Vec<Provider>,
    cards: Vec<Card>,
}

impl Catalog {
    /// Parses the files inside the binary. Their patterns are compiled when they are first used.
    ///
    /// # Errors
    /// [`CatalogError`] names the first file and key that break a rule of the schema, except the
    /// rules about patterns.
    pub fn embedded() -> Result<Self, CatalogError> {
        let files = embedded_files();
        let connection_types =
            files.iter().find(|file| file.path == CONNECTION_TYPES_FILE).map_or("", |file| &file.text);
        let providers = files.iter().filter(|file| file.path.starts_with(SSO_FOLDER));
        let providers = providers.map(|file| (file.path.as_str(), file.text.as_str()));
        Self::read(providers, connection_types, Patterns::Proven)
    }

    /// Parses provider files, each given as path and text, with the TOML of connection types.
    ///
    /// # Errors
    /// [`CatalogError`] names the first file and key that break a rule of the schema.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        connection_types: &str,
    ) -> Result<Self, CatalogError> {
        Self::read(files, connection_types, Patterns::Tried)
    }

    fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        connection_types: &str,
        patterns: Patterns,
    ) -> CatalogResult<Self> {
        let connection_types = ConnectionTypes::parse(connection_types)?;
        let mut providers = files
            .into_iter()
            .map(|(path, text)| load::provider(path, text, &connection_types, patterns))
            .collect::<CatalogResult<Vec<Provider>>>()?;
        if providers.is_empty() {
            return Err(CatalogError::new(SSO_FOLDER, "(folder)", "holds no provider files"));
        }
        providers.sort_by(|a, b| (a.priority, &a.name, &a.slug).cmp(&(b.priority, &b.name, &b.slug)));
        connection_types.check_slugs(|slug| providers.iter().any(|provider| provider.slug == slug))?;
        let cards = card::deal(&providers)?;
        Ok(Self { providers, cards })
    }

    /// The first provider, in picker order, of the product that data comes from, by the traces that
    /// it leaves: its entity id, or the host that people sign in at. None if nothing tells.
    pub fn recognise(&self, entity_id: &str, sign_in_host: Option<&str>) -> Option<&Provider> {
        self.providers.iter().find(|provider| {
            provider.traces.as_ref().is_some_and(|traces| {
                traces.names(entity_id) || sign_in_host.is_some_and(|host| traces.stage_of(host).is_some())
            })
        })
    }

    /// The provider of the same product that speaks a protocol.
    pub fn sibling(&self, provider: &Provider, protocol: Protocol) -> Option<&Provider> {
        self.providers
            .iter()
            .find(|other| other.product() == provider.product() && other.protocol == protocol)
    }

    /// Whether a host belongs to the preview or the production of whose it is.
    pub fn stage_of(&self, host: &str) -> Option<Stage> {
        let mut traces = self.providers.iter().filter_map(|provider| provider.traces.as_ref());
        traces.find_map(|traces| traces.stage_of(host))
    }

    /// Every provider in picker order: priority, then name.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of a slug.
    pub fn find(&self, slug: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.slug == slug)
    }

    /// The guide to any product that speaks the protocol.
    pub fn general(&self, protocol: Protocol) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.is_general() && provider.protocol == protocol)
    }

    /// The provider of a connection: the one that was picked, or, for a connection that came through the
    /// API, that of its type. Of a type that many share it is the general guide.
    pub fn of_connection(&self, picked: Option<&str>, connection_type: &str) -> Option<&Provider> {
        let of_type = || self.providers.iter().filter(|provider| provider.connection_type == connection_type);
        let picked = picked.and_then(|slug| self.find(slug));
        picked.or_else(|| of_type().find(|provider| provider.is_general())).or_else(|| of_type().next())
    }

    /// What people call the provider of a connection; none for one that came through the API and may be
    /// anybody's.
    pub fn product_of_connection(&self, picked: Option<&str>, connection_type: &str) -> Option<&str> {
        let provider = self.of_connection(picked, connection_type)?;
        (!provider.is_general() || picked == Some(provider.slug.as_str())).then(|| provider.product())
    }

    /// The providers known by every word of the query, in picker order; all of them for a query
    /// without words. Names, vendors, aliases and slugs count; case and diacritics do not.
    pub fn search(&self, query: &str) -> Vec<&Provider> {
        let words = search::words_of(query);
        self.providers.iter().filter(|provider| provider.haystack.contains_all(&words)).collect()
    }

    /// One card for each product, in picker order.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The cards with a provider that [`Catalog::search`] finds.
    pub fn search_cards(&self, query: &str) -> Vec<&Card> {
        let found = self.search(query);
        let holds =
            |card: &Card| found.iter().any(|provider| card.choices().any(|c| c.slug == provider.slug));
        self.cards.iter().filter(|card| holds(card)).collect()
    }
}
