//! Look-ups against a name server that answers well, badly, or not at all.

use std::time::{Duration, Instant};

use vestibule_application::ports::dns::Dns as _;
use vestibule_outbound::SystemDns;

use crate::name_server::{By, CNAME, NameServer, Question, TXT, its, record, strings, wire_name};

/// Longest that a look-up may take, with what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(12);

const NAME: &str = "acme.example";

fn texts(question: &Question, texts: &[&str]) -> Vec<u8> {
    let record = |text: &&str| its(TXT, &strings(&[text.as_bytes()]));
    question.answer(&texts.iter().map(record).collect::<Vec<_>>())
}

async fn found(server: &NameServer) -> Option<Vec<String>> {
    server.resolver().texts(NAME).await.unwrap()
}

/// Fails, and says so before anybody loses patience.
async fn fails(server: &NameServer) -> String {
    let begun = Instant::now();
    let error = server.resolver().texts(NAME).await.unwrap_err();
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    error.reason
}

#[tokio::test]
async fn records_come_with_the_strings_of_each_joined() {
    let server = NameServer::answering(|question| {
        assert_eq!(question.name(), NAME, "the machine's search list is left alone");
        let long = [b"verification_".as_slice(), b"token=", b"", b"abc"];
        let odd = [b"\xff\xfe\0 \"\\".as_slice()];
        question.answer(&[
            its(TXT, &strings(&[b"v=spf1 -all"])),
            its(TXT, &strings(&long)),
            its(TXT, &strings(&odd)),
        ])
    })
    .await;
    let found = found(&server).await.unwrap();
    assert_eq!(found, ["v=spf1 -all", "verification_token=abc", "\u{fffd}\u{fffd}\0 \"\\"]);
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_does_not_exist() {
    let empty = NameServer::answering(|question| question.answer(&[])).await;
    assert_eq!(found(&empty).await, Some(Vec::new()));
    assert_eq!(empty.resolver().alias(NAME).await.unwrap(), None);
    let nowhere = NameServer::answering(|question| question.refuse(3)).await;
    assert_eq!(found(&nowhere).await, None);
    assert_eq!(nowhere.resolver().alias(NAME).await.unwrap(), None);
}

#[tokio::test]
async fn a_name_server_that_cannot_answer_is_no_missing_record() {
    for code in [1, 2, 5] {
        let server = NameServer::answering(move |question| question.refuse(code)).await;
        fails(&server).await;
    }
}

#[tokio::test]
async fn an_alias_is_told_and_followed() {
    let server = NameServer::answering(|question| {
        let target = wire_name("Proof.Vendor.EXAMPLE");
        let alias = its(CNAME, &target);
        let text = record(&target, TXT, &strings(&[b"found"]));
        question.answer(&[alias, text])
    })
    .await;
    assert_eq!(found(&server).await.unwrap(), ["found"]);
    let alias = server.resolver().alias(NAME).await.unwrap();
    assert_eq!(alias.as_deref(), Some("proof.vendor.example"));
}

#[tokio::test]
async fn an_alias_whose_end_is_not_told_is_asked_for() {
    let server = NameServer::answering(|question| match question.name().as_str() {
        NAME => question.answer(&[its(CNAME, &wire_name("proof.vendor.example"))]),
        _ => texts(question, &["found"]),
    })
    .await;
    assert_eq!(found(&server).await.unwrap(), ["found"]);
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn aliases_in_a_circle_end() {
    let server = NameServer::answering(|question| {
        let other = if question.name() == NAME { "b.example" } else { NAME };
        question.answer(&[its(CNAME, &wire_name(other))])
    })
    .await;
    let begun = Instant::now();
    assert_ne!(server.resolver().texts(NAME).await, Ok(Some(vec!["found".to_owned()])));
    assert!(begun.elapsed() < PATIENCE);
}

#[tokio::test]
async fn what_does_not_fit_comes_by_tcp_however_much_it_is() {
    let server = NameServer::answering(|question| match question.by {
        By::Udp => question.truncated(),
        By::Tcp => {
            let text = [b'x'; 240];
            let mut records = vec![its(TXT, &strings(&[&text])); 250];
            records.push(its(TXT, &strings(&[b"the last"])));
            question.answer(&records)
        }
    })
    .await;
    let found = found(&server).await.unwrap();
    assert_eq!((found.len(), found[250].as_str()), (251, "the last"));
}

#[tokio::test]
async fn what_is_no_answer_is_none() {
    type Says = fn(&Question) -> Vec<u8>;
    let cases: [(&str, Says); 6] = [
        ("noise", |_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        ("nothing", |_| Vec::new()),
        ("cut off", |question| {
            let whole = texts(question, &["verification_token=abc"]);
            whole[..whole.len() - 5].to_vec()
        }),
        ("a string longer than its record", |question| question.answer(&[its(TXT, &[200, b'x'])])),
        ("a name that leads to itself", |question| {
            let mut answer = question.answer(&[record(&[0xc0, 29], TXT, &strings(&[b"x"]))]);
            let at = answer.len() - 14;
            answer[at..at + 2].copy_from_slice(&[0xc0, u8::try_from(at).unwrap()]);
            answer
        }),
        ("another's answer", |question| {
            let mut answer = texts(question, &["verification_token=abc"]);
            answer[0] ^= 0xff;
            answer
        }),
    ];
    let tried = cases.map(|(name, says)| async move {
        let server = NameServer::answering(says).await;
        let reason = fails(&server).await;
        assert!(!reason.is_empty(), "{name}");
    });
    futures(tried).await;
}

#[tokio::test]
async fn an_answer_is_found_behind_forged_ones() {
    let server = NameServer::saying(|question| {
        let right = texts(question, &["right"]);
        let mut forged = texts(question, &["forged"]);
        forged[1] ^= 1;
        vec![b"noise".to_vec(), forged, right]
    })
    .await;
    assert_eq!(found(&server).await.unwrap(), ["right"]);
}

#[tokio::test]
async fn records_of_another_name_answer_nothing() {
    let server = NameServer::answering(|question| {
        question.answer(&[record(&wire_name("evil.example"), TXT, &strings(&[b"verification_token=abc"]))])
    })
    .await;
    let found = server.resolver().texts(NAME).await;
    assert!(!matches!(&found, Ok(Some(texts)) if !texts.is_empty()), "{found:?}");
}

#[tokio::test]
async fn silence_ends_in_time() {
    let server = NameServer::saying(|_| Vec::new()).await;
    fails(&server).await;
    assert!(server.asked() > 1, "asked again before it is given up");
}

#[tokio::test]
async fn of_two_name_servers_one_that_answers_is_enough() {
    let silent = NameServer::saying(|_| Vec::new()).await;
    let server = NameServer::answering(|question| texts(question, &["found"])).await;
    for order in [[silent.address, server.address], [server.address, silent.address]] {
        let found = SystemDns::asking(&order).unwrap().texts(NAME).await.unwrap().unwrap();
        assert_eq!(found, ["found"]);
    }
}

#[tokio::test]
async fn nothing_is_remembered() {
    let server = NameServer::answering(|question| texts(question, &["found"])).await;
    let resolver = server.resolver();
    for asked in 1..=3 {
        resolver.texts(NAME).await.unwrap();
        assert_eq!(server.asked(), asked);
    }
}

#[tokio::test]
async fn a_name_that_is_none_asks_nobody() {
    let server = NameServer::answering(|question| texts(question, &["found"])).await;
    for name in ["", ".", "a..b", &"a".repeat(64), &format!("{}a", "a.".repeat(130))] {
        let found = server.resolver().texts(name).await;
        assert!(found.is_err() || name.is_empty() || name == ".", "{name}: {found:?}");
    }
}

/// All at once: each waits for its own silence.
async fn futures<F: Future<Output = ()> + Send + 'static>(all: impl IntoIterator<Item = F>) {
    let tasks: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
}
