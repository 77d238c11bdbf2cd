//! Wrong inputs, and odd ones that are understood: one table of what people bring, where they are
//! told what is the matter, and in which words. Each row goes through the real handlers and
//! adapters; the table is printed (`cargo test -p vestibule-web --test portal wrong_inputs --
//! --nocapture`).

mod oidc;
mod saml;

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_catalog::Catalog;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::{Browser, Page};
use crate::setting_up::at_okta;
use crate::world::{World, path_of};

/// One thing that somebody brings.
pub(super) struct Case {
    /// What it is, for the table.
    what: &'static str,
    provider: &'static str,
    typed: Vec<(&'static str, String)>,
    files: Vec<(&'static str, Vec<u8>)>,
    outside: Vec<(String, Result<Vec<u8>, OutboundError>)>,
    wanted: Wanted,
}

/// What should come of it.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// It is refused beside this field, saying this among other things; what was typed is kept.
    Refused(&'static str, &'static str),
    /// The same, but what was typed is forgotten at once.
    Forgotten(&'static str, &'static str),
    /// It is taken, and the review says this.
    Cautioned(&'static str),
    /// It is taken, and what was understood has this.
    Understood(&'static str),
    /// One of several has to be chosen.
    Choose,
}

pub(super) fn case(provider: &'static str, what: &'static str, wanted: Wanted) -> Case {
    Case { what, provider, typed: Vec::new(), files: Vec::new(), outside: Vec::new(), wanted }
}

impl Case {
    pub(super) fn typed(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.typed.retain(|(known, _)| *known != field);
        self.typed.push((field, value.into()));
        self
    }

    pub(super) fn file(mut self, field: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((field, bytes.into()));
        self
    }

    /// What answers at an address.
    pub(super) fn at(mut self, url: &str, answer: Result<&[u8], OutboundError>) -> Self {
        self.outside.push((url.to_owned(), answer.map(<[u8]>::to_vec)));
        self
    }
}

/// A row of the table.
struct Row {
    step: String,
    place: &'static str,
    said: String,
}

impl Row {
    fn new(step: impl ToString, place: &'static str, said: String) -> Self {
        Self { step: step.to_string(), place, said }
    }
}

/// The step that asks for a provider's data, from 1.
fn asking_step(provider: &str) -> usize {
    let catalog = Catalog::embedded().unwrap();
    let steps = &catalog.find(provider).unwrap_or_else(|| panic!("no {provider}")).steps;
    steps.iter().rposition(|step| !step.collect.is_empty()).unwrap() + 1
}

async fn bring(world: &World, case: &Case) -> Result<Row, String> {
    for (url, answer) in &case.outside {
        let answer = answer.as_ref().map(Vec::as_slice).map_err(Clone::clone);
        world.outside.serve(url, answer);
    }
    let (mut browser, _) = at_okta(world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let picker = browser.open("/portal/sso").await;
    // Either protocol of a product has its button.
    let token = picker.form_token();
    let pick = picker.form("provider-card-okta-saml").forge("provider", Some(case.provider));
    browser.submit(&pick.forge("form_token", Some(&token))).await;
    let number = asking_step(case.provider);
    let step = browser.open(&format!("/portal/sso/steps/{number}")).await;
    let mut form = step.form("step-next");
    for (field, value) in &case.typed {
        form = form.fill(field, value);
    }
    for (field, bytes) in &case.files {
        form = form.choose(field, bytes);
    }
    let page = browser.submit(&form).await;
    match case.wanted {
        Wanted::Refused(field, says) | Wanted::Forgotten(field, says) => {
            refused(case, &page, number, field, says).map(|said| Row::new(number, field, said))
        }
        Wanted::Cautioned(says) => {
            let page = review(&mut browser, &page).await?;
            let place = ["other-provider", "cautions"].into_iter().find(|place| page.has(place));
            let said = page.words(place.unwrap_or("understood"));
            holds(said.contains(says), &said).map(|()| Row::new("review", "caution", said))
        }
        Wanted::Understood(says) => {
            let said = review(&mut browser, &page).await?.words("understood");
            holds(said.contains(says), &said).map(|()| Row::new("review", "understood", says.to_owned()))
        }
        Wanted::Choose => {
            let said = page.heading();
            holds(said == "Which identity provider is yours?", &said)
                .map(|()| Row::new(number, "entity_id", said))
        }
    }
}

fn holds(holds: bool, instead: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("instead: {instead}")) }
}

/// The fault stands beside its field and in the summary, at the step that it was sent from, and
/// nothing is lost, or shown that must not be.
fn refused(case: &Case, page: &Page, number: usize, field: &str, says: &str) -> Result<String, String> {
    let handle = format!("error-{field}");
    let elsewhere =
        || if page.has("error-summary") { page.words("error-summary") } else { page.path.clone() };
    holds(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has(&handle), &elsewhere())?;
    let said = page.words(&handle);
    holds(said.contains(says), &said)?;
    holds(page.words("error-summary").contains(&said), "it is not in the summary")?;
    holds(page.body.contains(&format!("id=\"step-{number}\"")), "it is told at another step")?;
    let again = page.form("step-next");
    for (typed, value) in &case.typed {
        let kept = again.value(typed).unwrap_or_default();
        // Line ends of a field are the browser's, not what was typed.
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if matches!(case.wanted, Wanted::Forgotten(..)) && *typed == field {
            holds(kept.is_empty() && !flat(&page.body).contains(&flat(value)), "it is shown again")?;
        } else if *typed != "client_secret" {
            holds(flat(kept) == flat(value), &format!("{typed} is lost: {kept}"))?;
        }
    }
    Ok(said)
}

/// The review, behind what steps remain.
async fn review(browser: &mut Browser<'_>, page: &Page) -> Result<Page, String> {
    if page.has("error-summary") {
        return Err(format!("instead: {}", page.words("error-summary")));
    }
    let page = browser.open("/portal/sso/review").await;
    holds(page.path == "/portal/sso/review", &page.path)?;
    Ok(page)
}

#[expect(clippy::print_stdout, reason = "the table is what the test is asked for by people")]
async fn table(cases: Vec<Case>, least: usize) {
    assert!(cases.len() >= least, "{} cases", cases.len());
    let world = World::new().await;
    let mut printed =
        String::from("| # | Provider | Step | Brought | Beside | Said |\n|---|---|---|---|---|---|\n");
    let mut wrong = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let (number, provider, what) = (index + 1, case.provider, case.what);
        match bring(&world, case).await {
            Ok(Row { step, place, said }) => {
                let said = said.replace('|', "/");
                writeln!(printed, "| {number} | {provider} | {step} | {what} | {place} | {said} |").unwrap();
            }
            Err(why) => wrong.push(format!("{provider}: {what}: {why}")),
        }
        assert_eq!(world.connection().await.unwrap().state, ConnectionState::Draft, "{what}");
    }
    println!("{printed}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn wrong_inputs_for_saml_are_told_where_they_are_and_what_to_do() {
    table(saml::cases(), 50).await;
}

#[actix_web::test]
async fn wrong_inputs_for_openid_connect_are_told_where_they_are_and_what_to_do() {
    table(oidc::cases(), 15).await;
}
