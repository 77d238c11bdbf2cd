//! Closed-loop load: so many askers, each asking again as soon as it was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::http::{Answer, Connection};
use crate::scale::{CONNECTIONS, Scale};

/// Requests that are asked in turn, and the status that each must get.
#[derive(Clone)]
pub(crate) struct Requests {
    bytes: Arc<[Vec<u8>]>,
    status: u16,
}

impl Requests {
    /// At least one request.
    pub(crate) fn new(bytes: Vec<Vec<u8>>, status: u16) -> Self {
        Self { bytes: bytes.into(), status }
    }
}

/// When it is enough.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// Measured from the first instant to the second.
    Time(Instant, Instant),
    /// So many from each asker.
    Count(u32),
}

impl Until {
    /// One side of a round, beginning now.
    pub(crate) fn round(scale: Scale) -> Self {
        let begin = Instant::now() + scale.warm_up;
        Self::Time(begin, begin + scale.round)
    }
}

/// What was measured.
#[derive(Default)]
pub(crate) struct Sample {
    /// One for each answer, in microseconds.
    latencies_us: Vec<u32>,
}

impl Sample {
    /// Notes an answer, unless it belongs to the warm-up. Says whether to go on.
    pub(crate) fn note(&mut self, asked: Instant, until: Until) -> bool {
        let answered = Instant::now();
        let counts = match until {
            Until::Time(begin, end) => asked >= begin && answered <= end,
            Until::Count(_) => true,
        };
        if counts {
            let us = u32::try_from(answered.duration_since(asked).as_micros()).unwrap_or(u32::MAX);
            self.latencies_us.push(us);
        }
        match until {
            Until::Time(_, end) => answered < end,
            Until::Count(count) => self.len() < count,
        }
    }

    /// Adds another's.
    pub(crate) fn add(&mut self, other: Self) {
        self.latencies_us.extend(other.latencies_us);
    }

    /// Answers.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.latencies_us.len()).unwrap_or(u32::MAX)
    }

    /// Answers per second, over the time that was measured.
    pub(crate) fn rate(&self, measured: Duration) -> f64 {
        f64::from(self.len()) / measured.as_secs_f64()
    }

    /// What 99 of 100 answers took at most, in milliseconds.
    pub(crate) fn p99_ms(&mut self) -> f64 {
        self.latencies_us.sort_unstable();
        let at = self.latencies_us.len() * 99 / 100;
        f64::from(self.latencies_us.get(at).copied().unwrap_or(0)) / 1_000.0
    }
}

/// Asks over HTTP. An answer with another status ends it: what fails fast must not look fast.
pub(crate) async fn drive(address: SocketAddr, requests: &Requests, until: Until) -> Outcome<Sample> {
    let askers: Vec<_> =
        (0..CONNECTIONS).map(|asker| tokio::spawn(ask(address, requests.clone(), until, asker))).collect();
    let mut sample = Sample::default();
    for asker in askers {
        sample.add(asker.await??);
    }
    Ok(sample)
}

async fn ask(address: SocketAddr, requests: Requests, until: Until, first: usize) -> Outcome<Sample> {
    let mut connection = Connection::open(address).await?;
    let mut sample = Sample::default();
    for request in requests.bytes.iter().cycle().skip(first).step_by(CONNECTIONS) {
        let asked = Instant::now();
        let answer = connection.ask(request).await?;
        if answer.status != requests.status {
            let body = String::from_utf8_lossy(answer.body);
            return Err(format!("status {} instead of {}: {body}", answer.status, requests.status).into());
        }
        if !sample.note(asked, until) {
            break;
        }
    }
    Ok(sample)
}

/// Asks each request once, and keeps of each answer what `read` finds in it; an answer in which it
/// finds nothing ends it. Also says how long all of it took.
pub(crate) async fn drive_each<T: Send + 'static>(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    read: fn(&Answer<'_>) -> Option<T>,
) -> Outcome<(Duration, Vec<T>)> {
    let requests: Arc<[Vec<u8>]> = requests.into();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let askers: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|(first, mut connection)| {
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                let mut found = Vec::new();
                for request in requests.iter().skip(first).step_by(CONNECTIONS) {
                    let answer = connection.ask(request).await?;
                    found.push(read(&answer).ok_or_else(|| {
                        let text = String::from_utf8_lossy(answer.body);
                        let head = String::from_utf8_lossy(answer.head);
                        format!("an answer that was not expected: {head}{text}")
                    })?);
                }
                Outcome::Ok(found)
            })
        })
        .collect();
    let mut found = Vec::new();
    for asker in askers {
        found.extend(asker.await??);
    }
    Ok((begun.elapsed(), found))
}

/// The middle of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => f64::midpoint(figures[middle - 1], figures[middle]),
        _ => figures[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles_are_what_they_are() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        let mut sample = Sample { latencies_us: (1..=1_000).rev().map(|ms| ms * 1_000).collect() };
        assert!((sample.p99_ms() - 991.0).abs() < f64::EPSILON);
        assert!((sample.rate(Duration::from_secs(2)) - 500.0).abs() < f64::EPSILON);
    }

    /// A server that answers everything the same.
    fn server(answer: &'static [u8]) -> SocketAddr {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut request = [0; 1_024];
                    while stream.read(&mut request).is_ok_and(|n| n > 0) {
                        stream.write_all(answer).unwrap();
                    }
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn every_asker_asks_as_often_as_it_should() {
        for answer in [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"[..],
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        ] {
            let requests = Requests::new(vec![crate::http::get("/", None)], 200);
            let sample = drive(server(answer), &requests, Until::Count(5)).await.unwrap();
            assert_eq!(sample.len(), 80);
        }
    }

    #[tokio::test]
    async fn every_request_is_asked_once_and_its_answer_looked_at() {
        let address = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        let requests = |n| vec![crate::http::get("/", None); n];
        let read = |answer: &Answer<'_>| (answer.body == b"ok").then_some(answer.status);
        let (_, found) = drive_each(address, requests(35), read).await.unwrap();
        assert_eq!(found, [200; 35]);
        assert!(drive_each(address, requests(3), |_| None::<u16>).await.is_err());
    }

    #[tokio::test]
    async fn an_unexpected_status_ends_it_with_what_was_said() {
        let address = server(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 4\r\n\r\nslow");
        let requests = Requests::new(vec![crate::http::get("/", None)], 200);
        let error = drive(address, &requests, Until::Count(5)).await.err().unwrap();
        assert_eq!(error.to_string(), "status 429 instead of 200: slow");
    }

    #[test]
    fn warm_up_is_not_counted_and_the_end_is_seen() {
        let now = Instant::now();
        let hour = Duration::from_hours(1);
        let mut sample = Sample::default();
        assert!(sample.note(now, Until::Time(now + hour, now + hour * 2)), "still warming up");
        assert_eq!(sample.len(), 0);
        assert!(sample.note(now, Until::Time(now, now + hour)));
        assert!(!sample.note(now, Until::Time(now, now)), "it is over");
        assert_eq!(sample.len(), 1);
        assert!(!sample.note(now, Until::Count(2)));
    }
}
