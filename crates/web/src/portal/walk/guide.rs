//! All steps of a walkthrough on one page: for printing, and for the colleague who has the console.

use std::collections::BTreeSet;

use vestibule_catalog::WeNeed;

use super::super::attributes::errors;
use super::super::view::frame::Field;
use super::super::view::guide::{BringView, GuidePage, GuideStep};
use super::super::view::walkthrough::RowView;
use super::picture::is_asked;
use super::step::Walk;
use super::step_href;

/// The page. It begins where `walk` is and leads back there.
pub(super) fn page(walk: &Walk<'_>, colleague: Field) -> GuidePage {
    GuidePage {
        frame: walk.visitor.frame(),
        form_token: walk.visitor.form_token(),
        provider: walk.provider_view(),
        steps: (0..walk.provider.steps.len()).map(|step| guide_step(&Walk { step, ..*walk })).collect(),
        errors: errors(std::slice::from_ref(&colleague)),
        colleague,
        back_href: step_href(walk.provider, walk.step),
    }
}

fn guide_step(walk: &Walk<'_>) -> GuideStep {
    let step = &walk.provider.steps[walk.step];
    let (rows, values) = walk.ours(&mut BTreeSet::new());
    // On paper nothing is copied, and the same value stands on the page more than once.
    let rows = rows.into_iter().map(|row| RowView { copy: None, ..row }).collect();
    let asked = step.collect.iter().filter_map(|key| walk.provider.field(*key));
    let brings = asked.filter(|need| is_asked(walk.provider, need)).map(bring).collect();
    GuideStep {
        number: walk.step + 1,
        title: step.title.clone(),
        when: step.when.clone(),
        body_html: step.body_html.clone(),
        rows,
        values,
        brings,
        drawings: walk.pictures().drawings,
    }
}

fn bring(need: &WeNeed) -> BringView {
    BringView { label: need.label.clone(), place: need.where_.clone() }
}
