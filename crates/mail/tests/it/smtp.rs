//! Delivery by SMTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use vestibule_application::ports::mail::{MailError, Mailer as _};
use vestibule_mail::SmtpMailer;

use crate::{from, invitation};

/// A mail server that answers one command as it is told, and accepts everything else.
struct Sink {
    address: SocketAddr,
    commands: Arc<Mutex<Vec<String>>>,
    messages: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    /// `command` is answered with `answer`; an empty answer hangs up.
    async fn start(command: &'static str, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            commands: Arc::default(),
            messages: Arc::default(),
        };
        let (commands, messages) = (Arc::clone(&sink.commands), Arc::clone(&sink.messages));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (commands, messages) = (Arc::clone(&commands), Arc::clone(&messages));
                // A client that hangs up is part of several tests.
                tokio::spawn(async move { drop(talk(stream, command, answer, &commands, &messages).await) });
            }
        });
        sink
    }

    async fn accepting() -> Self {
        Self::start("(nothing)", "").await
    }

    fn mailer(&self) -> SmtpMailer {
        SmtpMailer::from_url(&format!("smtp://{}", self.address), from()).unwrap()
    }

    fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }
}

async fn talk(
    stream: TcpStream,
    special: &str,
    answer: &str,
    commands: &Mutex<Vec<String>>,
    messages: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut command = "CONNECT".to_owned();
    loop {
        let verb = command.split_whitespace().next().unwrap_or_default().to_uppercase();
        commands.lock().unwrap().push(command.trim_end().to_owned());
        let usual = match verb.as_str() {
            "CONNECT" => "220 sink ready",
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "DATA" => "354 go ahead",
            "QUIT" => "221 bye",
            "AUTH" => "235 welcome",
            _ => "250 ok",
        };
        let line = if verb == special { answer } else { usual };
        if line.is_empty() {
            return Ok(());
        }
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        if verb == "DATA" && line.starts_with("354") {
            let mut message = String::new();
            while !message.ends_with("\r\n.\r\n") {
                if stream.read_line(&mut message).await? == 0 {
                    return Ok(());
                }
            }
            if special == "END" {
                stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            } else {
                messages.lock().unwrap().push(message.trim_end_matches(".\r\n").replace("\r\n..", "\r\n."));
                stream.write_all(b"250 queued\r\n").await?;
            }
        }
        command.clear();
        if stream.read_line(&mut command).await? == 0 {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn an_accepted_message_arrives_as_it_was_written() {
    let sink = Sink::accepting().await;
    let mailer = sink.mailer();
    mailer.deliver(&invitation(1)).await.unwrap();
    mailer.deliver(&invitation(2)).await.unwrap();

    let messages = sink.messages();
    assert_eq!(messages.len(), 2);
    let parsed = MessageParser::default().parse(messages[0].as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("Acme invites you to set up single sign-on for Glöbex"));
    let sender = parsed.from().unwrap().first().unwrap();
    assert_eq!(sender.name(), Some("Acme via Vestibule"));
    assert_eq!(sender.address(), Some("no-reply@setup.example.com"));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("help@acme.example"));
    assert!(parsed.body_html(0).unwrap().contains("https://setup.example.com/portal/l/vpt_x"));

    let commands = sink.commands.lock().unwrap().clone();
    assert!(commands.iter().any(|line| line.starts_with("MAIL FROM:<no-reply@setup.example.com>")));
    assert!(commands.iter().any(|line| line.starts_with("RCPT TO:<it@customer.example>")));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    for (command, answer, is_permanent) in [
        ("CONNECT", "421 busy", false),
        ("MAIL", "451 4.3.0 try later", false),
        ("RCPT", "450 4.2.0 greylisted", false),
        ("RCPT", "550 5.1.1 <it@customer.example>: no such user", true),
        ("MAIL", "552 5.2.3 too large", true),
        ("DATA", "554 5.7.1 no", true),
        ("END", "452 4.3.1 full", false),
        ("END", "550 5.7.1 looks like spam", true),
        ("MAIL", "530 5.7.0 sign in first", false),
    ] {
        let sink = Sink::start(command, answer).await;
        let error = sink.mailer().deliver(&invitation(1)).await.unwrap_err();
        let (MailError::Permanent { reason } | MailError::Temporary { reason }) = &error;
        assert_eq!(matches!(error, MailError::Permanent { .. }), is_permanent, "{command} {answer}: {error}");
        assert!(reason.starts_with(&answer[..3]), "{reason}");
        assert!(!reason.contains('@'), "{reason}");
        assert_eq!(sink.messages().len(), 0);
    }
}

#[tokio::test]
async fn a_broken_connection_is_worth_another_try() {
    for (command, answer) in [("CONNECT", ""), ("MAIL", ""), ("DATA", ""), ("CONNECT", "HTTP/1.1 200 OK")] {
        let sink = Sink::start(command, answer).await;
        let error = sink.mailer().deliver(&invitation(1)).await.unwrap_err();
        assert!(matches!(error, MailError::Temporary { .. }), "{command} {answer}: {error:?}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mailer = SmtpMailer::from_url(&format!("smtp://{address}"), from()).unwrap();
    let error = mailer.deliver(&invitation(1)).await.unwrap_err();
    assert!(matches!(error, MailError::Temporary { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refused_password_does_not_cost_the_message() {
    let sink = Sink::start("AUTH", "535 5.7.8 no").await;
    let url = format!("smtp://user:p%40ss@{}", sink.address);
    let mailer = SmtpMailer::from_url(&url, from()).unwrap();
    let error = mailer.deliver(&invitation(1)).await.unwrap_err();
    assert!(matches!(error, MailError::Temporary { .. }), "{error:?}");
    assert!(!format!("{mailer:?} {error:?}").contains("p@ss"));
}

#[tokio::test]
async fn encryption_that_was_demanded_is_not_done_without() {
    // The sink offers no STARTTLS, and speaks no TLS.
    let sink = Sink::accepting().await;
    for url in [format!("smtp://{}?tls=required", sink.address), format!("smtps://{}", sink.address)] {
        let mailer = SmtpMailer::from_url(&url, from()).unwrap();
        mailer.deliver(&invitation(1)).await.unwrap_err();
        assert_eq!(sink.messages().len(), 0, "{url}");
        assert!(!sink.commands.lock().unwrap().iter().any(|line| line.starts_with("MAIL")), "{url}");
    }
}

#[tokio::test]
async fn a_server_can_be_checked_without_sending() {
    let sink = Sink::accepting().await;
    sink.mailer().check().await.unwrap();
    assert_eq!(sink.messages().len(), 0);
    let error = Sink::start("CONNECT", "554 closed").await.mailer().check().await.unwrap_err();
    assert!(matches!(error, MailError::Permanent { .. }), "{error:?}");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_repeating_it() {
    for url in [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://u:secret@h?tls=maybe",
        "smtp:u:secret",
    ] {
        let error = SmtpMailer::from_url(url, from()).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
