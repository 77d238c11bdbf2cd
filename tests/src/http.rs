//! A small HTTP/1.1 server on the loopback interface, which can misbehave on purpose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Largest request that is taken.
const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How much an endless answer sends at most, so that nothing here runs for ever.
const ENDLESS_BYTES: usize = 256 * 1024 * 1024;

/// How long a slow answer goes on at most.
const SLOW_LIMIT: Duration = Duration::from_mins(2);

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path with query.
    pub target: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, content type, body.
    Full(u16, &'static str, Vec<u8>),
    /// A redirect.
    Redirect(String),
    /// Headers, then nothing.
    Silent,
    /// One byte every now and then.
    Slow,
    /// Bytes without end.
    Endless,
    /// A body shorter than was announced.
    CutOff(Vec<u8>),
    /// The connection is closed without an answer.
    Hangup,
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl HttpServer {
    /// Answers every request with what `answer` says.
    pub async fn start(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_knowing_its_address(|_| Arc::new(answer)).await
    }

    /// The same for answers that hold the server's own address.
    pub async fn start_knowing_its_address(
        answers: impl FnOnce(SocketAddr) -> Arc<dyn Fn(Request) -> Reply + Send + Sync>,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = answers(address);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                // A peer that goes away is its own affair.
                tokio::spawn(async move { serve(stream, &*answer).await.unwrap_or_default() });
            }
        });
        Self { address, task }
    }

    /// `127.0.0.1:port`, as an allow-list takes it.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// An address on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(Request) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else { return Ok(()) };
    match answer(request) {
        Reply::Full(status, kind, body) => {
            let head = format!(
                "HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Reply::Redirect(to) => {
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
        }
        Reply::Silent => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await?;
            // Until the client has had enough.
            let _ = tokio::time::timeout(SLOW_LIMIT, stream.read(&mut [0])).await;
        }
        Reply::Slow => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await?;
            let start = std::time::Instant::now();
            while start.elapsed() < SLOW_LIMIT {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        Reply::Endless => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n")
                .await?;
            let chunk = vec![b' '; 64 * 1024];
            for _ in 0..ENDLESS_BYTES / chunk.len() {
                stream.write_all(&chunk).await?;
            }
        }
        Reply::CutOff(body) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len() + 1000);
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Reply::Hangup => {}
    }
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > REQUEST_BYTES_MAX || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let request = Request { method: method.into(), target: target.into(), headers, body: Vec::new() };
    let length = request.header("content-length").parse().unwrap_or(0).min(REQUEST_BYTES_MAX);
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Request { body, ..request }))
}
