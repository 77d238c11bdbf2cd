//! Pages: one template, one context type, compiled at start.
//!
//! A template never sees anything but its own context and the addresses of the static files.
//! Templates are written as well-formed XML (which is HTML as well), so that tests can read what
//! they render with an XML parser. This module must never know a surface, a store or a use case.

pub mod assets;
pub mod brand;
pub mod contrast;
pub mod embedded;
pub mod policy;
#[cfg(test)]
pub(crate) mod proof;
#[cfg(test)]
mod tokens;

use std::collections::BTreeSet;

use serde::Serialize;
use tera::{Context, Tera};

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
    tera: Tera,
}

impl Pages {
    /// Compiles every template.
    pub fn load(assets: &Assets) -> Result<Self, PagesError> {
        let templates = embedded::templates()?;
        let mut tera = Tera::default();
        tera.global_context().insert("assets", assets.urls());
        let named = templates.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        tera.add_raw_templates(named).map_err(PagesError::Compile)?;
        Ok(Self { tera })
    }

    /// Renders a page.
    pub fn render<P: Page>(&self, page: &P) -> Result<String, RenderError> {
        let failed = |source| RenderError { template: P::TEMPLATE, source };
        let context = Context::from_serialize(page).map_err(failed)?;
        self.tera.render(P::TEMPLATE, &context).map_err(failed)
    }

    /// The paths of all templates.
    pub fn templates(&self) -> BTreeSet<&str> {
        self.tera.get_template_names().collect()
    }
}
