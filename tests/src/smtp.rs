//! A mail server that keeps what it is given.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wait;

/// How long a message may take on a busy machine.
const MESSAGE_LIMIT: Duration = Duration::from_secs(30);

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Message {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body.
    pub text: String,
}

/// The server; it stops when dropped. It speaks as much of RFC 5321 as a client without TLS needs.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    messages: Arc<Mutex<Vec<Message>>>,
    task: JoinHandle<()>,
}

impl SmtpSink {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&messages);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let keep = Arc::clone(&keep);
                tokio::spawn(async move { converse(stream, &keep).await.unwrap_or_default() });
            }
        });
        Self { address, messages, task }
    }

    /// What `VESTIBULE_SMTP_URL` takes.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What came so far.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// Waits for a message to an address.
    pub async fn message_to(&self, address: &str) -> Message {
        let to_them = |message: &Message| message.to.iter().any(|to| to.eq_ignore_ascii_case(address));
        let find = || std::future::ready(self.messages().into_iter().find(to_them));
        wait::until(&format!("a message to {address}"), MESSAGE_LIMIT, find).await
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, keep: &Mutex<Vec<Message>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    let mut message = Message { from: String::new(), to: Vec::new(), text: String::new() };
    writer.write_all(b"220 sink ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let reply: &[u8] = if command.starts_with("EHLO") || command.starts_with("HELO") {
            b"250-sink\r\n250 8BITMIME\r\n"
        } else if command.starts_with("MAIL FROM:") {
            message.from = address(&line);
            b"250 OK\r\n"
        } else if command.starts_with("RCPT TO:") {
            message.to.push(address(&line));
            b"250 OK\r\n"
        } else if command == "DATA" {
            writer.write_all(b"354 go on\r\n").await?;
            while let Some(line) = lines.next_line().await? {
                if line == "." {
                    break;
                }
                // RFC 5321, section 4.5.2: a leading dot was doubled.
                message.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.text.push('\n');
            }
            keep.lock().unwrap().push(message.clone());
            message = Message { from: String::new(), to: Vec::new(), text: String::new() };
            b"250 kept\r\n"
        } else if command == "QUIT" {
            return writer.write_all(b"221 bye\r\n").await;
        } else {
            b"250 OK\r\n"
        };
        writer.write_all(reply).await?;
    }
    Ok(())
}

fn address(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap_or_default();
    rest.split('>').next().unwrap_or_default().to_owned()
}
