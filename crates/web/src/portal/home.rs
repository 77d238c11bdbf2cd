//! The home of a visit: what it can set up, and how far each is.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use vestibule_application::ports::store::PortalVisit;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_words::{Piece, text};

use super::answer::page;
use super::failure::Failure;
use super::renewal::renewable;
use super::view::home::{DomainView, HomePage, SsoTask};
use super::visitor::Visitor;
use super::words;

/// How many domains are listed; who has more knows.
const DOMAINS_MAX: usize = 10;

/// Shows the home.
pub(super) async fn show(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let session = &visitor.visit.session;
    let done_here = |intent: &Intent| matches!(intent, Intent::Sso | Intent::CertificateRenewal);
    let others = Intent::ALL.into_iter().filter(|intent| !done_here(intent));
    // A link without intents opens the home as it is, and promises nothing.
    let missing = others.filter(|intent| session.intents.contains(intent)).map(words::task).collect();
    let content = HomePage {
        frame: visitor.frame(),
        sso: session.covers(Intent::Sso).then(|| sso(&visitor.visit)),
        renewal: session.covers(Intent::CertificateRenewal) && renewable(&visitor).is_some(),
        domains: domains(&visitor.visit),
        missing,
    };
    page(StatusCode::OK, &content)
}

fn sso(visit: &PortalVisit) -> SsoTask {
    let state = visit.connection.as_ref().map(|connection| connection.state);
    let name = visit.connection.as_ref().map(|connection| Piece::from(connection.name.as_str()));
    SsoTask {
        state: state.map_or("none", |state| state.as_str()),
        word: words::state_word(state),
        text: name.unwrap_or_else(|| text!("home-sso-why").into()),
    }
}

/// The domains that people may sign in from, where that matters.
fn domains(visit: &PortalVisit) -> Vec<DomainView> {
    match visit.organization.profiles {
        ProfileRule::AnyDomain => Vec::new(),
        ProfileRule::VerifiedDomains if visit.domains.is_empty() => vec![view(None)],
        ProfileRule::VerifiedDomains => {
            visit.domains.iter().take(DOMAINS_MAX).map(|domain| view(Some(domain))).collect()
        }
    }
}

fn view(domain: Option<&OrganizationDomain>) -> DomainView {
    let name = domain.map(|domain| domain.domain.as_str().to_owned());
    if domain.is_some_and(OrganizationDomain::is_verified) {
        DomainView { name, state: "active", word: text!("state-word-verified") }
    } else {
        DomainView { name, state: "validating", word: text!("state-word-unverified") }
    }
}
