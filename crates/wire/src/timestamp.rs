//! Instants as text: one formatter for everything, since some clients take no other form.

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use vestibule_domain::{Instant, truncate_to_micros};

/// An instant on the wire: UTC, exactly three fractional digits, `Z`.
///
/// The Python SDK on Python 3.10 refuses any other number of digits. Digits beyond the third are
/// cut, not rounded: a rounded instant could lie after the one it names.
///
/// Source: WorkOS-compatible contract, section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, format = DateTime, example = "2026-01-02T03:04:05.678Z")
)]
pub struct Timestamp(pub Instant);

/// The text is no RFC 3339 timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a timestamp such as 2026-01-02T03:04:05.678Z")]
pub struct TimestampError;

impl Timestamp {
    /// Reads an RFC 3339 timestamp with any offset and any number of fractional digits, cut to the
    /// microseconds that stores keep.
    ///
    /// # Errors
    /// [`TimestampError`] for anything else, a date without time included.
    pub fn parse(raw: &str) -> Result<Self, TimestampError> {
        let at = Instant::parse(raw, &Rfc3339).map_err(|_| TimestampError)?;
        // An offset can push the first and the last day out of the years that there are.
        at.checked_to_offset(time::UtcOffset::UTC).ok_or(TimestampError)?;
        Ok(Self(truncate_to_micros(at)))
    }
}

impl From<Instant> for Timestamp {
    fn from(at: Instant) -> Self {
        Self(at)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = self.0.checked_to_offset(time::UtcOffset::UTC).unwrap_or(self.0);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second, millisecond) = at.time().as_hms_milli();
        let month = u8::from(month);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn there_are_always_three_digits_and_a_z() {
        for (at, text) in [
            (datetime!(2026-01-02 03:04:05 UTC), "2026-01-02T03:04:05.000Z"),
            (datetime!(2026-01-02 03:04:05.6 UTC), "2026-01-02T03:04:05.600Z"),
            (datetime!(2026-01-02 03:04:05.000_999_999 UTC), "2026-01-02T03:04:05.000Z"),
            (datetime!(2026-12-31 23:59:59.999_999 UTC), "2026-12-31T23:59:59.999Z"),
            (datetime!(2026-01-02 03:04:05.5 +01:00), "2026-01-02T02:04:05.500Z"),
            (datetime!(0987-01-02 03:04:05 UTC), "0987-01-02T03:04:05.000Z"),
        ] {
            assert_eq!(Timestamp(at).to_string(), text);
            assert_eq!(serde_json::to_string(&Timestamp(at)).unwrap(), format!("\"{text}\""));
        }
    }

    #[test]
    fn any_rfc_3339_timestamp_is_read() {
        for (raw, at) in [
            ("2026-01-02T03:04:05Z", datetime!(2026-01-02 03:04:05 UTC)),
            ("2026-01-02T03:04:05.678Z", datetime!(2026-01-02 03:04:05.678 UTC)),
            ("2026-01-02T03:04:05.123456789Z", datetime!(2026-01-02 03:04:05.123_456 UTC)),
            ("2026-01-02T03:04:05+02:00", datetime!(2026-01-02 01:04:05 UTC)),
        ] {
            assert_eq!(Timestamp::parse(raw), Ok(Timestamp(at)), "{raw}");
        }
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for raw in [
            "",
            "2026-01-02",
            "2026-01-02 03:04:05",
            "2026-13-02T03:04:05Z",
            "2026-01-02T03:04:05",
            "1767323045",
            "9999-12-31T23:59:59-01:00",
            " 2026-01-02T03:04:05Z",
        ] {
            assert_eq!(Timestamp::parse(raw), Err(TimestampError), "{raw}");
        }
    }
}
