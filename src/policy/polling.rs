//! When to look at an operation's row again. (An accepted call is looked at when its answer says: `accepted.rs`.)

/// The first interval's lower bound.
const BASE_MS: f64 = 500.0;
/// What each look makes of the interval, and how far chance stretches it.
const GROWTH: f64 = 1.5;
/// No interval of ours is longer than this; a service may ask for more.
const CAP_MS: f64 = 10_000.0;
/// After as many looks the interval has grown to its end.
pub const GROWN: u32 = 8;
/// How many intervals a page waits that nobody sees. It looks after one as soon as it is seen again.
pub const INTERVALS_WHILE_HIDDEN: u32 = 3;

/// Milliseconds until the next look: from 0.5 s to 10 s, growing by half, stretched by chance so that pages that
/// were opened together do not look together.
///
/// `looks` counts those that were made; `random` is in `[0, 1)`.
#[must_use]
pub fn interval_ms(looks: u32, random: f64) -> f64 {
    let mut base = BASE_MS;
    for _ in 0..looks.min(GROWN) {
        base *= GROWTH;
    }
    base.min(CAP_MS / GROWTH) * (1.0 + (GROWTH - 1.0) * random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_grows_from_half_a_second_to_ten() {
        for (looks, shortest, longest) in [
            (0, 500.0, 750.0),
            (1, 750.0, 1125.0),
            (2, 1125.0, 1687.5),
            (GROWN, CAP_MS / 1.5, CAP_MS),
            (u32::MAX, CAP_MS / 1.5, CAP_MS),
        ] {
            assert_eq!(interval_ms(looks, 0.0), shortest, "{looks}");
            assert!((interval_ms(looks, 1.0) - longest).abs() < 1e-6, "{looks}");
        }
    }

    #[test]
    fn no_interval_is_shorter_than_the_one_before_and_all_are_within_the_bounds() {
        let mut before = 0.0;
        for looks in 0..20 {
            let interval = interval_ms(looks, 0.3);
            assert!(interval >= before && (500.0..=10_000.0).contains(&interval));
            before = interval;
        }
    }
}
