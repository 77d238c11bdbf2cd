//! The form of a webhook endpoint: where to, which events, in which style.

use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::event::{EventName, SIGN_IN_EVENTS, TOLD};
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{EventFilter, EventFilterRefused, PayloadStyle, WebhookEndpoint};

use super::form::{Sent, Wrong};
use super::view::choices::{Choice, Choices};
use super::view::webhooks::EndpointForm;
use crate::portal::{ErrorLink, Field};

/// The box for everything but sign-ins.
const EVERYTHING: &str = "everything";

/// What was sent, read.
pub(super) struct Endpoint {
    pub(super) url: WebhookUrl,
    pub(super) events: Vec<EventName>,
    pub(super) style: PayloadStyle,
}

impl Endpoint {
    /// An endpoint as it would be.
    pub(super) fn onto(self, held: WebhookEndpoint) -> WebhookEndpoint {
        let Self { url, events, style } = self;
        let events = EventFilter::of(events, style).unwrap_or_else(|_| held.events.clone());
        WebhookEndpoint { url, events, style, ..held }
    }
}

/// What people call what is read out.
pub(super) fn label(field: &str) -> String {
    match field {
        "url" => "Address".to_owned(),
        "style" => "Style".to_owned(),
        "events" => "Events".to_owned(),
        other => other.strip_prefix("event.").unwrap_or(other).to_owned(),
    }
}

/// Reads the form; what is wrong is noted.
pub(super) fn read(form: &Sent, kind: EnvironmentKind, wrong: &mut Wrong) -> Option<Endpoint> {
    let url = wrong.take("url", WebhookUrl::parse(form.one("url"), kind));
    let style = PayloadStyle::parse(form.one("style")).ok_or("must be one of the list");
    let style = wrong.take("style", style);
    let ticked = form.all("event").filter(|raw| *raw != EVERYTHING).map(EventName::parse);
    let ticked = wrong.take("event", ticked.collect::<Result<Vec<_>, _>>())?;
    let everything = form.all("event").any(|raw| raw == EVERYTHING);
    if ticked.is_empty() && !everything {
        wrong.note("event", EventFilterRefused::Empty);
    }
    let (url, style) = (url?, style?);
    wrong.is_empty().then(|| Endpoint { url, events: wanted(ticked, everything, style), style })
}

/// The list for what was ticked. Everything is no list in the style that has none, as long as no
/// sign-ins are asked for, and the names of today in the other.
fn wanted(ticked: Vec<EventName>, everything: bool, style: PayloadStyle) -> Vec<EventName> {
    if !everything {
        return ticked;
    }
    let sign_ins: Vec<_> =
        ticked.into_iter().filter(|name| name.as_str().starts_with(SIGN_IN_EVENTS)).collect();
    if sign_ins.is_empty() && style == PayloadStyle::Authio {
        return Vec::new();
    }
    let all = TOLD.iter().flat_map(|(_, names)| *names).filter(|name| !name.starts_with(SIGN_IN_EVENTS));
    all.filter_map(|name| EventName::parse(name).ok()).chain(sign_ins).collect()
}

/// An empty form.
pub(super) fn empty() -> EndpointForm {
    form("", PayloadStyle::default().as_str(), &[])
}

/// The form with an endpoint in it.
pub(super) fn of(endpoint: &WebhookEndpoint) -> EndpointForm {
    let ticked = match &endpoint.events {
        EventFilter::All => vec![EVERYTHING],
        EventFilter::Only(names) => names.iter().map(EventName::as_str).collect(),
    };
    form(endpoint.url.as_str(), endpoint.style.as_str(), &ticked)
}

/// The form as it was sent, with what is wrong, and the same summed up.
pub(super) fn sent(sent: &Sent, wrong: &Wrong) -> (EndpointForm, Vec<ErrorLink>) {
    let ticked: Vec<_> = sent.all("event").collect();
    let EndpointForm { fields, mut events } = form(sent.one("url"), sent.one("style"), &ticked);
    let (fields, mut errors) = wrong.onto(fields);
    wrong.onto_choices(&mut events, &mut errors);
    (EndpointForm { fields, events }, errors)
}

fn form(url: &str, style: &str, ticked: &[&str]) -> EndpointForm {
    let styles = [PayloadStyle::WorkOs, PayloadStyle::Authio].map(|style| style.as_str().to_owned());
    let choice = |heading, name: &str| Choice {
        heading,
        value: name.to_owned(),
        label: name.to_owned(),
        note: None,
        chosen: ticked.contains(&name),
    };
    let mut choices = vec![Choice {
        label: "Everything but sign-ins".to_owned(),
        note: Some(
            "There is an event for every step of everybody\u{2019}s sign-in: tick those on their own.",
        ),
        ..choice(None, EVERYTHING)
    }];
    for (area, names) in TOLD {
        let heading = |place: usize| (place == 0).then_some(area);
        choices.extend(names.iter().enumerate().map(|(place, name)| choice(heading(place), name)));
    }
    // What an endpoint lists through the API stays listed, though we do not tell it.
    let known = |name: &str| choices.iter().any(|choice| choice.value == name);
    let others: Vec<_> = ticked.iter().filter(|name| !known(name)).collect();
    let heading = |place: usize| (place == 0).then_some("Others that were listed");
    choices.extend(others.iter().enumerate().map(|(place, name)| choice(heading(place), name)));
    EndpointForm {
        fields: [
            Field {
                value: url.to_owned(),
                example: Some("https://app.example.com/webhooks".to_owned()),
                ..Field::plain("url", "Address", "url")
            },
            Field {
                value: style.to_owned(),
                note: Some(
                    "How bodies look and are signed: workos as the WorkOS SDKs verify it, authio flat, as \
                     the one-time-token API tells it."
                        .into(),
                ),
                options: styles.into(),
                ..Field::plain("style", "Style", "choice")
            },
        ],
        events: Choices::plain("event", "Events", choices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &[&str]) -> Vec<EventName> {
        raw.iter().map(|raw| EventName::parse(raw).unwrap()).collect()
    }

    #[test]
    fn everything_is_all_but_sign_ins_unless_these_are_ticked_too() {
        let sign_in = "authentication.sso_failed";
        assert_eq!(wanted(names(&["organization.created"]), false, PayloadStyle::Authio).len(), 1);
        assert_eq!(wanted(Vec::new(), true, PayloadStyle::Authio), []);
        for (style, ticked) in [(PayloadStyle::WorkOs, Vec::new()), (PayloadStyle::Authio, names(&[sign_in]))]
        {
            let listed = wanted(ticked.clone(), true, style);
            assert!(listed.ends_with(&ticked) && listed.contains(&names(&["connection.activated"])[0]));
            let sign_ins = listed.iter().filter(|name| name.as_str().starts_with(SIGN_IN_EVENTS)).count();
            assert_eq!(sign_ins, ticked.len());
        }
    }

    #[test]
    fn names_that_we_do_not_tell_stay_listed() {
        let form = form("", "workos", &["dsync.user.created"]);
        let other = form.events.boxes.last().unwrap();
        assert!(other.chosen && other.value == "dsync.user.created" && other.heading.is_some());
    }
}
