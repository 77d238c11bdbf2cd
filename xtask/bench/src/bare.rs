//! What actix-web does by itself: one handler, in a process of its own with as many workers as the
//! service has. It answers a file's bytes at once, or after the least that a service must ask of
//! PostgreSQL for such an answer: what bounds the service on the machine that measures.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};

use crate::Outcome;
use crate::process::Running;
use crate::scale::CONNECTIONS;
use crate::statements::Work;

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
    pub(crate) fn start(answer: &Answer<'_>) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(COMMAND).args(answer.words()).stdout(Stdio::piped());
        let mut process = Running::start(&mut command, "-TERM")?;
        let stdout = process.child().stdout.take().ok_or("the bare handler has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().map_err(|_| "the bare handler did not start")?;
        Ok(Self { _process: process, address })
    }
}

/// What the handler does for an answer.
pub(crate) struct Answer<'a> {
    /// The file whose bytes it answers.
    pub(crate) file: &'a str,
    /// The connection string of the database that it asks before, and the word for what it asks.
    pub(crate) work: Option<(&'a str, &'a str)>,
}

impl<'a> Answer<'a> {
    fn words(&self) -> Vec<&'a str> {
        let mut words = vec![self.file];
        words.extend(self.work.iter().flat_map(|(database, work)| [*database, *work]));
        words
    }

    /// Reads the words after [`COMMAND`].
    pub(crate) fn parse(words: &[&'a str]) -> Option<Self> {
        match words {
            [file] => Some(Self { file, work: None }),
            [file, database, work] => Some(Self { file, work: Some((database, work)) }),
            _ => None,
        }
    }
}

/// Answers whatever is asked.
pub(crate) fn serve(answer: &Answer<'_>) -> Outcome {
    let body = Bytes::from(std::fs::read(answer.file)?);
    let work = answer.work.map(|(database, work)| (database.to_owned(), work.to_owned()));
    let workers = std::thread::available_parallelism()?.get();
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let (body, work) = (body.clone(), work.clone());
            App::new()
                .data_factory(move || {
                    let work = work.clone();
                    // On the worker's own thread, as the service has it.
                    async move { Work::connect(work, CONNECTIONS.div_ceil(workers)).await }
                })
                .default_service(web::to(move |work: Data<Work>| {
                    let body = body.clone();
                    async move {
                        match work.run().await {
                            Ok(()) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body),
                            Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
                        }
                    }
                }))
        })
        .workers(workers)
        .bind("127.0.0.1:0")?;
        println!("{}", server.addrs()[0]);
        server.run().await
    })?;
    Ok(())
}
