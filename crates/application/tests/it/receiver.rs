//! A receiver of webhooks: a real HTTP server on loopback that says what it is told to say.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the receiver does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reaction {
    Answer(u16),
    /// Takes the request and never answers.
    Hold,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// By name in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<VecDeque<Reaction>>,
    received: Mutex<Vec<Received>>,
    arrived: Notify,
}

pub(crate) struct Receiver {
    shared: Arc<Shared>,
    pub(crate) address: std::net::SocketAddr,
}

impl Receiver {
    /// Listens; answers 200 once its script is at its end.
    pub(crate) async fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { shared, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// The next requests get these reactions, one each.
    pub(crate) fn will(&self, reactions: &[Reaction]) {
        self.shared.script.lock().unwrap().extend(reactions);
    }

    pub(crate) fn requests(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits for a request to arrive.
    pub(crate) async fn arrival(&self) {
        self.shared.arrived.notified().await;
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let mut headers = HashMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("POST /hooks "), "{line}");
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    shared.received.lock().unwrap().push(Received { headers, body });
    let reaction = shared.script.lock().unwrap().pop_front().unwrap_or(Reaction::Answer(200));
    shared.arrived.notify_one();
    match reaction {
        Reaction::Answer(status) => {
            let answer =
                format!("HTTP/1.1 {status} Status\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        Reaction::Hold => std::future::pending().await,
    }
}
