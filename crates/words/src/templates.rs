//! What templates can say.

use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use serde::Deserialize as _;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};
use vestibule_domain::language::Language;

use crate::messages::{Form, Messages};
use crate::text::Piece;

/// Teaches templates to speak a language:
///
/// - `t(key="…", name=value)` says a message. Values are escaped as everywhere; what a template
///   made itself, with `bdi` or in a `{% set %}` block, goes in as it is.
/// - `piece | say` says a [`Text`](crate::Text) or another [`Piece`] that Rust code made.
/// - `name | bdi` keeps a name's direction of writing to itself, in HTML.
pub(crate) fn teach(tera: &mut Tera, messages: &Arc<Messages>, language: Language) {
    let voice = messages.clone();
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| {
        let form = form(state);
        let key: &str = kwargs.must_get("key")?;
        let mut args = FluentArgs::new();
        for (name, value) in kwargs.iter() {
            let Some(name) = name.as_str().filter(|name| *name != "key") else { continue };
            args.set(name.to_owned(), argument(&voice, language, form, value)?);
        }
        voice.format(language, form, key, &args).map(|said| finished(form, &said)).map_err(Error::message)
    });
    let voice = messages.clone();
    tera.register_filter("say", move |value: &Value, _: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let form = form(state);
        let piece = piece(value)?;
        Ok(finished(form, &voice.words(language, form, &piece)))
    });
    tera.register_filter("bdi", |value: &Value, _: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let text = state.escape_if_needed(value)?;
        Ok(match form(state) {
            Form::Plain => Value::normal_string(&text),
            Form::Html => Value::safe_string(&format!("<bdi>{text}</bdi>")),
        })
    });
}

/// What the template that is rendered makes.
fn form(state: &State<'_>) -> Form {
    if state.autoescaping_enabled() { Form::Html } else { Form::Plain }
}

fn finished(form: Form, said: &str) -> Value {
    match form {
        Form::Plain => Value::normal_string(said),
        Form::Html => Value::safe_string(said),
    }
}

fn argument(
    messages: &Messages,
    language: Language,
    form: Form,
    value: &Value,
) -> TeraResult<FluentValue<'static>> {
    match value.as_str().filter(|_| value.is_safe()) {
        Some(markup) => Ok(FluentValue::from(markup.to_owned())),
        None => Ok(messages.piece(language, form, &piece(value)?)),
    }
}

fn piece(value: &Value) -> TeraResult<Piece> {
    Piece::deserialize(value)
        .map_err(|_| Error::message(format!("a {} is nothing that can be said", value.name())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;
    use tera::Context;

    const HOSTILE: &str = "\"><script>alert('x')</script>&amp;{ $contact }";

    fn render(name: &str, language: Language, template: &str, context: &Context) -> String {
        let messages = Messages::load().unwrap();
        let mut tera = Tera::default();
        teach(&mut tera, &messages, language);
        tera.add_raw_template(name, template).unwrap();
        tera.render(name, context).unwrap()
    }

    fn hostile() -> Context {
        let mut context = Context::new();
        context.insert("contact", HOSTILE);
        context.insert("text", &text!("frame-questions", contact = HOSTILE));
        context
    }

    #[test]
    fn what_a_message_is_filled_with_stays_text() {
        let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;{ $contact }";
        for template in [r#"{{ t(key="frame-questions", contact=contact) }}"#, "{{ text | say }}"] {
            let html = render("a.html", Language::De, template, &hostile());
            assert_eq!(html, format!("Fragen? Schreiben Sie an {escaped}."), "{template}");
            let text = render("a.txt", Language::De, template, &hostile());
            assert_eq!(text, format!("Fragen? Schreiben Sie an {HOSTILE}."), "{template}");
        }
    }

    #[test]
    fn what_a_template_makes_goes_in_as_it_is() {
        let template = r#"{% set link %}<a href="{{ contact }}">x</a>{% endset %}{{ t(key="frame-questions", contact=link) }}"#;
        let mut context = Context::new();
        context.insert("contact", "mailto:a@b.example?x=<");
        assert_eq!(
            render("a.html", Language::En, template, &context),
            r#"Questions? Write to <a href="mailto:a@b.example?x=&lt;">x</a>."#
        );
    }

    #[test]
    fn a_name_keeps_its_direction_to_itself() {
        let template = r#"{{ t(key="frame-questions", contact=contact | bdi) }}"#;
        let mut context = Context::new();
        context.insert("contact", "<b>");
        assert_eq!(
            render("a.html", Language::En, template, &context),
            "Questions? Write to <bdi>&lt;b&gt;</bdi>."
        );
        assert_eq!(render("a.txt", Language::En, template, &context), "Questions? Write to <b>.");
    }

    #[test]
    fn strings_are_said_as_they_are() {
        assert_eq!(render("a.txt", Language::Ja, "{{ contact | say }}", &hostile()), HOSTILE);
        assert!(!render("a.html", Language::Ja, "{{ contact | say }}", &hostile()).contains("<script"));
    }

    #[test]
    fn an_unknown_key_or_a_missing_variable_does_not_render() {
        let messages = Messages::load().unwrap();
        for template in [r#"{{ t(key="frame-nothing") }}"#, r#"{{ t(key="frame-questions") }}"#, "{{ t() }}"]
        {
            let mut tera = Tera::default();
            teach(&mut tera, &messages, Language::En);
            tera.add_raw_template("a.html", template).unwrap();
            assert!(tera.render("a.html", &Context::new()).is_err(), "{template}");
        }
    }
}
