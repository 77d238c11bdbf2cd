//! A name server on loopback, by UDP and TCP, that says what a test wants.
//!
//! Messages are put together by hand (RFC 1035, section 4), so that they can be wrong.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use vestibule_outbound::SystemDns;

pub(crate) const TXT: u16 = 16;
pub(crate) const CNAME: u16 = 5;

/// How a message came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum By {
    Udp,
    Tcp,
}

/// A question, as it came.
pub(crate) struct Question {
    pub(crate) by: By,
    id: [u8; 2],
    /// Name, type and class, byte for byte: resolvers compare the name's case too.
    bytes: Vec<u8>,
}

impl Question {
    fn read(by: By, message: &[u8]) -> Option<Self> {
        let mut end = 12;
        while *message.get(end)? != 0 {
            end += usize::from(message[end]) + 1;
        }
        Some(Self { by, id: [message[0], message[1]], bytes: message.get(12..end + 5)?.to_vec() })
    }

    /// The name in lower case.
    pub(crate) fn name(&self) -> String {
        let (mut labels, mut at) = (Vec::new(), 0);
        while self.bytes[at] != 0 {
            let end = at + 1 + usize::from(self.bytes[at]);
            labels.push(String::from_utf8_lossy(&self.bytes[at + 1..end]).to_ascii_lowercase());
            at = end;
        }
        labels.join(".")
    }

    /// An answer with these records.
    pub(crate) fn answer(&self, records: &[Vec<u8>]) -> Vec<u8> {
        self.message(0x8180, records)
    }

    /// A refusal: 2 that it cannot, 3 that there is no such name.
    pub(crate) fn refuse(&self, code: u16) -> Vec<u8> {
        self.message(0x8180 | code, &[])
    }

    /// An answer that did not fit.
    pub(crate) fn truncated(&self) -> Vec<u8> {
        self.message(0x8380, &[])
    }

    fn message(&self, flags: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let mut message = self.id.to_vec();
        for number in [flags, 1, u16::try_from(records.len()).unwrap(), 0, 0] {
            message.extend(number.to_be_bytes());
        }
        message.extend(&self.bytes);
        message.extend(records.concat());
        message
    }
}

/// A record of the name that was asked for.
pub(crate) fn its(kind: u16, data: &[u8]) -> Vec<u8> {
    record(&[0xc0, 12], kind, data)
}

/// A record of any name.
pub(crate) fn record(name: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = name.to_vec();
    record.extend(kind.to_be_bytes());
    record.extend([0, 1, 0, 0, 0, 60]);
    record.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    record.extend(data);
    record
}

/// A name as it is in messages.
pub(crate) fn wire_name(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// The strings of a TXT record.
pub(crate) fn strings(strings: &[&[u8]]) -> Vec<u8> {
    let counted = |string: &&[u8]| [&[u8::try_from(string.len()).unwrap()], *string].concat();
    strings.iter().flat_map(counted).collect()
}

type Says = dyn Fn(&Question) -> Vec<Vec<u8>> + Send + Sync;

/// A name server on loopback.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl NameServer {
    /// One that answers each question with some messages; none is silence.
    pub(crate) async fn saying(says: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Self {
        let says: Arc<Says> = Arc::new(says);
        let asked = Arc::new(AtomicUsize::new(0));
        // A port that is free for UDP is nearly always free for TCP.
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().unwrap();
        tokio::spawn(over_udp(udp, says.clone(), asked.clone()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                tokio::spawn(over_tcp(stream, says.clone()));
            }
        });
        Self { address, asked }
    }

    /// One that answers each question with one message.
    pub(crate) async fn answering(says: impl Fn(&Question) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::saying(move |question| vec![says(question)]).await
    }

    /// A resolver that asks this one alone.
    pub(crate) fn resolver(&self) -> SystemDns {
        SystemDns::asking(&[self.address]).unwrap()
    }

    /// How often it was asked by UDP.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn over_udp(socket: UdpSocket, says: Arc<Says>, asked: Arc<AtomicUsize>) {
    let mut message = [0; 4_096];
    while let Ok((length, from)) = socket.recv_from(&mut message).await {
        asked.fetch_add(1, Ordering::Relaxed);
        let Some(question) = Question::read(By::Udp, &message[..length]) else { continue };
        for answer in says(&question) {
            socket.send_to(&answer, from).await.unwrap();
        }
    }
}

/// Whoever asks may go at any time.
async fn over_tcp(mut stream: TcpStream, says: Arc<Says>) {
    while let Ok(length) = stream.read_u16().await {
        let mut message = vec![0; usize::from(length)];
        if stream.read_exact(&mut message).await.is_err() {
            return;
        }
        let Some(question) = Question::read(By::Tcp, &message) else { return };
        for answer in says(&question) {
            let length = u16::try_from(answer.len()).unwrap();
            if stream.write_all(&[&length.to_be_bytes()[..], &answer].concat()).await.is_err() {
                return;
            }
        }
    }
}
