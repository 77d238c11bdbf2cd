//! Light, dark, or as the browser has it.

use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use time::Duration;

use super::Dashboard;
use super::answer::see_other;
use super::cookie::THEME;
use super::failure::Failure;
use super::sign_in::place_within;
use crate::app::WebSettings;

/// How long a chosen theme is remembered.
const REMEMBERED: Duration = Duration::days(365);

/// A theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the browser has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in forms, cookies and on the page.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == raw)
    }

    /// The theme that a browser chose.
    pub(super) fn of(request: &HttpRequest, settings: &WebSettings) -> Self {
        THEME.read(request, settings).and_then(|raw| Self::parse(&raw)).unwrap_or_default()
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    theme: String,
    #[serde(default)]
    next: String,
}

/// Remembers a theme in the browser. It needs no proof of who asks: it changes nothing of ours.
pub(super) async fn choose(
    dashboard: Data<Dashboard>,
    choice: Form<Choice>,
) -> Result<HttpResponse, Failure> {
    let theme = Theme::parse(&choice.theme).ok_or(Failure::Malformed)?;
    let now = dashboard.app.ambient.now();
    let cookie = THEME.write(theme.as_str().to_owned(), &dashboard.app.settings, now + REMEMBERED, now);
    let mut answer = see_other(place_within(&choice.next));
    answer.add_cookie(&cookie).map_err(Failure::internal)?;
    Ok(answer)
}
