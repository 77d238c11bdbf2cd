//! Receivers in JavaScript often verify `JSON.stringify` of the parsed body instead of the body.

use std::io::Write as _;
use std::process::{Command, Stdio};

use vestibule_application::ports::webhook_format::{RenderedWebhook, WebhookFormat as _};
use vestibule_domain::audit::ActorKind;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::event::{ConnectionSnapshot, Event, Fact, OrganizationSnapshot};
use vestibule_domain::organization::{METADATA_VALUE_CHARS_MAX, Organization};
use vestibule_domain::webhook::PayloadStyle;
use vestibule_wire::webhook::SignedJson;

use crate::people::{CHANGED, actor, connection, event, events, metadata, name, organization, verified};

const SECRET: &str = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0LCAyNTYgYml0cyE";

/// Texts at which writers of JSON differ: escapes, separators that JavaScript once took for line
/// ends, characters outside the basic plane, and everything below a space.
fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\u{2028}\u{2029}",
        "\u{7f}\u{80}\u{9f}\u{a0}\u{ad}",
        "\u{feff}\u{fffd}\u{ffff}\u{fffe}",
        "😀👩‍🚀🇦🇹",
        "\u{10ffff}\u{10000}",
        "\u{d7ff}\u{e000}",
        "\" \\ / \\u0041 </script> & '",
        "é e\u{301} Ω אב 日本",
        "1.0",
        "1e400",
        "-0",
        "null",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push((0..0x20).map(|c| char::from_u32(c).unwrap()).collect());
    texts.push("\u{2028}".repeat(METADATA_VALUE_CHARS_MAX));
    texts
}

/// Keys in every order that a map can be surprised by.
fn hostile_metadata() -> Vec<(String, String)> {
    let keys = [
        "10",
        "9",
        "2",
        "0",
        "00",
        "01",
        "-1",
        "1.5",
        "4294967294",
        "4294967295",
        "4294967296",
        "9007199254740993",
        "__proto__",
        "constructor",
        "toString",
        "length",
        "a",
        "B",
        "\u{1}",
        "\u{7f}",
        "\"",
        "\\",
        "data",
    ];
    keys.iter().map(|key| ((*key).to_owned(), format!("value of {key}"))).collect()
}

fn hostile_events() -> Vec<Event> {
    let told = |organization: Organization| {
        let domains = vec![verified()];
        event(
            actor(ActorKind::ApiKey, Some("x")),
            Fact::OrganizationUpdated(OrganizationSnapshot { organization, domains }),
        )
    };
    let mut all: Vec<Event> = hostile_texts()
        .into_iter()
        .map(|text| told(Organization { metadata: metadata(&[("text", &text)]), ..organization() }))
        .collect();
    let entries = hostile_metadata();
    let entries: Vec<(&str, &str)> = entries.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    all.push(told(Organization { metadata: metadata(&entries), ..organization() }));
    for text in hostile_texts() {
        let text: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
        let connection =
            Connection { name: name(&format!("_{text}_")), ..connection(ConnectionState::Active) };
        let snapshot = ConnectionSnapshot::of(&connection, &[verified()]);
        all.push(event(actor(ActorKind::Member, Some(&text)), Fact::ConnectionActivated(snapshot)));
    }
    all
}

fn webhooks(style: PayloadStyle) -> Vec<RenderedWebhook> {
    let all = events().into_iter().chain(hostile_events());
    all.map(|event| SignedJson.render(&event, style, SECRET, CHANGED)).collect()
}

/// Runs a script in Node with the bodies as lines of its input; a body holds no line feed.
///
/// # Panics
/// Without Node: then nothing would have been tested.
fn node(script: &str, arguments: &[&str], webhooks: &[RenderedWebhook]) -> Vec<u8> {
    let mut child = Command::new("node")
        .arg("-e")
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is needed for this test");
    let mut input = child.stdin.take().unwrap();
    let lines = webhooks.iter().map(|webhook| webhook.body.clone()).collect::<Vec<_>>().join(&b'\n');
    // Written by a thread of its own: the script answers before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(&lines));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "node failed");
    output.stdout
}

#[test]
fn node_writes_every_body_as_it_came() {
    const SCRIPT: &str = "
        const lines = require('fs').readFileSync(0, 'utf8').split('\\n');
        process.stdout.write(lines.map((line) => JSON.stringify(JSON.parse(line))).join('\\n'));
    ";
    for style in [PayloadStyle::WorkOs, PayloadStyle::Authio] {
        let webhooks = webhooks(style);
        let again = node(SCRIPT, &[], &webhooks);
        let again: Vec<&[u8]> = again.split(|byte| *byte == b'\n').collect();
        assert_eq!(again.len(), webhooks.len());
        for (webhook, again) in webhooks.iter().zip(again) {
            assert_eq!(String::from_utf8_lossy(&webhook.body), String::from_utf8_lossy(again));
            assert_eq!(webhook.body, again);
        }
    }
}

/// What the SDK does: split the header, hash the re-serialised payload, compare.
#[test]
fn node_agrees_with_every_signature() {
    const SCRIPT: &str = "
        const [secret, separator] = process.argv.slice(1);
        const headers = process.argv.slice(3);
        const lines = require('fs').readFileSync(0, 'utf8').split('\\n');
        for (const [i, line] of lines.entries()) {
            const [t, v1] = headers[i].split(separator);
            const signed = `${t.split('=')[1]}.${JSON.stringify(JSON.parse(line))}`;
            const hash = require('crypto').createHmac('sha256', secret).update(signed).digest('hex');
            if (hash !== v1.split('=')[1]) { console.error(line, headers[i]); process.exit(1); }
        }
        process.stdout.write(String(lines.length));
    ";
    for (style, separator) in [(PayloadStyle::WorkOs, ", "), (PayloadStyle::Authio, ",")] {
        let webhooks = webhooks(style);
        let headers = webhooks.iter().map(|webhook| webhook.headers[0].1.as_str());
        let arguments: Vec<&str> = [SECRET, separator].into_iter().chain(headers).collect();
        assert_eq!(node(SCRIPT, &arguments, &webhooks), webhooks.len().to_string().into_bytes());
    }
}
