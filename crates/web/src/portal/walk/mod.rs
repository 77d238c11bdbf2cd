//! Walking through the steps of a provider's guide, and bringing back what it asks for.

mod form;
mod guide;
mod picture;
mod sheet;
mod step;
mod stretch;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::usecases::reach_step::{ReachStep, ReachStepCommand};
use vestibule_application::usecases::review_candidate::{
    ProviderData, ReviewCandidate, ReviewCandidateCommand, ReviewCandidateError,
};
use vestibule_application::usecases::send_steps::{SendSteps, SendStepsCommand, SendStepsError};
use vestibule_catalog::{FieldKey, Provider};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::Protocol;
use vestibule_words::Text;

use super::answer::{page, see_other};
use super::failure::{Failure, FailureKind};
use super::intake::{self, Fault, Submission, Understood};
use super::language::Spoken;
use super::typed::Typed;
use super::view::frame::ErrorLink;
use super::view::picker::{ChoiceView, ChoosePage, Kept};
use super::visitor::{CONNECTION, DONE, PICKER, REVIEW, SetUp, Visitor};
use super::words::Notice;
use super::{Portal, intake::ENTITY_ID};
use crate::app::App;
use step::{Entered, Walk};
use stretch::page_href;

pub(super) use stretch::step_href;

/// How many providers of an aggregate are listed; the others are typed.
const CHOICES_MAX: usize = 100;

/// The protocol of a provider.
pub(super) fn protocol_of(provider: &Provider) -> Protocol {
    match provider.protocol {
        vestibule_catalog::Protocol::Saml => Protocol::Saml,
        vestibule_catalog::Protocol::Oidc => Protocol::Oidc,
    }
}

/// The step that asks for a provider's data, from 0: the last that asks for anything.
pub(super) fn asking_step(provider: &Provider) -> usize {
    provider.steps.iter().rposition(|step| !step.collect.is_empty()).unwrap_or(0)
}

/// Who walks, and through what; or where they have to go instead.
enum Way<'a> {
    Here { connection: &'a Connection, provider: &'a Provider },
    Elsewhere(&'static str),
}

fn way<'a>(portal: &'a Portal, visitor: &'a Visitor) -> Result<Way<'a>, Failure> {
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(Way::Elsewhere(DONE));
    }
    if visitor.complete().is_some() && !visitor.may_manage() {
        return Ok(Way::Elsewhere(CONNECTION));
    }
    let Some(connection) = visitor.visit.connection.as_ref() else { return Ok(Way::Elsewhere(PICKER)) };
    Ok(match portal.app.guide(connection) {
        Some(provider) => Way::Here { connection, provider },
        None => Way::Elsewhere(PICKER),
    })
}

/// What happened just before a page.
#[derive(Deserialize)]
pub(super) struct NoticeQuery {
    pub(super) notice: Option<String>,
}

/// Goes on where the visit was.
pub(super) async fn resume(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    Ok(match way(&portal, &visitor)? {
        Way::Here { provider, .. } => see_other(&step_href(provider, furthest_step(&visitor, provider))),
        Way::Elsewhere(place) => see_other(place),
    })
}

/// Shows the page with a step.
pub(super) async fn show(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    number: Path<usize>,
    query: Query<NoticeQuery>,
) -> Result<HttpResponse, Failure> {
    let (connection, provider) = match way(&portal, &visitor)? {
        Way::Here { connection, provider } => (connection, provider),
        Way::Elsewhere(place) => return Ok(see_other(place)),
    };
    // The guide may have become shorter since the address was kept.
    let Some(step) = number.checked_sub(1).filter(|step| *step < provider.steps.len()) else {
        return Err(visitor.fail(FailureKind::NotFound));
    };
    let entered = Entered {
        typed: Typed::load(&portal, &request, &visitor, provider),
        submission: None,
        faults: Vec::new(),
    };
    let walk = Walk { portal: &portal, visitor: &visitor, connection, provider, step };
    page(StatusCode::OK, &walk.page(&entered, Notice::text_of(query.notice.as_deref())))
}

/// Shows all steps on one page.
pub(super) async fn overview(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let (connection, provider) = match way(&portal, &visitor)? {
        Way::Here { connection, provider } => (connection, provider),
        Way::Elsewhere(place) => return Ok(see_other(place)),
    };
    let step = furthest_step(&visitor, provider);
    let walk = Walk { portal: &portal, visitor: &visitor, connection, provider, step };
    page(StatusCode::OK, &guide::page(&walk, sheet::field()))
}

/// The form that sends all steps to a colleague.
#[derive(Deserialize)]
pub(super) struct ColleagueForm {
    form_token: Option<String>,
    colleague: String,
}

/// Sends all steps to a colleague.
pub(super) async fn send(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<ColleagueForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let (connection, provider) = match way(&portal, &visitor)? {
        Way::Here { connection, provider } => (connection, provider),
        Way::Elsewhere(place) => return Ok(see_other(place)),
    };
    let step = furthest_step(&visitor, provider);
    let walk = Walk { portal: &portal, visitor: &visitor, connection, provider, step };
    let refuse = |status, error| page(status, &guide::page(&walk, sheet::refused(&form.colleague, error)));
    let to = match sheet::address(&form.colleague) {
        Ok(to) => to,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, error),
    };
    let language = Spoken::find(&request, &portal.app.settings).language;
    let sheet = sheet::sheet(&walk, language);
    let command = SendStepsCommand { session: visitor.digest(), to, sheet, language };
    match portal.app.run(SendSteps { ambient: portal.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&format!("{}?notice={}", page_href(step), Notice::SheetSent.as_str()))),
        Err(SendStepsError::TooMany(_)) => refuse(StatusCode::TOO_MANY_REQUESTS, sheet::too_many()),
        Err(SendStepsError::Visit(error)) => Err(visitor.fail(error)),
    }
}

/// The furthest step that the visit reached, from 0; the guide may have become shorter since.
fn furthest_step(visitor: &Visitor, provider: &Provider) -> usize {
    usize::from(visitor.visit.session.progress.step).min(provider.steps.len().saturating_sub(1))
}

/// The form of a page that asks for nothing.
#[derive(Deserialize)]
pub(super) struct ReachForm {
    form_token: Option<String>,
    step: usize,
}

/// Goes on to a step, and notes it; behind the last one is the review.
pub(super) async fn reach(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<ReachForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let provider = match way(&portal, &visitor)? {
        Way::Here { provider, .. } => provider,
        Way::Elsewhere(place) => return Ok(see_other(place)),
    };
    let Some(step) = form.step.checked_sub(1) else { return Err(visitor.fail(FailureKind::Malformed)) };
    go_on(&portal, &visitor, provider, step, None).await
}

/// Goes to a step, or to what follows the last one.
async fn go_on(
    portal: &Portal,
    visitor: &Visitor,
    provider: &Provider,
    step: usize,
    notice: Option<Notice>,
) -> Result<HttpResponse, Failure> {
    let understood = notice == Some(Notice::Understood) || visitor.visit.session.progress.candidate.is_some();
    let (step, notice) = match (step < provider.steps.len(), understood) {
        (true, _) => (step, notice),
        (false, true) => return Ok(see_other(REVIEW)),
        (false, false) => (asking_step(provider), Some(Notice::StillNeeded)),
    };
    // No guide comes near this number of steps.
    let number = u16::try_from(step).map_err(|_| visitor.fail(FailureKind::Malformed))?;
    let command = ReachStepCommand { session: visitor.digest(), step: number };
    let case = ReachStep { ambient: portal.app.ambient.clone() };
    portal.app.run(case, command).await.map_err(|error| visitor.fail(error))?;
    Ok(see_other(&match notice {
        // It stands at the top of the page.
        Some(notice) => format!("{}?notice={}", page_href(step), notice.as_str()),
        None => step_href(provider, step),
    }))
}

/// Takes what a step asked for.
pub(super) async fn check(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    mut submission: Submission,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(submission.form_token.as_deref())?;
    let (connection, provider) = match way(&portal, &visitor)? {
        Way::Here { connection, provider } => (connection, provider),
        Way::Elsewhere(place) => return Ok(see_other(place)),
    };
    let last = asking_step(provider);
    let step =
        submission.step.and_then(|number| number.checked_sub(1)).filter(|step| *step < provider.steps.len());
    let step = step.unwrap_or(last);
    let mut leaked = submission.take_private_keys();
    if leaked.is_empty() && submission.is_blank() && visitor.visit.session.progress.candidate.is_some() {
        return go_on(&portal, &visitor, provider, step + 1, None).await;
    }
    let mut typed = Typed::load(&portal, &request, &visitor, provider);
    typed.merge(&submission);
    let outcome = match protocol_of(provider) {
        // Nothing is read while a private key is on its way.
        _ if !leaked.is_empty() => Err(std::mem::take(&mut leaked)),
        Protocol::Saml => intake::saml::understand(&portal.app, provider, &submission).await?,
        Protocol::Oidc if step < last && later_steps_ask(provider, step, &typed) => {
            let mut answer = match wrong_here(&portal.app, provider, step, &typed) {
                faults if faults.is_empty() => go_on(&portal, &visitor, provider, step + 1, None).await?,
                mut faults => {
                    submission.prepare_echo(&mut faults);
                    typed.forget(&faults);
                    let entered = Entered { typed: typed.clone(), submission: Some(&submission), faults };
                    let walk = Walk { portal: &portal, visitor: &visitor, connection, provider, step };
                    page(StatusCode::UNPROCESSABLE_ENTITY, &walk.page(&entered, None))?
                }
            };
            keep(&mut answer, &typed, &portal, &visitor, provider)?;
            return Ok(answer);
        }
        Protocol::Oidc => intake::oidc::understand(&portal.app, provider, &typed).await,
    };
    let mut answer = match outcome {
        Ok(Understood::Data(data)) => {
            remember(&portal, &visitor, *data).await?;
            go_on(&portal, &visitor, provider, step + 1, Some(Notice::Understood)).await?
        }
        Ok(Understood::Several { choices, fault }) => {
            let content = choose_page(&visitor, &submission, step, choices, fault);
            let status =
                if content.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            page(status, &content)?
        }
        Err(mut faults) => {
            submission.prepare_echo(&mut faults);
            typed.forget(&faults);
            let entered = Entered { typed: typed.clone(), submission: Some(&submission), faults };
            let walk = Walk { portal: &portal, visitor: &visitor, connection, provider, step };
            page(StatusCode::UNPROCESSABLE_ENTITY, &walk.page(&entered, None))?
        }
    };
    if protocol_of(provider) == Protocol::Oidc {
        keep(&mut answer, &typed, &portal, &visitor, provider)?;
    }
    Ok(answer)
}

async fn remember(portal: &Portal, visitor: &Visitor, data: ProviderData) -> Result<(), Failure> {
    let command = ReviewCandidateCommand { session: visitor.digest(), data };
    let case = ReviewCandidate { ambient: portal.app.ambient.clone() };
    match portal.app.run(case, command).await {
        Ok(_) => Ok(()),
        Err(ReviewCandidateError::Visit(error)) => Err(visitor.fail(error)),
        // Somebody else finished, or reset, in the moment between the page and now: their outcome
        // is what the next page shows.
        Err(ReviewCandidateError::NoProvider | ReviewCandidateError::AlreadyConnected) => {
            Err(visitor.fail(FailureKind::Overtaken))
        }
    }
}

fn keep(
    answer: &mut HttpResponse,
    typed: &Typed,
    portal: &Portal,
    visitor: &Visitor,
    provider: &Provider,
) -> Result<(), Failure> {
    match typed.cookie(portal, visitor, provider) {
        Some(cookie) => answer.add_cookie(&cookie).map_err(Failure::internal),
        None => Ok(()),
    }
}

/// Whether a later step asks for something that has to be known and is not.
fn later_steps_ask(provider: &Provider, step: usize, typed: &Typed) -> bool {
    let later = provider.steps.iter().skip(step + 1);
    let mut asked = later.flat_map(|step| &step.collect);
    asked.any(|key| {
        intake::oidc::required(provider).any(|field| field.key == *key) && typed.get(*key).is_none()
    })
}

/// What is missing of what a step asks for, and what is wrong with it.
fn wrong_here(app: &App, provider: &Provider, step: usize, typed: &Typed) -> Vec<Fault> {
    let here: &[FieldKey] = provider.steps.get(step).map_or(&[], |step| &step.collect);
    intake::oidc::required(provider)
        .filter(|field| here.contains(&field.key) && typed.get(field.key).is_none())
        .map(|field| Fault::at(field.key, super::words::faults::missing(&field.label)))
        .chain(intake::oidc::credentials(app, provider, typed))
        .filter(|fault| here.iter().any(|key| key.as_str() == fault.field))
        .collect()
}

fn choose_page(
    visitor: &Visitor,
    submission: &Submission,
    step: usize,
    choices: Vec<vestibule_application::ports::saml::ProviderChoice>,
    fault: Option<Text>,
) -> ChoosePage {
    let typed = [FieldKey::IdpMetadataUrl, FieldKey::IdpMetadataXml];
    let mut document: Vec<Kept> = typed
        .into_iter()
        .filter_map(|key| {
            Some(Kept { name: key.as_str().to_owned(), value: submission.text(key)?.to_owned() })
        })
        .collect();
    // A file cannot be handed back as a file; its text can. One that is no UTF-8 is chosen again.
    if let Some(text) = submission.metadata_file.as_deref().and_then(|file| std::str::from_utf8(file).ok()) {
        let value = text.trim_start_matches('\u{feff}').to_owned();
        document = vec![Kept { name: FieldKey::IdpMetadataXml.as_str().to_owned(), value }];
    }
    ChoosePage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        step: step + 1,
        document,
        total: choices.len(),
        more: choices.len() > CHOICES_MAX,
        choices: choices
            .into_iter()
            .take(CHOICES_MAX)
            .map(|choice| ChoiceView { entity_id: choice.entity_id.to_string(), name: choice.display_name })
            .collect(),
        errors: fault
            .iter()
            .map(|text| ErrorLink { field_id: format!("field-{ENTITY_ID}"), text: text.clone().into() })
            .collect(),
        error: fault.map(Into::into),
    }
}
