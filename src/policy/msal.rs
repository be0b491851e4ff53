//! Reads what MSAL rejects with. Several copies and versions of MSAL can share a page, so an error is known
//! by its `name` and `errorCode`, never by its class; version 5 has no sentence in `message`.

use crate::model::ErrorCode;

/// What a failed token request means for the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Asking the user would help.
    AskUser,
    /// The end of it, with a code for the caller and a hint that fits better than the code's own.
    Final(ErrorCode, Option<&'static str>),
    /// The network failed; the same may be asked again.
    Unreachable,
}

impl Meaning {
    /// What a caller is told where nothing more is done.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::AskUser => ErrorCode::InteractionRequired,
            Self::Final(code, _) => code,
            Self::Unreachable => ErrorCode::Network,
        }
    }
}

/// Each `errorCode` with its meaning.
pub const CODES: &[(&str, Meaning)] = &[
    (
        "popup_window_error",
        Meaning::Final(ErrorCode::PopupBlocked, None),
    ),
    (
        "empty_window_error",
        Meaning::Final(ErrorCode::PopupBlocked, None),
    ),
    (
        "block_nested_popups",
        Meaning::Final(
            ErrorCode::PopupBlocked,
            Some(
                "This page is a sign-in window itself: make MSAL's redirectUri a blank page, not the app's.",
            ),
        ),
    ),
    (
        "user_cancelled",
        Meaning::Final(ErrorCode::SignInCancelled, None),
    ),
    (
        "user_canceled",
        Meaning::Final(ErrorCode::SignInCancelled, None),
    ),
    (
        "access_denied",
        Meaning::Final(ErrorCode::SignInCancelled, None),
    ),
    (
        "interaction_in_progress",
        Meaning::Final(
            ErrorCode::InteractionRequired,
            Some("Another sign-in is open on this page: finish or close it, then try again."),
        ),
    ),
    (
        "uninitialized_public_client_application",
        Meaning::Final(
            ErrorCode::TokenFailed,
            Some(
                "Await initialize() of the MSAL instance before passing it, or make it with createStandardPublicClientApplication.",
            ),
        ),
    ),
    ("no_network_connectivity", Meaning::Unreachable),
    ("network_error", Meaning::Unreachable),
    ("post_request_failed", Meaning::Unreachable),
    ("get_request_failed", Meaning::Unreachable),
    // An answer of Entra's that broke off, or that something in between wrote.
    ("failed_to_parse_response", Meaning::Unreachable),
    ("endpoints_resolution_error", Meaning::Unreachable),
    // Entra has no time now (AADSTS90033 and the like).
    ("temporarily_unavailable", Meaning::Unreachable),
    // What a server says where no session is, and what a hidden frame fails with when third-party cookies
    // are blocked.
    ("interaction_required", Meaning::AskUser),
    ("consent_required", Meaning::AskUser),
    ("login_required", Meaning::AskUser),
    ("no_account_error", Meaning::AskUser),
    ("no_account_found", Meaning::AskUser),
    ("silent_sso_error", Meaning::AskUser),
    ("monitor_window_timeout", Meaning::AskUser),
    ("timed_out", Meaning::AskUser),
    ("no_tokens_found", Meaning::AskUser),
    ("refresh_token_expired", Meaning::AskUser),
    ("bad_token", Meaning::AskUser),
    ("interrupted_user", Meaning::AskUser),
    ("native_account_unavailable", Meaning::AskUser),
    ("ux_not_allowed", Meaning::AskUser),
    ("ui_not_allowed", Meaning::AskUser),
    ("hash_empty_error", Meaning::AskUser),
    ("iframe_closed_prematurely", Meaning::AskUser),
];

/// Reads an error's `name` and `errorCode`.
#[must_use]
pub fn meaning(name: &str, code: &str) -> Meaning {
    match CODES.iter().find(|(known, _)| *known == code) {
        Some((_, meaning)) => *meaning,
        None if name == "InteractionRequiredAuthError" => Meaning::AskUser,
        None => Meaning::Final(ErrorCode::TokenFailed, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interaction_error_leads_to_the_user() {
        for code in [
            "interaction_required",
            "consent_required",
            "login_required",
            "bad_token",
            "interrupted_user",
            "no_tokens_found",
            "refresh_token_expired",
            "native_account_unavailable",
            "ux_not_allowed",
            "ui_not_allowed",
            "a_code_of_tomorrow",
        ] {
            assert_eq!(
                meaning("InteractionRequiredAuthError", code),
                Meaning::AskUser,
                "{code}"
            );
        }
        // The name of the class is another where a server or a hidden frame says so.
        for code in [
            "interaction_required",
            "consent_required",
            "login_required",
            "no_account_error",
            "no_account_found",
            "silent_sso_error",
            "monitor_window_timeout",
            "timed_out",
            "no_tokens_found",
            "refresh_token_expired",
            "bad_token",
            "interrupted_user",
            "native_account_unavailable",
            "ux_not_allowed",
            "ui_not_allowed",
            "hash_empty_error",
            "iframe_closed_prematurely",
        ] {
            for name in ["BrowserAuthError", "ServerError", ""] {
                assert_eq!(meaning(name, code), Meaning::AskUser, "{name} {code}");
            }
        }
    }

    #[test]
    fn a_blocked_and_a_closed_window_are_told_apart() {
        for (code, expected) in [
            ("popup_window_error", ErrorCode::PopupBlocked),
            ("empty_window_error", ErrorCode::PopupBlocked),
            ("block_nested_popups", ErrorCode::PopupBlocked),
            ("user_cancelled", ErrorCode::SignInCancelled),
            ("user_canceled", ErrorCode::SignInCancelled),
            ("access_denied", ErrorCode::SignInCancelled),
            ("interaction_in_progress", ErrorCode::InteractionRequired),
            (
                "uninitialized_public_client_application",
                ErrorCode::TokenFailed,
            ),
            ("invalid_client", ErrorCode::TokenFailed),
            ("", ErrorCode::TokenFailed),
        ] {
            assert!(
                matches!(meaning("BrowserAuthError", code), Meaning::Final(found, _) if found == expected),
                "{code}"
            );
        }
    }

    #[test]
    fn a_lost_connection_is_not_a_refusal() {
        for code in [
            "no_network_connectivity",
            "network_error",
            "post_request_failed",
            "get_request_failed",
            "endpoints_resolution_error",
            "temporarily_unavailable",
        ] {
            for name in ["BrowserAuthError", "ClientAuthError", "ServerError"] {
                assert_eq!(meaning(name, code), Meaning::Unreachable, "{name} {code}");
            }
        }
        assert_eq!(
            meaning("NetworkError", "failed_to_parse_response"),
            Meaning::Unreachable
        );
    }
}
