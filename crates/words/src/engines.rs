//! Templates, compiled once and speaking every language.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tera::Tera;
use vestibule_domain::language::Language;

use crate::messages::Messages;
use crate::templates::teach;

/// One engine for each language: components of a template see no globals, so the functions that
/// speak have to know their language by themselves.
///
/// English is there from the start, which proves that the templates compile. The other engines
/// are the same templates with another voice, and take their memory when they are first spoken.
pub struct Engines {
    english: Tera,
    others: BTreeMap<Language, OnceLock<Tera>>,
    messages: Arc<Messages>,
}

impl Engines {
    /// Teaches an engine to speak, and compiles templates, by name and text, into it.
    ///
    /// # Errors
    /// When a template does not compile.
    pub fn compile<'t>(
        mut tera: Tera,
        messages: &Arc<Messages>,
        templates: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, tera::Error> {
        teach(&mut tera, messages, Language::En);
        tera.add_raw_templates(templates)?;
        let others = Language::ALL.into_iter().filter(|language| *language != Language::En);
        Ok(Self {
            english: tera,
            others: others.map(|language| (language, OnceLock::new())).collect(),
            messages: Arc::clone(messages),
        })
    }

    /// The engine that speaks a language.
    pub fn speaking(&self, language: Language) -> &Tera {
        self.others.get(&language).map_or(&self.english, |place| {
            place.get_or_init(|| {
                let mut tera = self.english.clone();
                teach(&mut tera, &self.messages, language);
                tera
            })
        })
    }
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engines").finish_non_exhaustive()
    }
}
