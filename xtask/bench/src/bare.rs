//! What actix-web does by itself: one handler that answers the same bytes, in a process of its own
//! with as many workers as the service has.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};

use crate::Outcome;
use crate::process::Running;

/// The word by which this program is told to be the handler.
pub(crate) const COMMAND: &str = "serve-bare";

/// A running handler.
pub(crate) struct Bare {
    _process: Running,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Bare {
    /// Starts this program again, as the handler.
    pub(crate) fn start(file: &Path) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(COMMAND).arg(file).stdout(Stdio::piped());
        let mut process = Running::start(&mut command, "-TERM")?;
        let stdout = process.child().stdout.take().ok_or("the bare handler has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().map_err(|_| "the bare handler did not start")?;
        Ok(Self { _process: process, address })
    }
}

/// Answers a file's bytes to whatever is asked.
pub(crate) fn serve(file: &str) -> Outcome {
    let body = Bytes::from(std::fs::read(file)?);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
            }))
        })
        .bind("127.0.0.1:0")?;
        println!("{}", server.addrs()[0]);
        server.run().await
    })?;
    Ok(())
}
