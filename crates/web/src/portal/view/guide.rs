//! All steps of a walkthrough on one page.

use serde::Serialize;

use super::drawing::Drawing;
use super::frame::{ErrorLink, Field, Frame};
use super::walkthrough::{CopyView, ProviderView, RowView, SectionView, StepPage};
use crate::pages::Page;

/// All steps.
#[derive(Debug, Serialize)]
pub(crate) struct GuidePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// Whose console it is about.
    pub provider: ProviderView,
    /// The steps.
    pub steps: Vec<GuideStep>,
    /// Who gets the steps by mail.
    pub colleague: Field,
    /// Where the walkthrough goes on.
    pub back_href: String,
    /// What has to be fixed.
    pub errors: Vec<ErrorLink>,
}

/// A step.
#[derive(Debug, Serialize)]
pub(crate) struct GuideStep {
    /// Its number, from 1.
    pub number: usize,
    /// What it achieves.
    pub title: String,
    /// When it applies.
    pub when: Option<String>,
    /// What to do: HTML made by the catalogue, safe as it is.
    pub body_html: String,
    /// What goes into which field of their console.
    pub rows: Vec<RowView>,
    /// Our values that stand in no row.
    pub values: Vec<CopyView>,
    /// What is to be brought back.
    pub brings: Vec<BringView>,
    /// Pictures.
    pub drawings: Vec<Drawing>,
}

/// Something to be brought back.
#[derive(Debug, Serialize)]
pub(crate) struct BringView {
    /// Its label in their console.
    pub label: String,
    /// Where it is found.
    #[serde(rename = "where")]
    pub place: Option<String>,
}

impl Page for GuidePage {
    const TEMPLATE: &'static str = "portal/guide.html";

    fn samples() -> Vec<Self> {
        // The steps of the page for a stretch of work.
        let step = |section: SectionView, label: &str| GuideStep {
            number: section.number,
            title: section.heading.clone(),
            when: section.when,
            body_html: section.body_html,
            rows: section.rows,
            values: section.values,
            brings: [None, Some(section.heading)]
                .map(|place| BringView { label: label.to_owned(), place })
                .into(),
            drawings: section.drawings,
        };
        let guide = |page: StepPage| Self {
            steps: page.sections.into_iter().map(|section| step(section, &page.form_token)).collect(),
            frame: page.frame,
            provider: page.provider,
            colleague: page.colleague,
            back_href: page.form_token.clone(),
            form_token: page.form_token,
            errors: Vec::new(),
        };
        let bare = |page: GuidePage| Self {
            steps: page.steps.into_iter().map(|step| GuideStep { brings: Vec::new(), ..step }).collect(),
            ..page
        };
        let wrong = |page: GuidePage| Self {
            errors: vec![ErrorLink {
                field_id: page.colleague.id.clone(),
                text: page.back_href.clone().into(),
            }],
            ..page
        };
        let wrong = StepPage::samples().into_iter().last().map(guide).map(wrong);
        let plain = StepPage::samples().into_iter().next().map(guide).map(bare);
        StepPage::samples().into_iter().map(guide).chain(plain).chain(wrong).collect()
    }
}
