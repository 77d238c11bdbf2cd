//! The messages of all languages, parsed at start.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use vestibule_domain::language::Language;

use crate::formats;
use crate::text::{Piece, Text};

/// The message files inside the binary; in a debug build they are read from disk at start.
#[derive(RustEmbed)]
#[folder = "../../templates/messages/"]
struct MessageFiles;

/// Why the messages cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MessagesError {
    /// A file in the folder of no language.
    #[error("the message file `{path}` is in the folder of no language")]
    Language {
        /// Its path.
        path: String,
    },
    /// A file that is not UTF-8.
    #[error("the message file `{path}` is not text in UTF-8")]
    Encoding {
        /// Its path.
        path: String,
    },
    /// A file that does not parse, or names a message that another one names.
    #[error("the message file `{path}` cannot be used: {reason}")]
    File {
        /// Its path.
        path: String,
        /// What the parser says.
        reason: String,
    },
}

type Bundle = FluentBundle<Arc<FluentResource>>;

/// What a message becomes a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text as it is read.
    Plain,
    /// HTML: messages, and what they are filled with, are escaped.
    Html,
}

/// The messages of one language.
struct Voice {
    plain: Bundle,
    html: Bundle,
}

impl Voice {
    fn new(language: Language) -> Self {
        let bundle = || {
            // Every tag of ours parses; a bundle without a language would use English plurals.
            let mut bundle = Bundle::new_concurrent(language.as_str().parse().into_iter().collect());
            // Isolating marks would get into what people copy, and into mails.
            bundle.set_use_isolating(false);
            bundle
        };
        let mut html = bundle();
        html.set_transform(Some(escape));
        Self { plain: bundle(), html }
    }

    fn bundle(&self, form: Form) -> &Bundle {
        match form {
            Form::Plain => &self.plain,
            Form::Html => &self.html,
        }
    }
}

/// The messages of all languages.
pub struct Messages {
    voices: BTreeMap<Language, Voice>,
}

impl Messages {
    /// Parses the files inside the binary; in a debug build, those on disk. Pages and mails of one
    /// process share what was parsed first.
    pub fn load() -> Result<Arc<Self>, MessagesError> {
        static PARSED: OnceLock<Arc<Messages>> = OnceLock::new();
        if let Some(messages) = PARSED.get() {
            return Ok(Arc::clone(messages));
        }
        let files = MessageFiles::iter().filter_map(|path| Some((MessageFiles::get(&path)?, path)));
        let messages = Self::read(files.map(|(file, path)| (path.into_owned(), file.data.into_owned())))?;
        Ok(Arc::clone(PARSED.get_or_init(|| Arc::new(messages))))
    }

    /// Parses files: paths below `templates/messages/`, and contents.
    fn read(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, MessagesError> {
        let mut voices: BTreeMap<_, _> =
            Language::ALL.into_iter().map(|language| (language, Voice::new(language))).collect();
        for (path, bytes) in files {
            let folder = path.split('/').next().unwrap_or_default();
            let spoken = Language::ALL.into_iter().find(|language| language.as_str() == folder);
            let Some(voice) = spoken.and_then(|language| voices.get_mut(&language)) else {
                return Err(MessagesError::Language { path });
            };
            let Ok(source) = String::from_utf8(bytes) else {
                return Err(MessagesError::Encoding { path });
            };
            let refused = |reason: String| MessagesError::File { path: path.clone(), reason };
            let resource = FluentResource::try_new(source).map_err(|(_, errors)| refused(listed(&errors)))?;
            let resource = Arc::new(resource);
            for bundle in [&mut voice.plain, &mut voice.html] {
                bundle.add_resource(resource.clone()).map_err(|errors| refused(listed(&errors)))?;
            }
        }
        Ok(Self { voices })
    }

    /// A message as plain text.
    pub fn say(&self, language: Language, text: &Text) -> String {
        self.text(language, Form::Plain, text)
    }

    /// A message in a form.
    ///
    /// A key without a message, which the tests rule out, is said itself: a page that shows a key
    /// is of more use than none.
    pub(crate) fn text(&self, language: Language, form: Form, text: &Text) -> String {
        let mut args = FluentArgs::new();
        for (name, piece) in text.args() {
            args.set(name.to_owned(), self.piece(language, form, piece));
        }
        self.format(language, form, text.key(), &args).unwrap_or_else(|_| text.key().to_owned())
    }

    /// What a message is filled with.
    pub(crate) fn piece(&self, language: Language, form: Form, piece: &Piece) -> FluentValue<'static> {
        match piece {
            Piece::Number(number) => FluentValue::from(*number),
            other => FluentValue::from(self.words(language, form, other)),
        }
    }

    /// A piece in words.
    pub(crate) fn words(&self, language: Language, form: Form, piece: &Piece) -> String {
        match piece {
            Piece::Verbatim(text) => match form {
                Form::Plain => text.clone(),
                Form::Html => escape(text).into_owned(),
            },
            Piece::Number(number) => number.to_string(),
            Piece::Text(text) => self.text(language, form, text),
            Piece::List(pieces) => {
                let items: Vec<String> =
                    pieces.iter().map(|piece| self.words(language, form, piece)).collect();
                formats::list(language, &items)
            }
            // Every instant of ours lies within the years that can be written.
            Piece::Day(day) => day.instant().map(|at| formats::day(language, at)).unwrap_or_default(),
            Piece::Moment(moment) => {
                moment.instant().map(|at| formats::moment(language, at)).unwrap_or_default()
            }
        }
    }

    /// A message filled with what is there already, in a language, or in English if the language
    /// lacks it. An error says what the message lacks.
    pub(crate) fn format(
        &self,
        language: Language,
        form: Form,
        key: &str,
        args: &FluentArgs<'_>,
    ) -> Result<String, String> {
        let found = [language, Language::default()].into_iter().find_map(|language| {
            let bundle = self.voices.get(&language)?.bundle(form);
            Some((bundle, bundle.get_message(key)?.value()?))
        });
        let (bundle, pattern) = found.ok_or_else(|| format!("there is no message `{key}`"))?;
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if errors.is_empty() { Ok(said) } else { Err(format!("`{key}`: {}", listed(&errors))) }
    }
}

/// Text as a part of HTML.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

fn listed<E: std::fmt::Display>(errors: &[E]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn read(files: &[(&str, &[u8])]) -> Result<Messages, MessagesError> {
        Messages::read(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())))
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english_and_what_english_lacks_by_its_key() {
        let messages =
            read(&[("en/a.ftl", b"a-one = One\na-two = Two"), ("de/a.ftl", b"a-one = Eins")]).unwrap();
        assert_eq!(messages.say(Language::De, &text!("a-one")), "Eins");
        assert_eq!(messages.say(Language::De, &text!("a-two")), "Two");
        assert_eq!(messages.say(Language::Ja, &text!("a-one")), "One");
        assert_eq!(messages.say(Language::De, &text!("a-three")), "a-three");
    }

    #[test]
    fn numbers_choose_the_form_of_their_language() {
        let messages = Messages::load().unwrap();
        let said = |language, count: usize| messages.say(language, &text!("form-errors", count = count));
        assert_eq!(said(Language::En, 1), "One thing needs your attention");
        assert_eq!(said(Language::En, 2), "2 things need your attention");
        assert_eq!(said(Language::De, 1), "Ein Punkt braucht Ihre Aufmerksamkeit");
        assert_eq!(said(Language::Es, 12), "Hay 12 puntos que requieren su atención");
        assert_eq!(said(Language::Ja, 1), "確認が必要な項目が 1 件あります");
    }

    #[test]
    fn messages_within_messages_are_in_the_same_language() {
        let messages = Messages::load().unwrap();
        let tasks = vec![text!("task-sso"), text!("task-dsync")];
        let text = text!("arrival-title", product = "Acme", tasks = tasks);
        assert_eq!(
            messages.say(Language::Fr, &text),
            "Acme vous invite à configurer l’authentification unique (SSO) et la synchronisation d’annuaire"
        );
    }

    #[test]
    fn files_that_cannot_be_used_are_named() {
        let reason = |files| read(files).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(reason(&[("xx/a.ftl", b"")]).contains("`xx/a.ftl` is in the folder of no language"));
        assert!(reason(&[("en/a.ftl", b"a-one = \xff")]).contains("`en/a.ftl` is not text"));
        assert!(reason(&[("en/a.ftl", b"a-one")]).contains("`en/a.ftl` cannot be used"));
        let twice: &[(&str, &[u8])] = &[("en/a.ftl", b"a-one = 1"), ("en/b.ftl", b"a-one = 2")];
        assert!(reason(twice).contains("`en/b.ftl` cannot be used"));
    }
}
