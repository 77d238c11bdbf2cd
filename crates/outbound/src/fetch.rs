//! The port's requests.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode};
use url::Url;
use vestibule_application::ports::outbound::{
    ANSWER_BYTES_MAX, AnswerLimits, FetchLimits, Fetched, Method, Outbound, OutboundAnswer, OutboundError,
    OutboundRequest, PostAnswer, PostRequest,
};

use crate::client::{GuardedClient, check_headers};
use crate::error::translate;

#[async_trait]
impl Outbound for GuardedClient {
    async fn get(&self, url: &str, limits: FetchLimits) -> Result<Fetched, OutboundError> {
        let url = self.parse(url)?;
        in_time(limits.timeout_ms, self.fetch(url, limits)).await
    }

    /// A receiver that has sent a status has answered: when its body breaks off or drips past the
    /// time, what came of it is kept.
    async fn post(&self, request: PostRequest) -> Result<PostAnswer, OutboundError> {
        let url = self.parse(&request.url)?;
        let mut headers = headers_of(&request.headers)?;
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        let deadline = tokio::time::Instant::now() + Duration::from_millis(request.timeout_ms);
        let client = self.client_for(&url)?;
        let sent = client.post(url.clone()).headers(headers).body(request.body).send();
        let mut response = tokio::time::timeout_at(deadline, sent)
            .await
            .map_err(|_| OutboundError::Timeout { timeout_ms: request.timeout_ms })?
            .map_err(|error| translate(&error, &url))?;
        check_headers(&response)?;

        let status = response.status().as_u16();
        let mut beginning = Vec::new();
        while beginning.len() < ANSWER_BYTES_MAX {
            match tokio::time::timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => beginning.extend_from_slice(&chunk),
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
        }
        beginning.truncate(ANSWER_BYTES_MAX);
        Ok(PostAnswer { status, body: answer_text(&beginning) })
    }

    async fn send(
        &self,
        request: OutboundRequest,
        limits: AnswerLimits,
    ) -> Result<OutboundAnswer, OutboundError> {
        let url = self.parse(&request.url)?;
        let headers = headers_of(&request.headers)?;
        let client = self.client_for(&url)?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        in_time(limits.timeout_ms, async {
            let mut asked = client.request(method, url.clone()).headers(headers);
            if !request.body.is_empty() {
                asked = asked.body(request.body);
            }
            let response = asked.send().await.map_err(|error| translate(&error, &url))?;
            check_headers(&response)?;
            let status = response.status().as_u16();
            let read = read(response, url, limits.body_bytes_max).await?;
            Ok(OutboundAnswer { status, content_type: read.content_type, body: read.body })
        })
        .await
    }
}

impl GuardedClient {
    /// Follows redirects by hand: each address is checked like the first one, and each hop starts
    /// without headers of the one before.
    async fn fetch(&self, mut url: Url, limits: FetchLimits) -> Result<Fetched, OutboundError> {
        let mut redirects = 0;
        loop {
            let client = self.client_for(&url)?;
            let response = client.get(url.clone()).send().await.map_err(|error| translate(&error, &url))?;
            check_headers(&response)?;
            match response.status() {
                StatusCode::OK => return read(response, url, limits.body_bytes_max).await,
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    if redirects == limits.redirects_max {
                        return Err(OutboundError::Redirect);
                    }
                    redirects += 1;
                    url = self.next_hop(&url, response.headers())?;
                }
                status => return Err(OutboundError::Status { status: status.as_u16() }),
            }
        }
    }

    fn next_hop(&self, from: &Url, headers: &HeaderMap) -> Result<Url, OutboundError> {
        let location = headers.get(LOCATION).and_then(|location| location.to_str().ok());
        let next = location.and_then(|location| from.join(location).ok()).ok_or(OutboundError::Redirect)?;
        // Among other things this refuses http, unless the operator opened exactly that endpoint.
        self.parse(next.as_str()).map_err(|_| OutboundError::Redirect)
    }
}

async fn in_time<T>(
    timeout_ms: u64,
    work: impl Future<Output = Result<T, OutboundError>>,
) -> Result<T, OutboundError> {
    tokio::time::timeout(Duration::from_millis(timeout_ms), work)
        .await
        .unwrap_or(Err(OutboundError::Timeout { timeout_ms }))
}

/// Reads a body up to the limit. What is counted is what comes out of the decompression, chunk by
/// chunk, so that a small body which unpacks into a large one ends like any other.
async fn read(mut response: Response, url: Url, bytes_max: usize) -> Result<Fetched, OutboundError> {
    let too_large = OutboundError::TooLarge { bytes_max };
    if response.content_length().is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| translate(&error, &url))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Ok(Fetched { body, content_type, url: url.into() })
}

fn headers_of(pairs: &[(String, String)]) -> Result<HeaderMap, OutboundError> {
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let unusable =
            || OutboundError::Broken { reason: format!("`{}` is no usable header", name.escape_debug()) };
        let name = HeaderName::try_from(name).map_err(|_| unusable())?;
        let mut value = HeaderValue::try_from(value).map_err(|_| unusable())?;
        // Neither printed, nor kept in the tables by which HTTP/2 compresses headers.
        value.set_sensitive(name == AUTHORIZATION);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The beginning of a body as text that a store takes: a NUL, which PostgreSQL refuses in text, is
/// replaced like an invalid byte. Replacements are longer than what they stand for, hence the cut.
fn answer_text(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(ANSWER_BYTES_MAX));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_text_within_its_limit_whatever_the_bytes() {
        assert_eq!(answer_text(b"thanks"), "thanks");
        assert_eq!(answer_text(b"a\0b\xff"), "a\u{fffd}b\u{fffd}");
        assert_eq!(answer_text(&[b'x'; ANSWER_BYTES_MAX]).len(), ANSWER_BYTES_MAX);
        assert_eq!(answer_text(&[0xff; ANSWER_BYTES_MAX]).len(), ANSWER_BYTES_MAX / 3 * 3);
    }

    #[test]
    fn a_header_cannot_smuggle_another() {
        for (name, value) in [("a", "b\r\nc: d"), ("a\r\nb", "c"), ("a b", "c"), ("", "c"), ("a", "b\0")] {
            let refused = headers_of(&[(name.to_owned(), value.to_owned())]);
            assert!(matches!(refused, Err(OutboundError::Broken { .. })), "{name:?}: {value:?}");
        }
    }
}
