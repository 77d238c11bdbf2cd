//! Picking an identity provider.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::usecases::connect_test_provider::{
    ConnectTestProvider, ConnectTestProviderCommand, ConnectTestProviderError,
};
use vestibule_application::usecases::pick_provider::{
    PickProvider, PickProviderCommand, PickProviderError, PickedProvider, Understood,
};
use vestibule_catalog::{Card, Choice, Provider, QUERY_CHARS_MAX, Shelf};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::text::Name;
use vestibule_words::text;

use super::answer::{page, see_other};
use super::failure::{Failure, FailureKind};
use super::view::picker::{AlternativeView, CardView, PickerPage, Resume, ShelfView};
use super::visitor::{CONNECTION, DONE, REVIEW, SetUp, Visitor};
use super::walk::{protocol_of, step_href};
use super::{Portal, Spoken, ours, words};
use crate::assertion_keys::{new_assertion_key, new_test_key};

/// The query of the picker.
#[derive(Deserialize)]
pub(super) struct PickerQuery {
    q: Option<String>,
    notice: Option<String>,
}

/// Shows the picker, or the connection if there is one.
pub(super) async fn show(
    portal: Data<Portal>,
    visitor: Visitor,
    query: Query<PickerQuery>,
) -> Result<HttpResponse, Failure> {
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(see_other(DONE));
    }
    if visitor.complete().is_some() {
        return Ok(see_other(CONNECTION));
    }
    let notice = words::Notice::text_of(query.notice.as_deref());
    let query: String = query.q.as_deref().unwrap_or_default().trim().chars().take(QUERY_CHARS_MAX).collect();
    let hint = visitor.visit.link.provider_hint.as_deref();
    let cards: Vec<CardOnShelf> = portal
        .app
        .catalog
        .search_cards(&query)
        .into_iter()
        .filter_map(|card| offered(&portal, card, hint))
        .collect();
    let content = PickerPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        notice,
        resume: visitor
            .visit
            .connection
            .as_ref()
            .and_then(|connection| resume(&portal, &visitor, connection)),
        nothing_found: cards.is_empty() && !finds_test_provider(&query),
        shelves: shelves(cards, &query),
        test_provider: visitor.visit.environment.test_provider().is_ok() && finds_test_provider(&query),
        query,
        query_chars_max: QUERY_CHARS_MAX,
    };
    page(StatusCode::OK, &content)
}

fn resume(portal: &Portal, visitor: &Visitor, draft: &Connection) -> Option<Resume> {
    // Another visit may have begun with it: then this one begins at its first step.
    let same = visitor.visit.session.progress.provider == draft.provider;
    let step = if same { usize::from(visitor.visit.session.progress.step) } else { 0 };
    let href = step_href(portal.app.guide(draft)?, step);
    Some(Resume { name: draft.name.to_string(), href })
}

/// A card, and where it stands: 0 for what the link's maker suggested.
struct CardOnShelf {
    place: u8,
    view: CardView,
}

/// A card of what can be offered of a product here.
fn offered(portal: &Portal, card: &Card, hint: Option<&str>) -> Option<CardOnShelf> {
    let can = |choice: &&Choice| portal.app.catalog.find(&choice.slug).is_some_and(ours::covers);
    let suggested = card.choices().any(|choice| Some(choice.slug.as_str()) == hint);
    // What the link's maker suggests is offered before what we recommend.
    let mut choices: Vec<&Choice> = card.choices().filter(can).collect();
    choices.sort_by_key(|choice| Some(choice.slug.as_str()) != hint);
    let mut choices = choices.into_iter();
    let first = choices.next()?;
    let alternative = choices.next();
    let place = match card.shelf {
        _ if suggested => 0,
        Shelf::First => 1,
        Shelf::More => 2,
    };
    let view = CardView {
        slug: first.slug.clone(),
        product: match card.vendor {
            Some(_) => card.product.clone().into(),
            // The guides that fit any provider are nobody's product.
            None => text!("picker-any", protocol = first.protocol.title()).into(),
        },
        monogram: card.monogram.clone(),
        hue: card.hue,
        protocol: first.protocol.title(),
        alternative: alternative
            .map(|choice| AlternativeView { slug: choice.slug.clone(), protocol: choice.protocol.title() }),
        suggested,
    };
    Some(CardOnShelf { place, view })
}

fn shelves(cards: Vec<CardOnShelf>, query: &str) -> Vec<ShelfView> {
    let titles = [text!("picker-suggested"), text!("picker-first"), text!("picker-more")];
    let mut shelves: Vec<ShelfView> =
        titles.into_iter().map(|title| ShelfView { title, cards: Vec::new() }).collect();
    for card in cards {
        let place = if query.is_empty() { usize::from(card.place) } else { 1 };
        if let Some(shelf) = shelves.get_mut(place) {
            shelf.cards.push(card.view);
        }
    }
    if let (false, Some(found)) = (query.is_empty(), shelves.get_mut(1)) {
        found.title = text!("picker-found");
    }
    shelves.retain(|shelf| !shelf.cards.is_empty());
    shelves
}

/// The form of the picker.
#[derive(Deserialize)]
pub(super) struct PickForm {
    form_token: Option<String>,
    provider: String,
    /// Sent where data was understood, and is another provider's than the one that was picked.
    keep_understood: Option<String>,
}

/// Picks a provider.
pub(super) async fn pick(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<PickForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let provider = portal.app.catalog.find(&form.provider).filter(|provider| ours::covers(provider));
    let provider = provider.ok_or_else(|| visitor.fail(FailureKind::Malformed))?;
    let understood = if form.keep_understood.is_some() { Understood::Kept } else { Understood::Forgotten };
    let signing_key = if ours::proves_itself_by_key(provider) && !has_key(&visitor) {
        Some(new_assertion_key(&portal.app).await.map_err(Failure::internal)?)
    } else {
        None
    };
    let command = PickProviderCommand {
        session: visitor.digest(),
        provider: picked(provider)?,
        understood,
        signing_key,
    };
    match portal.app.run(PickProvider { ambient: portal.app.ambient.clone() }, command).await {
        // It is the review that asks for it; without data it leads on to where some is asked for.
        Ok(_) if understood == Understood::Kept => Ok(see_other(REVIEW)),
        Ok(_) => Ok(see_other(&step_href(provider, step_to_go_on_with(&visitor, provider)))),
        Err(PickProviderError::AlreadyConnected) => {
            Ok(see_other(&format!("{CONNECTION}?notice={}", words::Notice::AlreadyConnected.as_str())))
        }
        Err(PickProviderError::Visit(error)) => Err(visitor.fail(error)),
    }
}

/// What the test identity provider is found by.
const TEST_PROVIDER_WORDS: &str = "test identity provider idp sandbox vestibule";

fn finds_test_provider(query: &str) -> bool {
    query.split_whitespace().all(|word| TEST_PROVIDER_WORDS.contains(&word.to_lowercase()))
}

/// The form of the test identity provider's card.
#[derive(Deserialize)]
pub(super) struct TestProviderForm {
    form_token: Option<String>,
    protocol: String,
}

/// Connects the organization to the test identity provider: there is nothing to carry over.
pub(super) async fn connect_test_provider(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<TestProviderForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let protocol = match form.protocol.as_str() {
        "saml" => Protocol::Saml,
        "oidc" => Protocol::Oidc,
        _ => return Err(visitor.fail(FailureKind::Malformed)),
    };
    // Asked again inside: a key pair takes a second, which is not for whoever asks in vain.
    if visitor.visit.environment.test_provider().is_err() {
        return Err(visitor.fail(FailureKind::NotFound));
    }
    let command = ConnectTestProviderCommand {
        session: visitor.digest(),
        protocol,
        name: Name::parse(TEST_PROVIDER_NAME).map_err(Failure::internal)?,
        key: new_test_key(&portal.app).await.map_err(Failure::internal)?,
        language: Spoken::find(&request, &portal.app.settings).language,
    };
    match portal.app.run(ConnectTestProvider { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(DONE)),
        Err(ConnectTestProviderError::AlreadyConnected) => {
            Ok(see_other(&format!("{CONNECTION}?notice={}", words::Notice::AlreadyConnected.as_str())))
        }
        Err(ConnectTestProviderError::NoTestProvider(_)) => Err(visitor.fail(FailureKind::NotFound)),
        Err(ConnectTestProviderError::Visit(error)) => Err(visitor.fail(error)),
        Err(error @ (ConnectTestProviderError::Address(_) | ConnectTestProviderError::Save(_))) => {
            Err(Failure::internal(error))
        }
    }
}

/// The name of connections with the test identity provider.
const TEST_PROVIDER_NAME: &str = "Test identity provider";

/// Whether the draft has a key pair, whose certificate the admin may have uploaded already.
fn has_key(visitor: &Visitor) -> bool {
    visitor.visit.connection.as_ref().and_then(ours::signing_certificate).is_some()
}

/// Picking what was picked already goes on where it was.
fn step_to_go_on_with(visitor: &Visitor, provider: &Provider) -> usize {
    let progress = &visitor.visit.session.progress;
    let same = progress.provider.as_deref() == Some(&provider.slug) && progress.candidate.is_none();
    if same { usize::from(progress.step) } else { 0 }
}

/// What the use case needs to know of an entry. The catalogue's own tests hold every entry to
/// these types.
fn picked(provider: &Provider) -> Result<PickedProvider, Failure> {
    let connection_type = ConnectionType::parse(provider.connection_type).ok_or(FailureKind::NotFound)?;
    Ok(PickedProvider {
        slug: provider.slug.clone(),
        connection_type,
        protocol: protocol_of(provider),
        name: Name::parse(provider.product()).map_err(Failure::internal)?,
    })
}
