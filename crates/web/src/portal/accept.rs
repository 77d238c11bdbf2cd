//! Whether a client wants a page or an object. Source: RFC 9110, section 12.5.1.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;

/// Most media ranges that are read; browsers send under ten.
pub(super) const RANGES_MAX: usize = 32;

/// How well a media range fits, the more specific the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    Type,
    Exact,
}

/// What a client thinks of a media type: quality in thousandths, and how it said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opinion {
    fit: Fit,
    quality: u16,
}

/// Whether a request asks for JSON rather than for a page.
///
/// It does when JSON has the higher quality, or when both have the same and JSON is named while
/// HTML is not (`application/json, text/plain, */*`, as some HTTP libraries send). Whoever takes
/// anything gets the page.
pub(super) fn wants_json(request: &HttpRequest) -> bool {
    let headers = request.headers().get_all(ACCEPT);
    let accept: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
    prefers_json(&accept.join(","))
}

fn prefers_json(accept: &str) -> bool {
    let Some(json) = opinion(accept, "application", "json") else { return false };
    let html = opinion(accept, "text", "html").unwrap_or(Opinion { fit: Fit::Anything, quality: 0 });
    match json.quality.cmp(&html.quality) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => json.quality > 0 && json.fit == Fit::Exact && html.fit < Fit::Exact,
    }
}

/// The opinion of the most specific range that covers a media type.
fn opinion(accept: &str, kind: &str, subtype: &str) -> Option<Opinion> {
    let mut best: Option<Opinion> = None;
    for range in accept.split(',').take(RANGES_MAX) {
        let mut parts = range.split(';');
        let Some((range_kind, range_subtype)) = parts.next().and_then(|media| media.trim().split_once('/'))
        else {
            continue;
        };
        let fit = if range_kind.eq_ignore_ascii_case(kind) && range_subtype.eq_ignore_ascii_case(subtype) {
            Fit::Exact
        } else if range_kind.eq_ignore_ascii_case(kind) && range_subtype == "*" {
            Fit::Type
        } else if range_kind == "*" && range_subtype == "*" {
            Fit::Anything
        } else {
            continue;
        };
        let quality = quality(parts);
        if best.is_none_or(|best| fit > best.fit) {
            best = Some(Opinion { fit, quality });
        }
    }
    best
}

/// The quality among a range's parameters, in thousandths. One that cannot be read counts as none.
/// Source: RFC 9110, section 12.4.2.
pub(super) fn quality<'a>(mut parameters: impl Iterator<Item = &'a str>) -> u16 {
    let weight = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    weight.map_or(Some(1_000), thousandths).unwrap_or(0)
}

/// Reads a weight; none if it is not of the form `0.123` or `1.000`.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_the_indifferent_get_the_page() {
        for accept in [
            "",
            "*/*",
            "text/html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "text/html;q=0.9, application/json;q=0.8",
            "application/json;q=0.8, text/html;q=0.9",
            "text/html, application/json",
            "application/*;q=0.5, text/*;q=0.5",
            "application/json;q=0",
            "application/json;q=0, */*;q=0",
            "application/json;q=2",
            "image/png",
            "nonsense",
            "application/json;q=0.5, */*",
        ] {
            assert!(!prefers_json(accept), "{accept}");
        }
    }

    #[test]
    fn whoever_asks_for_json_gets_it() {
        for accept in [
            "application/json",
            "APPLICATION/JSON",
            "application/json, text/plain, */*",
            "application/json, */*;q=0.5",
            "text/html;q=0.5, application/json",
            "text/html;q=0, */*",
            "text/html; q=0.899, application/json ; Q=0.9",
            "application/*, text/*;q=0.9",
            "*/*, text/html;q=0.2",
        ] {
            assert!(prefers_json(accept), "{accept}");
        }
    }

    #[test]
    fn only_so_many_ranges_are_read() {
        let filler = |n| format!("{}application/json", "a/b,".repeat(n));
        assert!(prefers_json(&filler(RANGES_MAX - 1)));
        assert!(!prefers_json(&filler(RANGES_MAX)));
    }
}
