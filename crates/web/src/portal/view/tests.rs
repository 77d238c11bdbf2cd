//! Every template renders all its samples into sound pages, hostile text included.

use super::HOSTILE;
use super::arrival::{LandingPage, RefusedPage, UnusablePage};
use super::attributes::AttributesPage;
use super::code::CodePage;
use super::connection::{ConnectionPage, DonePage};
use super::guide::GuidePage;
use super::home::HomePage;
use super::picker::{ChoosePage, PickerPage};
use super::renewal::{RenewalPage, RenewedPage};
use super::review::ReviewPage;
use super::session::{SessionPage, SessionsPage};
use super::walkthrough::StepPage;
use crate::dashboard::view::account::AccountPage;
use crate::dashboard::view::attribute_map::AttributeMapPage;
use crate::dashboard::view::attributes::AttributesPage as CustomAttributesPage;
use crate::dashboard::view::branding::BrandingPage;
use crate::dashboard::view::confirm::ConfirmPage;
use crate::dashboard::view::connection::ConnectionPage as DashboardConnectionPage;
use crate::dashboard::view::contacts::ContactsPage;
use crate::dashboard::view::deliveries::{DeliveryPage, ReplaysPage};
use crate::dashboard::view::events::EventsPage;
use crate::dashboard::view::forgotten::{ForgottenPage, JoinPage, NewPasswordPage};
use crate::dashboard::view::hosts::HostsPage;
use crate::dashboard::view::keys::KeysPage;
use crate::dashboard::view::organization::OrganizationPage;
use crate::dashboard::view::organization_settings::OrganizationSettingsPage;
use crate::dashboard::view::organizations::OrganizationsPage;
use crate::dashboard::view::overview::OverviewPage;
use crate::dashboard::view::portal_redirects::PortalRedirectsPage;
use crate::dashboard::view::providers::ProvidersPage;
use crate::dashboard::view::redirects::RedirectsPage;
use crate::dashboard::view::refused::RefusedPage as DashboardRefusedPage;
use crate::dashboard::view::second_factor::{AskPage, EnrolPage, RecoveryCodesPage};
use crate::dashboard::view::second_step::SecondStepPage;
use crate::dashboard::view::sessions::{AttemptPage, AttemptsPage};
use crate::dashboard::view::settings::{EnvironmentsPage, GeneralPage};
use crate::dashboard::view::sign_in::SignInPage;
use crate::dashboard::view::snippets::SnippetsPage;
use crate::dashboard::view::team::{TeamPage, TeamTrailPage};
use crate::dashboard::view::trail::TrailPage;
use crate::dashboard::view::webhooks::{WebhookPage, WebhooksPage};
use crate::pages::assets::Assets;
use crate::pages::proof::assert_sound;
use crate::pages::{Here, Page, Pages, Prepared};
use crate::sso::page::{OnwardPage, SignInRefusedPage};
use crate::sso::test::TestEndedPage;
use crate::test_idp::page::TestProviderPage;
use vestibule_domain::language::Language;

fn pages() -> Pages {
    Pages::load(&Assets::load()).unwrap()
}

/// The samples of a template, in every language.
struct Rendered {
    template: &'static str,
    samples: Vec<(Language, String)>,
}

fn render<P: Page>(pages: &Pages) -> Rendered {
    let mut samples = Vec::new();
    for language in Language::ALL {
        let here = [
            Here::speaking(language),
            Here::speaking(language).with_choice(|language| format!("{HOSTILE}{}", language.as_str())),
        ];
        for (sample, here) in P::samples().iter().zip(here.iter().cycle()) {
            let html = pages.render(Prepared::new(sample).unwrap(), here).unwrap();
            samples.push((language, html));
        }
    }
    Rendered { template: P::TEMPLATE, samples }
}

fn all() -> Vec<Rendered> {
    let pages = &pages();
    vec![
        render::<AccountPage>(pages),
        render::<AskPage>(pages),
        render::<EnrolPage>(pages),
        render::<ForgottenPage>(pages),
        render::<JoinPage>(pages),
        render::<NewPasswordPage>(pages),
        render::<RecoveryCodesPage>(pages),
        render::<SecondStepPage>(pages),
        render::<TeamPage>(pages),
        render::<TeamTrailPage>(pages),
        render::<AttemptPage>(pages),
        render::<AttemptsPage>(pages),
        render::<AttributesPage>(pages),
        render::<BrandingPage>(pages),
        render::<ChoosePage>(pages),
        render::<CodePage>(pages),
        render::<ConfirmPage>(pages),
        render::<ConnectionPage>(pages),
        render::<ContactsPage>(pages),
        render::<AttributeMapPage>(pages),
        render::<DashboardConnectionPage>(pages),
        render::<CustomAttributesPage>(pages),
        render::<DashboardRefusedPage>(pages),
        render::<DeliveryPage>(pages),
        render::<DonePage>(pages),
        render::<EnvironmentsPage>(pages),
        render::<EventsPage>(pages),
        render::<GeneralPage>(pages),
        render::<GuidePage>(pages),
        render::<HomePage>(pages),
        render::<HostsPage>(pages),
        render::<KeysPage>(pages),
        render::<LandingPage>(pages),
        render::<OnwardPage>(pages),
        render::<OrganizationPage>(pages),
        render::<OrganizationSettingsPage>(pages),
        render::<OrganizationsPage>(pages),
        render::<OverviewPage>(pages),
        render::<PickerPage>(pages),
        render::<ProvidersPage>(pages),
        render::<PortalRedirectsPage>(pages),
        render::<RedirectsPage>(pages),
        render::<RefusedPage>(pages),
        render::<RenewalPage>(pages),
        render::<RenewedPage>(pages),
        render::<ReplaysPage>(pages),
        render::<ReviewPage>(pages),
        render::<SessionPage>(pages),
        render::<SessionsPage>(pages),
        render::<SignInPage>(pages),
        render::<SignInRefusedPage>(pages),
        render::<TestEndedPage>(pages),
        render::<SnippetsPage>(pages),
        render::<StepPage>(pages),
        render::<TestProviderPage>(pages),
        render::<TrailPage>(pages),
        render::<UnusablePage>(pages),
        render::<WebhookPage>(pages),
        render::<WebhooksPage>(pages),
    ]
}

#[test]
fn every_template_has_samples() {
    let shared = [
        "dashboard/base.html",
        "dashboard/bare.html",
        "dashboard/parts.html",
        "portal/attribute_names.html",
        "portal/base.html",
        "portal/colleague.html",
        "portal/drawing.html",
        "portal/parts.html",
    ];
    let pages = pages();
    let on_disk: Vec<&str> = pages.templates().into_iter().filter(|path| !shared.contains(path)).collect();
    let mut covered: Vec<&str> = all().into_iter().map(|rendered| rendered.template).collect();
    covered.sort_unstable();
    assert_eq!(on_disk, covered);
}

#[test]
fn every_sample_makes_a_sound_page_in_every_language() {
    for rendered in all() {
        for (language, html) in rendered.samples {
            assert_sound(&html, language.as_str());
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    for Rendered { template, samples } in all() {
        assert!(
            samples.iter().any(|(_, html)| html.contains("&lt;script&gt;alert(")),
            "{template} has no hostile sample"
        );
        for (_, html) in samples {
            assert_eq!(
                html.matches("alert(").count(),
                html.matches("&lt;script&gt;alert(").count(),
                "{template}"
            );
        }
    }
}

/// Buttons and links whose name lacks what they show. Source: WCAG 2.2, 2.5.3 (label in name).
fn misnamed(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, begin) in html.match_indices("aria-label=\"") {
        let tag = &html[html[..at].rfind('<').unwrap() + 1..];
        let Some(kind) = ["button", "a"].into_iter().find(|kind| tag.starts_with(&format!("{kind} "))) else {
            continue;
        };
        let (name, rest) = html[at + begin.len()..].split_once('"').unwrap();
        let (_, content) = rest.split_once('>').unwrap();
        let (content, _) = content.split_once(&format!("</{kind}>")).unwrap();
        let texts = content.split('<').enumerate().map(|(i, part)| match part.split_once('>') {
            Some((_, text)) if i > 0 => text,
            _ => part,
        });
        let shown = texts.collect::<String>();
        let shown = shown.trim().trim_end_matches('…');
        if !name.to_lowercase().contains(&shown.to_lowercase()) {
            found.push((name.to_owned(), shown.to_owned()));
        }
    }
    found
}

#[test]
fn what_a_button_is_named_has_what_it_shows() {
    let shown = |label| misnamed(&format!("<p><button aria-label=\"{label}\"><b>Make</b> it…</button></p>"));
    assert_eq!(shown("Make it: 1"), []);
    assert_eq!(shown("Make 1").len(), 1);
    let mut faults = Vec::new();
    for Rendered { template, samples } in all() {
        for (language, html) in samples {
            faults.extend(misnamed(&html).into_iter().map(|fault| (template, language, fault)));
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn what_scripts_rely_on_is_there() {
    let html: String =
        all().into_iter().flat_map(|rendered| rendered.samples).map(|(_, html)| html).collect();
    for handle in [
        "portal-landing",
        "portal-begin",
        "provider-card-okta-saml",
        "provider-search",
        "copy-acs_url",
        "step-next",
        "step-back",
        "field-sample_url",
        "error-summary",
        "error-sample_url",
        "save-connection",
        "connection-state",
        "setup-complete",
        "test-sso",
        "test-result",
        "session-row",
        "session-detail",
        "return-to-app",
        "link-unusable",
    ] {
        assert!(html.contains(&format!("data-testid=\"{handle}\"")), "{handle}");
    }
    assert!(html.contains("data-value=") && html.contains("data-reason=\"consumed\""));
}
