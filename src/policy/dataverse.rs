//! Reads what Xrm.WebApi and PCF's webAPI reject with: `{errorCode, message}`, not `Error`s.

use crate::model::ErrorCode;
use crate::policy::text::after;

/// A `category` of the workflow table.
pub const CLOUD_FLOW: f64 = 5.0;
/// A `statecode` of the workflow table.
pub const ACTIVATED: f64 = 1.0;
/// Another: Power Automate turned the flow off.
pub const SUSPENDED: f64 = 2.0;

/// What a Dataverse failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// No such row, or none that the user may see.
    NotFound,
    /// The user lacks a privilege on the table.
    Forbidden,
    /// A service protection limit; the same may be asked again later.
    Throttled,
    /// No answer of Dataverse's at all; the same may be asked again.
    Unreachable,
    /// The host has no web API: a canvas app.
    NoWebApi,
    /// Anything else.
    Other,
}

/// Reads a failure's code and message. Hosts give the code as a signed or an unsigned 32-bit number.
#[must_use]
pub fn meaning(error_code: Option<f64>, message: &str) -> Meaning {
    match error_code.filter(|code| *code != 0.0).map(unsigned) {
        Some(0x8004_0217) => Meaning::NotFound,
        Some(0x8004_0220) => Meaning::Forbidden,
        Some(0x8007_2321 | 0x8007_2322 | 0x8007_2326) => Meaning::Throttled,
        Some(_) => Meaning::Other,
        None => without_a_code(&message.to_ascii_lowercase()),
    }
}

fn without_a_code(message: &str) -> Meaning {
    let says = |word| after(message, word).is_some();
    if says("not implemented") {
        Meaning::NoWebApi
    } else if ["fetch", "network", "offline", "connection", "timed out"]
        .into_iter()
        .any(says)
    {
        Meaning::Unreachable
    } else {
        Meaning::Other
    }
}

/// The code as Dataverse's documentation writes it: `0x80040217`.
#[must_use]
pub fn written(error_code: f64) -> String {
    let code = unsigned(error_code);
    let mut text = String::from("0x");
    for shift in (0..8).rev() {
        let digit = (code >> (shift * 4)) & 0xf;
        text.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    text
}

/// The code for the caller, where the row of a flow was asked for.
#[must_use]
pub fn workflow_code(meaning: Meaning) -> ErrorCode {
    match meaning {
        Meaning::NotFound => ErrorCode::WorkflowNotFound,
        Meaning::Forbidden => ErrorCode::WorkflowForbidden,
        Meaning::Throttled => ErrorCode::Throttled,
        Meaning::Unreachable => ErrorCode::Network,
        Meaning::NoWebApi => ErrorCode::HostNotFound,
        Meaning::Other => ErrorCode::ServiceError,
    }
}

/// The code for the caller, where an environment variable was asked for.
#[must_use]
pub fn variable_code(meaning: Meaning) -> ErrorCode {
    match meaning {
        Meaning::NotFound => ErrorCode::VariableNotFound,
        Meaning::Forbidden => ErrorCode::DiscoveryForbidden,
        other => workflow_code(other),
    }
}

/// The code for the caller, where an environment variable was to be written.
#[must_use]
pub fn writing_code(meaning: Meaning) -> ErrorCode {
    match meaning {
        Meaning::Forbidden => ErrorCode::Unauthorized,
        other => variable_code(other),
    }
}

/// Whether the same may help later.
#[must_use]
pub fn passes(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Throttled | Meaning::Unreachable)
}

/// Whether Dataverse itself says so, and not a proxy or the host in between.
#[must_use]
pub fn is_its_own(error_code: Option<f64>) -> bool {
    error_code.is_some_and(|code| unsigned(code) >= 0x8000_0000)
}

/// Whether a failed write certainly changed nothing: what was refused before it was tried.
#[must_use]
pub fn refused(error_code: Option<f64>, meaning: Meaning) -> bool {
    /// A required column is missing, the key exists, a value does not fit, the query or a name in it is wrong.
    const REFUSALS: [u32; 5] = [
        0x8004_0203,
        0x8004_0237,
        0x8004_8d19,
        0x8006_0888,
        0x8006_088a,
    ];
    match meaning {
        Meaning::NotFound | Meaning::Forbidden | Meaning::Throttled | Meaning::NoWebApi => true,
        Meaning::Unreachable => false,
        Meaning::Other => {
            let code = error_code.map(unsigned);
            REFUSALS.iter().any(|refusal| code == Some(*refusal))
        }
    }
}

// The number is a 32-bit pattern in a JavaScript number: i64 holds every such value exactly.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn unsigned(error_code: f64) -> u32 {
    (error_code as i64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_the_same_signed_and_unsigned() {
        for (code, expected) in [
            (2_147_746_327.0, Meaning::NotFound),
            (-2_147_220_969.0, Meaning::NotFound),
            (2_147_746_336.0, Meaning::Forbidden),
            (-2_147_220_960.0, Meaning::Forbidden),
            (-2_147_015_902.0, Meaning::Throttled),
            (-2_147_015_903.0, Meaning::Throttled),
            (2_147_951_393.0, Meaning::Throttled),
            (2_147_951_398.0, Meaning::Throttled),
            (f64::NAN, Meaning::Other),
            (1.0, Meaning::Other),
        ] {
            assert_eq!(meaning(Some(code), ""), expected, "{code}");
        }
    }

    #[test]
    fn without_a_code_the_message_tells_a_canvas_app_from_a_lost_connection() {
        assert_eq!(meaning(None, "Method not implemented."), Meaning::NoWebApi);
        assert_eq!(meaning(Some(0.0), "Failed to fetch"), Meaning::Unreachable);
        for message in [
            "Load failed: the network changed",
            "NETWORKERROR",
            "The device is offline.",
            "The connection was reset.",
            "The request timed out.",
        ] {
            assert_eq!(meaning(None, message), Meaning::Unreachable, "{message}");
        }
        assert_eq!(
            meaning(None, "Cannot read properties of undefined"),
            Meaning::Other
        );
    }

    #[test]
    fn only_a_known_refusal_proves_that_nothing_was_written() {
        for (code, message, proved) in [
            (Some(2_147_746_336.0), "", true),
            (Some(-2_147_015_902.0), "", true),
            (Some(2_147_879_048.0), "", true),
            (None, "Method not implemented.", true),
            (None, "Failed to fetch", false),
            (Some(503.0), "Service Unavailable", false),
            (Some(-2_147_204_783.0), "Sql timeout expired.", false),
            (None, "", false),
        ] {
            let found = refused(code, meaning(code, message));
            assert_eq!(found, proved, "{code:?} {message}");
        }
        // Each code of the list.
        for code in [
            0x8004_0203_u32,
            0x8004_0237,
            0x8004_8d19,
            0x8006_0888,
            0x8006_088a,
        ] {
            let code = Some(f64::from(code));
            assert!(refused(code, meaning(code, "")), "{code:?}");
        }
    }

    #[test]
    fn a_status_of_a_gateway_is_not_dataverses_own_word() {
        for (code, own) in [
            (Some(-2_147_220_960.0), true),
            (Some(2_147_746_336.0), true),
            (Some(-2_147_483_648.0), true),
            (Some(2_147_483_647.0), false),
            (Some(503.0), false),
            (Some(0.0), false),
            (Some(f64::NAN), false),
            (None, false),
        ] {
            assert_eq!(is_its_own(code), own, "{code:?}");
        }
    }

    #[test]
    fn a_code_is_written_as_the_documentation_writes_it() {
        assert_eq!(written(-2_147_220_969.0), "0x80040217");
        assert_eq!(written(2_147_746_336.0), "0x80040220");
    }
}
