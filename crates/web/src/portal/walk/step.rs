//! What a step shows.

use std::collections::BTreeSet;

use vestibule_catalog::{Confidence, Control, EnterValue, OurValue, Provider};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::Protocol;

use super::super::Portal;
use super::super::intake::{Fault, Submission};
use super::super::ours::{self, Value};
use super::super::typed::Typed;
use super::super::view::frame::{ErrorLink, field_id};
use super::super::view::walkthrough::{CopyView, ProviderView, RowView, StepLink, StepPage};
use super::super::visitor::Visitor;
use super::{form, protocol_of, step_href};

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
    /// The page of the step.
    pub(super) fn page(&self, entered: &Entered<'_>, notice: Option<&'static str>) -> StepPage {
        let step = &self.provider.steps[self.step];
        let (rows, values) = self.ours();
        let form = form::form(self, entered);
        StepPage {
            frame: self.visitor.frame(),
            form_token: self.visitor.form_token(),
            provider: self.provider_view(),
            steps: self.steps(),
            reviewable: self.visitor.visit.session.progress.candidate.is_some(),
            other_provider_href: self.visitor.complete().is_none().then_some("/portal/sso"),
            number: self.step + 1,
            total: self.provider.steps.len(),
            heading: step.title.clone(),
            body_html: step.body_html.clone(),
            when: step.when.clone(),
            rows,
            values,
            form,
            back_href: self.step.checked_sub(1).map(step_href),
            notice: notice.map(str::to_owned),
            errors: entered
                .faults
                .iter()
                .map(|fault| ErrorLink { field_id: field_id(fault.field), text: fault.text.clone().into() })
                .collect(),
        }
    }

    fn provider_view(&self) -> ProviderView {
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
        links
            .map(|(index, step)| StepLink {
                title: step.title.clone(),
                href: step_href(index),
                current: index == self.step,
                collects: !step.collect.is_empty(),
            })
            .collect()
    }

    /// Our values: in the rows of their fields, and those that stand in no row. Each can be copied
    /// by its key in one place.
    fn ours(&self) -> (Vec<RowView>, Vec<CopyView>) {
        let step = &self.provider.steps[self.step];
        let mut seen = BTreeSet::new();
        let rows = step
            .enter
            .iter()
            .filter_map(|row| {
                let verb = verb(row.control);
                let field = row.field.clone();
                Some(match &row.value {
                    EnterValue::Literal(text) => RowView {
                        field,
                        verb,
                        value: text.clone(),
                        long: None,
                        copy: None,
                        copy_again: false,
                    },
                    EnterValue::Ref(key) => {
                        let value = self.value(*key)?;
                        let first = seen.insert(key.as_str());
                        let copy = self.copy(*key, &value);
                        let long = copy.long.clone();
                        RowView {
                            field,
                            verb,
                            value: value.text,
                            long,
                            copy: first.then_some(copy),
                            copy_again: !first,
                        }
                    }
                })
            })
            .collect();
        let alone = step.copy.iter().filter(|key| !seen.contains(key.as_str()));
        let values = alone.filter_map(|key| Some(self.copy(*key, &self.value(*key)?))).collect();
        (rows, values)
    }

    fn value(&self, key: OurValue) -> Option<Value> {
        ours::value(key, &self.portal.app, &self.visitor.visit.environment, self.connection)
    }

    fn copy(&self, key: OurValue, value: &Value) -> CopyView {
        let theirs = self.provider.given(key).next().map(|given| given.our_label.clone());
        CopyView {
            key: key.as_str(),
            label: theirs.unwrap_or_else(|| value.label.to_owned()),
            value: value.text.clone(),
            long: ours::file(value, &self.portal.app, self.connection),
        }
    }

    /// The protocol of the walkthrough.
    pub(super) fn protocol(&self) -> Protocol {
        protocol_of(self.provider)
    }
}

/// What one does with a control that is no text box.
fn verb(control: Control) -> Option<&'static str> {
    match control {
        Control::TextBox => None,
        Control::Select | Control::Radio => Some("Choose"),
        Control::Checkbox => Some("Tick box:"),
        Control::Toggle => Some("Switch:"),
    }
}
