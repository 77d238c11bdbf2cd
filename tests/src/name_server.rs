//! A name server on the loopback interface, whose TXT records anybody may set.
//!
//! It speaks as much of RFC 1035 as it takes: one question, answers by UDP, no such name for whatever
//! was not set.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::ServerBuilder;
use crate::http::{HttpServer, Reply};

type Records = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// A name server. Dropping it ends it.
#[derive(Debug)]
pub struct NameServer {
    records: Records,
    address: SocketAddr,
    task: JoinHandle<()>,
    desk: HttpServer,
}

impl NameServer {
    /// Starts one that knows no name.
    pub async fn start() -> Self {
        let records = Records::default();
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(answer(socket, Arc::clone(&records)));
        let held = Arc::clone(&records);
        let desk = HttpServer::start(move |request| {
            let texts = String::from_utf8_lossy(&request.body).lines().map(str::to_owned).collect();
            held.lock().unwrap().insert(request.target.trim_start_matches('/').to_owned(), texts);
            Reply::Full(200, "text/plain", Vec::new())
        })
        .await;
        Self { records, address, task, desk }
    }

    /// A service that asks this name server alone.
    pub fn asked_by(&self, builder: ServerBuilder) -> ServerBuilder {
        builder.set("VESTIBULE_DNS_SERVERS", &self.address.to_string())
    }

    /// A name has these TXT records.
    pub fn set(&self, name: &str, texts: &[&str]) {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self.records.lock().unwrap().insert(name.to_owned(), texts);
    }

    /// Where scripts set records: `POST <this>/<name>` with a text in each line.
    pub fn desk(&self) -> String {
        self.desk.url("")
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(socket: UdpSocket, records: Records) {
    let mut message = [0; 4_096];
    while let Ok((length, from)) = socket.recv_from(&mut message).await {
        let said = answered(&message[..length], &records.lock().unwrap());
        if let Some(answer) = said {
            // Who asked may be gone.
            drop(socket.send_to(&answer, from).await);
        }
    }
}

/// What is said to a question.
fn answered(message: &[u8], records: &BTreeMap<String, Vec<String>>) -> Option<Vec<u8>> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while *message.get(at)? != 0 {
        let end = at + 1 + usize::from(message[at]);
        labels.push(String::from_utf8_lossy(message.get(at + 1..end)?).to_lowercase());
        at = end;
    }
    let question = message.get(12..at + 5)?;
    let found = records.get(&labels.join("."));
    // Type TXT is 16.
    let texts = found.filter(|_| question.ends_with(&[0, 16, 0, 1])).map_or(&[][..], Vec::as_slice);
    let code = if found.is_some() { 0 } else { 3 };
    let count = u16::try_from(texts.len()).unwrap();
    let mut answer = message[..2].to_vec();
    for number in [0x8180 | code, 1, count, 0, 0] {
        answer.extend(number.to_be_bytes());
    }
    answer.extend(question);
    for text in texts {
        let strings: Vec<u8> = text
            .as_bytes()
            .chunks(255)
            .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat())
            .collect();
        // The name of the question, TXT, IN, a minute.
        answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
        answer.extend(u16::try_from(strings.len()).unwrap().to_be_bytes());
        answer.extend(strings);
    }
    Some(answer)
}
