//! Pages: one template, one context type, compiled at start, in every language.
//!
//! A template never sees anything but its own context, where it is shown ([`Here`]) and the
//! addresses of the static files. What it says stands in message files, see [`vestibule_words`].
//! Templates are written as well-formed XML (which is HTML as well), so that tests can read what
//! they render with an XML parser. This module must never know a surface, a store or a use case.

pub mod assets;
pub mod brand;
pub(crate) mod cookies;
pub mod embedded;
pub(crate) mod forgery;
pub(crate) mod paging;
pub mod policy;
#[cfg(test)]
pub(crate) mod proof;
#[cfg(test)]
mod tokens;

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use serde::Serialize;
use tera::{Context, Tera};
pub use vestibule_domain::contrast;
use vestibule_domain::language::Language;
use vestibule_words::{Engines, Messages, MessagesError, Text};

use assets::Assets;

/// The context of one template.
pub trait Page: Serialize {
    /// The template's path below `templates/`.
    const TEMPLATE: &'static str;

    /// Contexts that together take every branch of the template; one of them with hostile text in
    /// every place that comes from outside.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Where a page is shown: in which language, and how it is had in another one.
#[derive(Clone, Debug, Serialize)]
pub struct Here {
    /// The language's tag.
    lang: &'static str,
    /// The languages to choose from; none where choosing one would lose something.
    languages: Vec<LanguageChoice>,
    #[serde(skip)]
    language: Language,
}

/// A language to choose.
#[derive(Clone, Debug, Serialize)]
struct LanguageChoice {
    lang: &'static str,
    name: &'static str,
    href: String,
    current: bool,
}

impl Here {
    /// A page in a language, which cannot be changed on it.
    pub fn speaking(language: Language) -> Self {
        Self { lang: language.as_str(), languages: Vec::new(), language }
    }

    /// Lets the language be changed; `href` is the same page's address in another one.
    pub fn with_choice(mut self, href: impl Fn(Language) -> String) -> Self {
        let choice = |language: Language| LanguageChoice {
            lang: language.as_str(),
            name: language.own_name(),
            href: href(language),
            current: language == self.language,
        };
        self.languages = Language::ALL.into_iter().map(choice).collect();
        self
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }
}

/// A page that waits to be rendered.
#[derive(Debug)]
pub struct Prepared {
    template: &'static str,
    context: Context,
}

impl Prepared {
    /// Takes what a page shows.
    pub fn new<P: Page>(page: &P) -> Result<Self, RenderError> {
        let context =
            Context::from_serialize(page).map_err(|source| RenderError { template: P::TEMPLATE, source })?;
        Ok(Self { template: P::TEMPLATE, context })
    }

    /// An answer that the layer around the request fills with the page, since the layer knows the
    /// request's language.
    pub(crate) fn answer(self, status: StatusCode) -> HttpResponse {
        let mut answer = HttpResponse::build(status).content_type(ContentType::html()).finish();
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Sends the browser on with a GET.
pub(crate) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", location)).finish()
}

/// Why the templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// A template does not compile.
    #[error("a template does not compile")]
    Compile(#[source] tera::Error),
    /// A file that is not UTF-8.
    #[error("the template `{path}` is not text in UTF-8")]
    Encoding {
        /// Its path.
        path: String,
    },
    /// The messages cannot be used.
    #[error("the messages cannot be used")]
    Messages(#[source] MessagesError),
}

/// A template did not render: its context lacks something it names.
#[derive(Debug, thiserror::Error)]
#[error("the template `{template}` does not render")]
pub struct RenderError {
    /// The template.
    template: &'static str,
    /// The engine's reason.
    #[source]
    source: tera::Error,
}

/// The compiled templates.
pub struct Pages {
    engines: Engines,
    messages: Arc<Messages>,
}

impl Pages {
    /// Compiles every template.
    pub fn load(assets: &Assets) -> Result<Self, PagesError> {
        let messages = Messages::load().map_err(PagesError::Messages)?;
        let templates = embedded::templates()?;
        let mut tera = Tera::default();
        tera.global_context().insert("assets", assets.urls());
        let named = templates.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let engines = Engines::compile(tera, &messages, named).map_err(PagesError::Compile)?;
        Ok(Self { engines, messages })
    }

    /// Renders a page.
    pub fn render(&self, page: Prepared, here: &Here) -> Result<String, RenderError> {
        let Prepared { template, mut context } = page;
        context.insert("here", here);
        let rendered = self.engines.speaking(here.language).render(template, &context);
        rendered.map_err(|source| RenderError { template, source })
    }

    /// Says a message as plain text.
    pub fn say(&self, language: Language, text: &Text) -> String {
        self.messages.say(language, text)
    }

    /// The paths of all templates.
    pub fn templates(&self) -> BTreeSet<&str> {
        self.engines.speaking(Language::default()).get_template_names().collect()
    }
}
