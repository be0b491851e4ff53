//! When to try again, and after how long.

/// The first delay's upper bound.
const BASE_MS: f64 = 500.0;
/// No delay of ours is longer than this; a service may ask for more.
const CAP_MS: f64 = 20_000.0;

/// `Tue, 24 Nov 2026 08:00:30 GMT`. Of anything else a browser may make some date: Chromium reads "soon 5" as May 2001.
const DATE_LENGTH: usize = 29;

/// How long to wait before another attempt: what the service asked for, else exponential backoff with full
/// jitter.
///
/// `failures` counts the attempts that failed so far; `random` is in `[0, 1)`.
#[must_use]
pub fn delay_ms(failures: u32, retry_after_ms: Option<f64>, random: f64) -> f64 {
    retry_after_ms.unwrap_or_else(|| {
        let bound = BASE_MS * f64::from(2_u32.saturating_pow(failures.saturating_sub(1)));
        bound.min(CAP_MS) * random
    })
}

/// Milliseconds that a `Retry-After` asks for: seconds, or a date that `parse_date` turns into
/// milliseconds since 1970.
///
/// A value that is neither is as if it were not there, so that garbage in a header does not switch
/// retries off.
#[must_use]
pub fn retry_after_ms(
    header: Option<&str>,
    now_ms: f64,
    parse_date: impl FnOnce(&str) -> Option<f64>,
) -> Option<f64> {
    let text = header?.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        f64::from(text.parse::<u32>().ok()?) * 1000.0
    } else if text.len() == DATE_LENGTH && text.ends_with(" GMT") {
        parse_date(text)? - now_ms
    } else {
        return None;
    };
    wait.is_finite().then(|| wait.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As willing as a browser's `Date.parse`.
    fn date(text: &str) -> Option<f64> {
        Some(if text == "Tue, 24 Nov 2026 08:00:30 GMT" {
            30_000.0
        } else {
            5_000.0
        })
    }

    #[test]
    fn the_delay_doubles_up_to_its_cap() {
        for (failures, bound) in [
            (1, 500.0),
            (2, 1000.0),
            (3, 2000.0),
            (6, 16_000.0),
            (7, 20_000.0),
            (99, 20_000.0),
        ] {
            assert_eq!(delay_ms(failures, None, 1.0), bound);
            assert_eq!(delay_ms(failures, None, 0.0), 0.0);
        }
    }

    #[test]
    fn what_the_service_asks_for_wins() {
        assert_eq!(delay_ms(3, Some(7000.0), 0.5), 7000.0);
        assert_eq!(delay_ms(3, Some(0.0), 0.5), 0.0);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (header, wait) in [
            (Some("5"), Some(5000.0)),
            (Some(" 0 "), Some(0.0)),
            (Some("99999999999"), None),
            (Some("1.5"), None),
            (Some("Tue, 24 Nov 2026 08:00:30 GMT"), Some(20_000.0)),
            (None, None),
            (Some(""), None),
            (Some("-5"), None),
            (Some("soon"), None),
            (Some("1.2.3"), None),
            (Some("soon 5"), None),
            (Some("May 1"), None),
            // As long as a date, or as it ends.
            (Some("Tue, 24 Nov 2026 08:00:30 UTC"), None),
            (Some("24 Nov 2026 08:00:30 GMT"), None),
            // HTTP's oldest form, which browsers read as local time.
            (Some("Tue Nov 24 08:00:30 2026"), None),
        ] {
            assert_eq!(retry_after_ms(header, 10_000.0, date), wait, "{header:?}");
        }
    }

    #[test]
    fn a_date_in_the_past_means_now() {
        assert_eq!(
            retry_after_ms(Some("Tue, 24 Nov 2026 08:00:30 GMT"), 90_000.0, date),
            Some(0.0)
        );
    }
}
