//! Every template renders all its samples into sound pages, hostile text included.

use super::arrival::{HomePage, LandingPage, RefusedPage, UnusablePage};
use super::connection::{ConnectionPage, DonePage};
use super::picker::{ChoosePage, PickerPage};
use super::review::ReviewPage;
use super::walkthrough::StepPage;
use crate::pages::assets::Assets;
use crate::pages::proof::assert_sound;
use crate::pages::{Page, Pages};

fn pages() -> Pages {
    Pages::load(&Assets::load()).unwrap()
}

fn render<P: Page>() -> (&'static str, Vec<String>) {
    let pages = pages();
    (P::TEMPLATE, P::samples().iter().map(|sample| pages.render(sample).unwrap()).collect())
}

fn all() -> Vec<(&'static str, Vec<String>)> {
    vec![
        render::<ChoosePage>(),
        render::<ConnectionPage>(),
        render::<DonePage>(),
        render::<HomePage>(),
        render::<LandingPage>(),
        render::<PickerPage>(),
        render::<RefusedPage>(),
        render::<ReviewPage>(),
        render::<StepPage>(),
        render::<UnusablePage>(),
    ]
}

#[test]
fn every_template_has_samples() {
    let shared = ["portal/base.html", "portal/drawing.html", "portal/parts.html"];
    let pages = pages();
    let on_disk: Vec<&str> = pages.templates().into_iter().filter(|path| !shared.contains(path)).collect();
    let mut covered: Vec<&str> = all().into_iter().map(|(path, _)| path).collect();
    covered.sort_unstable();
    assert_eq!(on_disk, covered);
}

#[test]
fn every_sample_makes_a_sound_page() {
    for (_, samples) in all() {
        for html in samples {
            assert_sound(&html);
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    for (path, samples) in all() {
        assert!(
            samples.iter().any(|html| html.contains("&lt;script&gt;alert(")),
            "{path} has no hostile sample"
        );
        for html in samples {
            assert_eq!(
                html.matches("alert(").count(),
                html.matches("&lt;script&gt;alert(").count(),
                "{path}"
            );
        }
    }
}

#[test]
fn what_scripts_rely_on_is_there() {
    let html: String = all().into_iter().flat_map(|(_, samples)| samples).collect();
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
        "return-to-app",
        "link-unusable",
    ] {
        assert!(html.contains(&format!("data-testid=\"{handle}\"")), "{handle}");
    }
    assert!(html.contains("data-value=") && html.contains("data-reason=\"consumed\""));
}
