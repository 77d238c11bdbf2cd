//! Cards of the picker: one for each product, whichever protocols it speaks.

use crate::catalog::CatalogResult;
use crate::error::CatalogError;
use crate::provider::{Protocol, Provider, Shelf};

/// One of the protocols of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Slug of the provider.
    pub slug: String,
    /// What it speaks.
    pub protocol: Protocol,
}

impl Choice {
    fn of(provider: &Provider) -> Self {
        Self { slug: provider.slug.clone(), protocol: provider.protocol }
    }
}

/// A product in the picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Name of the product, without a protocol.
    pub product: String,
    /// Who makes it; none for the generic guides.
    pub vendor: Option<String>,
    /// Where the picker offers it: where its recommended provider stands.
    pub shelf: Shelf,
    /// Letters of its mark.
    pub monogram: String,
    /// Hue of its mark, below [`crate::HUES`].
    pub hue: u8,
    /// The provider to offer first: the one with the lower priority number.
    pub recommended: Choice,
    /// The same product by the other protocol.
    pub alternative: Option<Choice>,
}

impl Card {
    /// The card's choices, the recommended one first.
    pub fn choices(&self) -> impl Iterator<Item = &Choice> {
        std::iter::once(&self.recommended).chain(&self.alternative)
    }

    fn of(provider: &Provider) -> Self {
        Self {
            product: provider.product().to_owned(),
            vendor: provider.vendor.clone(),
            shelf: provider.shelf(),
            monogram: provider.monogram(),
            hue: provider.hue(),
            recommended: Choice::of(provider),
            alternative: None,
        }
    }
}

/// Deals providers, in picker order, to cards in picker order.
pub(crate) fn deal(providers: &[Provider]) -> CatalogResult<Vec<Card>> {
    let mut cards: Vec<Card> = Vec::with_capacity(providers.len());
    for provider in providers {
        let same = cards
            .iter_mut()
            .find(|card| card.product == provider.product() && card.vendor == provider.vendor);
        match same {
            None => cards.push(Card::of(provider)),
            Some(card) if card.choices().any(|choice| choice.protocol == provider.protocol) => {
                return Err(CatalogError::new(
                    &format!("sso/{}.toml", provider.slug),
                    "name",
                    format!("`{}` has another file for the same protocol", provider.name),
                ));
            }
            Some(card) => card.alternative = Some(Choice::of(provider)),
        }
    }
    Ok(cards)
}
