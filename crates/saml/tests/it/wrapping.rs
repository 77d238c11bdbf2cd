//! Signed messages, taken apart and put together again: none is accepted with a forged person.
//!
//! A mutation moves, copies, wraps, removes and renames parts of a real message, and puts a forged
//! name and forged values where it likes. That is what attacks by signature wrapping are made of.

use std::cell::Cell;

use proptest::prelude::*;
use roxmltree::{Document, Node};
use vestibule_fuzz::Mutant;

use crate::sign_in::Case;

/// How many mutated messages are judged. The random numbers are the same every time.
const MUTATIONS: u32 = 2_000;

const FORGED: &str = "forged@attacker.example";

pub(crate) const MESSAGES: [&str; 8] = [
    "auth0-passport-wsfed-saml2/encoded.samlresponse-encoded-xml.b64",
    "dexidp-dex/okta-resp.xml",
    "crewjam-saml/testspcanhandleplaintextresponse-response.b64",
    "ssoready-ssoready/adfs.assertion.xml",
    "russellhaering-gosaml2/okta-response.xml",
    "russellhaering-gosaml2/oktaenc-response.b64",
    "russellhaering-gosaml2/saml.oktadev.com.response-2.b64",
    "njaremko-samael/response-signed-by-idp-ecdsa.xml",
];

const WRAPPERS: [(&str, &str); 7] = [
    ("<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">", "</samlp:Extensions>"),
    ("<saml:Advice xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">", "</saml:Advice>"),
    ("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", "</ds:Object>"),
    (
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_w\" Version=\"2.0\">",
        "</saml:Assertion>",
    ),
    (
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\">",
        "</samlp:Response>",
    ),
    ("<x xmlns=\"\">", "</x>"),
    ("<!--", "-->"),
];

/// One change. Numbers choose among whatever there is to be chosen from.
#[derive(Clone, Debug)]
enum Change {
    /// Copies an element to another place; the copy may be forged.
    Copy {
        what: usize,
        to: usize,
        place: Place,
        forged: bool,
    },
    /// Moves it.
    Move {
        what: usize,
        to: usize,
        place: Place,
    },
    Remove {
        what: usize,
    },
    Wrap {
        what: usize,
        wrapper: usize,
    },
    /// Gives an element the id of another, or a new one.
    Identify {
        what: usize,
        with: usize,
        fresh: bool,
    },
    /// Lets a reference name another id.
    Refer {
        what: usize,
        with: usize,
    },
    /// Puts a forged text into an element, in one of several guises.
    Forge {
        what: usize,
        guise: usize,
    },
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Before,
    After,
    First,
    Last,
}

fn change() -> impl Strategy<Value = Change> {
    let n = || 0..1_000_usize;
    let place =
        || prop_oneof![Just(Place::Before), Just(Place::After), Just(Place::First), Just(Place::Last)];
    prop_oneof![
        4 => (n(), n(), place(), any::<bool>())
            .prop_map(|(what, to, place, forged)| Change::Copy { what, to, place, forged }),
        2 => (n(), n(), place()).prop_map(|(what, to, place)| Change::Move { what, to, place }),
        1 => n().prop_map(|what| Change::Remove { what }),
        2 => (n(), n()).prop_map(|(what, wrapper)| Change::Wrap { what, wrapper }),
        2 => (n(), n(), any::<bool>()).prop_map(|(what, with, fresh)| Change::Identify { what, with, fresh }),
        1 => (n(), n()).prop_map(|(what, with)| Change::Refer { what, with }),
        2 => (n(), n()).prop_map(|(what, guise)| Change::Forge { what, guise }),
    ]
}

impl Change {
    fn apply(&self, xml: &str) -> Option<String> {
        let tree = Document::parse(xml).ok()?;
        let all: Vec<_> = tree.descendants().filter(Node::is_element).collect();
        let interesting: Vec<_> = all.iter().copied().filter(|node| is_interesting(*node)).collect();
        let pick = |n: usize| interesting.get(n % interesting.len().max(1)).copied();
        match *self {
            Self::Copy { what, to, place, forged } => {
                let what = pick(what)?;
                let mut copy = xml[what.range()].to_owned();
                if forged {
                    copy = forge_all(&copy, &tree);
                }
                Some(insert(xml, all[to % all.len()], place, &copy))
            }
            Self::Move { what, to, place } => {
                let what = pick(what)?;
                let target = all[to % all.len()];
                let moved = &xml[what.range()];
                if what.range().contains(&target.range().start) {
                    return None;
                }
                let inserted = insert(xml, target, place, moved);
                let offset = if target.range().start < what.range().start { moved.len() } else { 0 };
                let range = what.range().start + offset..what.range().end + offset;
                (inserted.get(range.clone()) == Some(moved))
                    .then(|| [&inserted[..range.start], &inserted[range.end..]].concat())
            }
            Self::Remove { what } => {
                let range = pick(what)?.range();
                Some([&xml[..range.start], &xml[range.end..]].concat())
            }
            Self::Wrap { what, wrapper } => {
                let range = pick(what)?.range();
                let (begin, end) = WRAPPERS[wrapper % WRAPPERS.len()];
                Some([&xml[..range.start], begin, &xml[range.clone()], end, &xml[range.end..]].concat())
            }
            Self::Identify { what, with, fresh } => {
                let ids: Vec<_> = all.iter().filter_map(|node| node.attribute_node("ID")).collect();
                let range = ids.get(what % ids.len().max(1))?.range_value();
                let value = if fresh { "_fresh" } else { ids[with % ids.len()].value() };
                Some([&xml[..range.start], value, &xml[range.end..]].concat())
            }
            Self::Refer { what, with } => {
                let ids: Vec<_> = all.iter().filter_map(|node| node.attribute("ID")).collect();
                let uris: Vec<_> = all.iter().filter_map(|node| node.attribute_node("URI")).collect();
                let range = uris.get(what % uris.len().max(1))?.range_value();
                let value = format!("#{}", ids.get(with % ids.len().max(1))?);
                Some([&xml[..range.start], &value, &xml[range.end..]].concat())
            }
            Self::Forge { what, guise } => {
                let texts: Vec<_> = tree
                    .descendants()
                    .filter(|node| node.is_text() && node.text().is_some_and(|text| !text.trim().is_empty()))
                    .collect();
                let range = texts.get(what % texts.len().max(1))?.range();
                let genuine = &xml[range.clone()];
                let forged = match guise % 6 {
                    0 => FORGED.to_owned(),
                    1 => format!("{FORGED}<!---->{genuine}"),
                    2 => format!("{genuine}<!-- {FORGED} -->"),
                    3 => format!("<![CDATA[{FORGED}]]>"),
                    4 => format!("<?x {FORGED}?>{genuine}"),
                    _ => format!("<x>{FORGED}</x>{genuine}"),
                };
                Some([&xml[..range.start], &forged, &xml[range.end..]].concat())
            }
        }
    }
}

/// What attacks are made of.
fn is_interesting(node: Node<'_, '_>) -> bool {
    let names = [
        "Response",
        "Assertion",
        "EncryptedAssertion",
        "Signature",
        "SignedInfo",
        "Reference",
        "SignatureValue",
        "KeyInfo",
        "Subject",
        "NameID",
        "Conditions",
        "AttributeStatement",
        "Attribute",
        "Issuer",
    ];
    node.is_element() && names.contains(&node.tag_name().name())
}

/// Puts the forged name wherever the person's name or a value of theirs stands.
fn forge_all(copy: &str, tree: &Document<'_>) -> String {
    let mut forged = copy.to_owned();
    for node in
        tree.descendants().filter(|node| matches!(node.tag_name().name(), "NameID" | "AttributeValue"))
    {
        if let Some(text) = node.text().filter(|text| !text.trim().is_empty()) {
            forged = forged.replace(&format!(">{text}<"), &format!(">{FORGED}<"));
        }
    }
    forged
}

fn insert(xml: &str, target: Node<'_, '_>, place: Place, what: &str) -> String {
    let range = target.range();
    let at = match place {
        Place::Before => range.start,
        Place::After => range.end,
        Place::First => target.first_child().map_or(range.end, |child| child.range().start),
        Place::Last => target.last_child().map_or(range.end, |child| child.range().end),
    };
    [&xml[..at], what, &xml[at..]].concat()
}

#[test]
fn no_mutation_of_a_signed_message_is_accepted_with_a_forged_person() {
    let messages: Vec<_> = MESSAGES.into_iter().map(Case::named).collect();
    let genuine: Vec<_> = messages
        .iter()
        .map(|case| {
            let judgement = case.judge_xml(&case.xml()).unwrap();
            judgement.outcome.unwrap_or_else(|failure| panic!("{}: {failure:?}", case.name)).asserted
        })
        .collect();

    let (judged, accepted, forged) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |counter: &Cell<usize>| counter.set(counter.get() + 1);
    let whole: Vec<_> = messages.iter().map(Case::xml).collect();
    let strategy = (0..MESSAGES.len(), proptest::collection::vec(change(), 1..6));
    let strategy = strategy.prop_map(|(message, changes)| {
        let mut xml = whole[message].clone();
        for change in &changes {
            xml = change.apply(&xml).unwrap_or(xml);
        }
        Mutant { of: message, bytes: xml.into_bytes() }
    });
    vestibule_fuzz::check("response", MUTATIONS, &strategy, |Mutant { of: message, bytes }| {
        let (message, xml) = (*message, str::from_utf8(bytes).unwrap());
        let Some(judgement) = messages[message].judge_xml(xml) else { return Ok(()) };
        count(&judged);
        if xml.contains(FORGED) {
            count(&forged);
        }
        if let Ok(found) = judgement.outcome {
            count(&accepted);
            prop_assert_eq!(&found.asserted, &genuine[message], "{}", xml);
        }
        Ok(())
    });
    // Otherwise the test would have tested nothing.
    assert!(judged.get() > MUTATIONS as usize / 4, "{} were judged", judged.get());
    assert!(forged.get() > MUTATIONS as usize / 10, "{} were forged", forged.get());
    assert!(accepted.get() > MUTATIONS as usize / 100, "{} were accepted", accepted.get());
}
