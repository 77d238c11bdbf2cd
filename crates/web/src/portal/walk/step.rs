//! What the page of a step shows.

use std::collections::BTreeSet;

use vestibule_catalog::{Confidence, Control, EnterValue, OurValue, Provider, Step, WeGive};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::Protocol;
use vestibule_words::{Piece, Text, text};

use super::super::Portal;
use super::super::files;
use super::super::intake::{Fault, Submission};
use super::super::ours::{self, Value};
use super::super::typed::Typed;
use super::super::view::frame::{ErrorLink, field_id};
use super::super::view::walkthrough::{
    CopyView, FileView, ProviderView, RowView, SectionView, SpareView, StepLink, StepPage, StepPlace,
};
use super::super::visitor::Visitor;
use super::picture::Pictures;
use super::stretch::{self, page_href};
use super::{form, protocol_of, sheet, step_href};

/// Where somebody is in a walkthrough.
pub(super) struct Walk<'a> {
    pub(super) portal: &'a Portal,
    pub(super) visitor: &'a Visitor,
    pub(super) connection: &'a Connection,
    pub(super) provider: &'a Provider,
    /// The step, from 0, below the number of steps.
    pub(super) step: usize,
}

/// What was entered, and what is wrong with it.
pub(super) struct Entered<'a> {
    pub(super) typed: Typed,
    pub(super) submission: Option<&'a Submission>,
    pub(super) faults: Vec<Fault>,
}

impl Walk<'_> {
    /// The page with the step.
    pub(super) fn page(&self, entered: &Entered<'_>, notice: Option<Text>) -> StepPage {
        let stretch = stretch::of(self.provider, self.step);
        let (first, last) = (*stretch.start(), *stretch.end());
        let mut copied = BTreeSet::new();
        let sections = stretch.map(|step| Walk { step, ..*self }.section(&mut copied)).collect();
        let asking = Walk { step: last, ..*self };
        let mut form = form::form(&asking, entered);
        let pictures = asking.pictures();
        for field in form.iter_mut().flat_map(|form| &mut form.ways).flat_map(|way| &mut way.fields) {
            field.pin = pictures.pin_of(&field.key);
        }
        StepPage {
            frame: self.visitor.frame(),
            form_token: self.visitor.form_token(),
            provider: self.provider_view(),
            steps: self.steps(),
            reviewable: self.visitor.visit.session.progress.candidate.is_some(),
            other_provider_href: self.visitor.complete().is_none().then_some("/portal/sso"),
            count: count(first + 1, last + 1, self.provider.steps.len()),
            first: first + 1,
            last: last + 1,
            reached: usize::from(self.visitor.visit.session.progress.step) + 1,
            total: self.provider.steps.len(),
            sections,
            form,
            colleague: sheet::field(),
            back_href: first
                .checked_sub(1)
                .map(|before| page_href(*stretch::of(self.provider, before).start())),
            notice,
            errors: entered
                .faults
                .iter()
                .map(|fault| ErrorLink { field_id: field_id(fault.field), text: fault.text.clone().into() })
                .collect(),
        }
    }

    /// The step. `copied` are the values that can be copied further up on the page.
    fn section(&self, copied: &mut BTreeSet<&'static str>) -> SectionView {
        let step = &self.provider.steps[self.step];
        let (rows, values) = self.ours(copied);
        SectionView {
            number: self.step + 1,
            heading: step.title.clone(),
            body_html: step.body_html.clone(),
            when: step.when.clone(),
            rows,
            values,
            tile: self.tile(),
            spare: self.spare(),
            drawings: self.pictures().drawings,
        }
    }

    /// The pictures of the step; documents are drawn as files.
    pub(super) fn pictures(&self) -> Pictures {
        Pictures::of(self.provider, self.step, |key| {
            self.value(key).map(|value| value.file_name().map_or(value.text, str::to_owned))
        })
    }

    /// The vendor's picture, where a step makes the app that it is for.
    fn tile(&self) -> Option<FileView> {
        let makes_app = self.provider.steps[self.step].copy.contains(&OurValue::AppName);
        if makes_app { files::tile(&self.visitor.visit.environment) } else { None }
    }

    pub(super) fn provider_view(&self) -> ProviderView {
        let provider = self.provider;
        ProviderView {
            name: provider.product().to_owned(),
            monogram: provider.monogram(),
            hue: provider.hue(),
            console_link: provider.console_link().map(str::to_owned),
            console_path: provider.console_path.clone(),
            admin_role: provider.admin_role.clone(),
            labels_may_differ: match provider.confidence {
                Confidence::High => false,
                Confidence::Medium | Confidence::Low => !provider.checked_on_live_console(),
            },
        }
    }

    fn steps(&self) -> Vec<StepLink> {
        let links = self.provider.steps.iter().enumerate();
        let reached = usize::from(self.visitor.visit.session.progress.step);
        let stretch = stretch::of(self.provider, self.step);
        links
            .map(|(index, step)| {
                let here = stretch.contains(&index);
                StepLink {
                    title: step.title.clone(),
                    // On the page itself: nothing that was typed there is lost.
                    href: if here { format!("#step-{}", index + 1) } else { step_href(self.provider, index) },
                    place: match here {
                        _ if index == self.step => StepPlace::Current,
                        true => StepPlace::Here,
                        false => StepPlace::Elsewhere,
                    },
                    passed: index < reached.max(self.step),
                    collects: !step.collect.is_empty(),
                }
            })
            .collect()
    }

    /// Our values: in the rows of their fields, and those that stand in no row. `copied` are those
    /// that stand further up on the page; each is found by its key in one place of it.
    pub(super) fn ours(&self, copied: &mut BTreeSet<&'static str>) -> (Vec<RowView>, Vec<CopyView>) {
        let step = &self.provider.steps[self.step];
        let mut in_rows = BTreeSet::new();
        let mut rows: Vec<RowView> = step
            .enter
            .iter()
            .filter_map(|row| {
                let verb = verb(row.control);
                let field = row.field.clone();
                Some(match &row.value {
                    EnterValue::Literal(text) => {
                        RowView { pin: 0, field, verb, value: text.clone(), long: None, copy: None }
                    }
                    EnterValue::Ref(key) => {
                        let value = self.value(*key)?;
                        in_rows.insert(key.as_str());
                        let copy = self.copy(*key, &value, copied);
                        let long = copy.long.clone();
                        RowView { pin: 0, field, verb, value: value.text, long, copy: Some(copy) }
                    }
                })
            })
            .collect();
        for (row, pin) in rows.iter_mut().zip(1..) {
            row.pin = pin;
        }
        let alone = step.copy.iter().filter(|key| !in_rows.contains(key.as_str()));
        let values = alone.filter_map(|key| Some(self.copy(*key, &self.value(*key)?, copied))).collect();
        (rows, values)
    }

    /// Our values that the console takes and that no step names, at the step that carries the others
    /// over.
    fn spare(&self) -> Vec<SpareView> {
        let provider = self.provider;
        if provider.steps.iter().position(carries_addresses) != Some(self.step) {
            return Vec::new();
        }
        let named = |given: &WeGive| {
            let rows = provider.steps.iter().flat_map(|step| &step.enter);
            let mut copied = provider.steps.iter().flat_map(|step| &step.copy);
            copied.any(|key| *key == given.key) || rows.into_iter().any(|row| row.field == given.their_label)
        };
        let spare = provider.we_give.iter().filter(|given| !given.required && !named(given));
        spare
            .filter_map(|given| {
                let value = self.value(given.key)?;
                Some(SpareView {
                    field: given.their_label.clone(),
                    place: given.where_.clone(),
                    note: given.note.clone(),
                    long: ours::file(&value, &self.portal.app, self.connection),
                    value: value.text,
                })
            })
            .collect()
    }

    fn value(&self, key: OurValue) -> Option<Value> {
        ours::value(key, &self.portal.app, &self.visitor.visit.environment, self.connection)
    }

    fn copy(&self, key: OurValue, value: &Value, copied: &mut BTreeSet<&'static str>) -> CopyView {
        let theirs = self.provider.given(key).next().map(|given| given.our_label.clone());
        CopyView {
            key: key.as_str(),
            label: theirs.map_or_else(|| value.label.clone().into(), Piece::from),
            value: value.text.clone(),
            again: !copied.insert(key.as_str()),
            long: ours::file(value, &self.portal.app, self.connection),
        }
    }

    /// The protocol of the walkthrough.
    pub(super) fn protocol(&self) -> Protocol {
        protocol_of(self.provider)
    }
}

/// Which steps of how many are on a page.
fn count(first: usize, last: usize, total: usize) -> Text {
    if first == last {
        text!("step-number", number = first, total = total)
    } else {
        text!("step-range", first = first, last = last, total = total)
    }
}

/// Whether a step carries an address of ours over, which its console's other fields stand beside.
fn carries_addresses(step: &Step) -> bool {
    step.copy.iter().any(|key| *key != OurValue::AppName)
}

/// What one does with a control that is no text box.
fn verb(control: Control) -> Option<Text> {
    match control {
        Control::TextBox => None,
        Control::Select | Control::Radio => Some(text!("step-choose")),
        Control::Checkbox => Some(text!("step-tick")),
        Control::Toggle => Some(text!("step-switch")),
    }
}
