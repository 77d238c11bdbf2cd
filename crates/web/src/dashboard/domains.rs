//! The record that proves a domain: what to set, what was found, and a look at once.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use vestibule_application::usecases::check_organization_domain::CheckDomainError;
use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, Finding, OrganizationDomain, PROOF_WAIT,
};
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::see_other;
use super::done::Done;
use super::failure::Failure;
use super::operator::{Signed, id};
use super::organization::done_href;
use super::view::organization::{DomainView, FindingView, SoughtView};
use crate::domain_check::{self, Checked};

/// Looks for the record of a domain now.
pub(super) async fn check(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization) = operator.place(&path.0, &path.1)?;
    let domain_id: OrganizationDomainId = id(&path.2)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let done = match domain_check::check(&dashboard.app, caller, domain_id).await {
        Ok(Checked::Now(domain)) if domain.is_verified() => Done::DomainProven,
        Ok(Checked::Now(_)) => Done::DomainUnproven,
        Ok(Checked::JustBefore(_)) => Done::DomainJustAsked,
        // Somebody else was quicker, and it is as wanted.
        Err(CheckDomainError::Verified) => Done::DomainProven,
        Err(CheckDomainError::Unknown) => return Err(Failure::NotFound),
        Err(error @ (CheckDomainError::Ended | CheckDomainError::Overtaken)) => {
            return Err(Failure::internal(error));
        }
        Err(CheckDomainError::Store(error)) => return Err(error.into()),
    };
    Ok(see_other(&done_href(environment, organization, done)))
}

/// A domain, for its customer's page.
pub(super) fn view(href: &str, domain: &OrganizationDomain) -> DomainView {
    let (state, state_word) = match domain.state {
        DomainState::Pending => ("pending", "Pending"),
        DomainState::Verified { .. } => ("verified", "Verified"),
        DomainState::Failed { why: DomainFailure::Expired, .. } => ("failed", "Not proven in time"),
        DomainState::Failed { why: DomainFailure::Taken, .. } => ("failed", "Another organization has it"),
    };
    DomainView {
        href: format!("{href}/domains/{}", domain.id),
        name: domain.domain.to_string(),
        state,
        state_word,
        sought: (!domain.is_verified()).then(|| sought(domain)),
    }
}

fn sought(domain: &OrganizationDomain) -> SoughtView {
    let [name, other_name] = domain.record_names();
    let given_up = match domain.state {
        DomainState::Failed { why: DomainFailure::Expired, .. } => Some(
            "The record did not come within 30 days. Set it, then check now: we look for it again from then on.",
        ),
        DomainState::Failed { why: DomainFailure::Taken, .. } => Some(
            "Another organization of this environment has verified the domain. Remove it there, then check now; or remove it here.",
        ),
        DomainState::Pending | DomainState::Verified { .. } => None,
    };
    SoughtView {
        name,
        other_name,
        value: domain.record_text(),
        given_up,
        until: Moment::of(domain.search.since + PROOF_WAIT),
        asked_at: domain.search.asked_at.map(Moment::of),
        finding: domain.search.found.as_ref().map(|finding| said(domain, finding)),
    }
}

/// What was found, and the way out.
fn said(domain: &OrganizationDomain, finding: &Finding) -> FindingView {
    let bare = |what, way_out| FindingView { what, texts: Vec::new(), more: 0, way_out };
    match finding {
        Finding::NoSuchName => bare(
            "There is no such name in DNS.",
            "Is the domain spelled as it should be? A name that was registered or set just now takes a while to be seen.",
        ),
        Finding::NoTexts => bare(
            "The name has no TXT record.",
            "Was the record saved, and as TXT? Many consoles add the domain to the name by themselves: there the name is @, or nothing.",
        ),
        Finding::NoAnswer => bare(
            "The name servers do not answer, or answer with an error.",
            "Whoever runs them can tell why. We go on looking; try again in a while.",
        ),
        Finding::OtherTexts(found) => {
            let near = |part: &str| found.texts.iter().any(|text| text.contains(part));
            FindingView {
                what: "We found these TXT records, and none of them is the one to set:",
                texts: found.texts.clone(),
                more: found.more,
                way_out: if near(&domain.verification_token) {
                    "One of them has the right token and something else besides. It must say what stands above and nothing more, without quotation marks."
                } else if near("verification_token=") {
                    "One of them has the token of something else. It may stay: add the record above beside it."
                } else {
                    "They may stay: add the record above beside them."
                },
            }
        }
    }
}
