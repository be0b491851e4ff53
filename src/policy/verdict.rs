//! Reads an answer: whose it is, what it means, whether the flow may have run, and what would help.
//!
//! The tables follow Microsoft's pages on invoking flows (`triggers-troubleshoot.md`, the Logic Apps
//! documentation on securing HTTP triggers). Statuses differ between those sources, so a known code decides
//! by itself.

use crate::model::{ErrorCode, ServiceError};

/// What an error answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The code for the caller.
    pub code: ErrorCode,
    /// A hint that fits better than the code's own.
    pub hint: Option<&'static str>,
    /// Whether the flow may have executed.
    pub may_have_run: bool,
    /// What would help, if it may be done.
    pub remedy: Remedy,
    /// What the service refuses, where the code says so. The URL we hold is then for another credential, and the next
    /// call should ask for it anew.
    pub refused: Option<Credential>,
}

/// What lets a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A bearer token.
    Token,
    /// A SAS signature in the URL.
    Signature,
}

/// What would help after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing that we can do.
    None,
    /// A new token: the flow did not start.
    NewToken,
    /// A fresh discovery: the flow did not start. A code that is not in the tables is weaker proof, so it
    /// counts only where the discovery names another URL.
    NewUrl {
        /// Whether the code itself proves that the URL leads nowhere.
        proven: bool,
    },
    /// The same again later: the flow did not start.
    Later,
    /// The same again later, where the caller said that running twice is harmless.
    LaterIfIdempotent,
}

impl Verdict {
    const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            hint: None,
            may_have_run: false,
            remedy: Remedy::None,
            refused: None,
        }
    }

    const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    const fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }

    /// The URL is for another credential by now: it is asked for anew, and called if it is another.
    const fn refuses(mut self, credential: Credential) -> Self {
        self.refused = Some(credential);
        self.remedy = Remedy::NewUrl { proven: false };
        self
    }

    const fn may_have_run(mut self) -> Self {
        self.may_have_run = true;
        self
    }
}

/// What is known of an answer that is not what the caller wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The service's error shape, where the body has it.
    pub service: Option<&'a ServiceError>,
    /// Whether a `WWW-Authenticate` could be read, which no Response action sends.
    pub challenged: bool,
    /// Whether a SAS signature stood in the token's place.
    pub signed: bool,
}

impl Evidence<'_> {
    fn code_in(&self, codes: &[(&str, Verdict)]) -> Option<Verdict> {
        known(codes, &self.service?.code)
    }

    /// A flow may pass on another service's refusal in the same shape, Azure Resource Manager's `AuthorizationFailed` for
    /// one. About a credential that was not sent it proves nothing.
    fn was_sent(&self, credential: Credential) -> bool {
        (credential == Credential::Signature) == self.signed
    }

    /// A flow's own Response action may send any status and body; an answer is the service's only where it
    /// proves it.
    #[must_use]
    pub fn is_the_services(&self) -> bool {
        self.service.is_some() || self.challenged
    }
}

const RELAYED: &str = "No such credential was sent: the flow may have passed on another service's refusal, so look at its runs.";

/// Reads the answer of a trigger URL.
#[must_use]
pub fn of_trigger(evidence: Evidence<'_>) -> Verdict {
    if let Some(verdict) = evidence.code_in(TRIGGER_CODES) {
        return match verdict.refused {
            Some(credential) if !evidence.was_sent(credential) => {
                Verdict::new(verdict.code).hint(RELAYED)
            }
            Some(_) if !matches!(evidence.status, 401 | 403) => verdict.remedy(Remedy::None),
            _ => verdict,
        };
    }
    if !evidence.is_the_services() {
        let remedy = if_worth_repeating(evidence.status);
        return Verdict::new(ErrorCode::FlowFailed)
            .may_have_run()
            .remedy(remedy);
    }
    match evidence.status {
        401 => Verdict::new(ErrorCode::Unauthorized).remedy(Remedy::NewToken),
        403 => Verdict::new(ErrorCode::Unauthorized),
        404 | 410 => Verdict::new(ErrorCode::FlowGone).remedy(Remedy::NewUrl { proven: false }),
        429 => Verdict::new(ErrorCode::Throttled).remedy(Remedy::Later),
        408 => Verdict::new(ErrorCode::ServiceError)
            .may_have_run()
            .remedy(Remedy::LaterIfIdempotent),
        400..=499 => Verdict::new(ErrorCode::InputRejected),
        status => Verdict::new(ErrorCode::ServiceError)
            .may_have_run()
            .remedy(if_worth_repeating(status)),
    }
}

/// Reads the answer at the URL that a 202 named. The flow ran, and asking again later was tried already.
#[must_use]
pub fn of_poll(evidence: Evidence<'_>) -> Verdict {
    let code = match (evidence.is_the_services(), evidence.status) {
        (false, _) => ErrorCode::FlowFailed,
        (true, 401 | 403) => ErrorCode::Unauthorized,
        (true, 429) => ErrorCode::Throttled,
        (true, 502) if evidence.code_in(TRIGGER_CODES).is_some() => ErrorCode::NoResponse,
        (true, _) => ErrorCode::ServiceError,
    };
    let verdict = Verdict::new(code).may_have_run();
    match code {
        ErrorCode::FlowFailed | ErrorCode::NoResponse => verdict,
        _ => verdict.hint("The flow was started, but its answer could not be fetched: look at the run in Power Automate."),
    }
}

/// The codes that a trigger URL answers with.
pub const TRIGGER_CODES: &[(&str, Verdict)] = &[
    (
        "MisMatchingOAuthClaims",
        Verdict::new(ErrorCode::ClaimsMismatch),
    ),
    (
        "DirectApiAuthorizationRequired",
        Verdict::new(ErrorCode::Unauthorized)
            .hint("The service saw no authorization: a proxy may strip it, or the URL lost its signature."),
    ),
    (
        "DirectApiRequestHasMoreThanOneAuthorization",
        Verdict::new(ErrorCode::Unauthorized)
            .hint("The request had a SAS signature and a token; leave any authorization parameter out of the URL."),
    ),
    (
        "DirectApiInvalidAuthorizationScheme",
        Verdict::new(ErrorCode::Unauthorized)
            .hint("A policy forbids SAS for this flow: set \"Who can trigger the flow?\" to users in the tenant.")
            .refuses(Credential::Signature),
    ),
    (
        "OAuthAccessPolicyNotFound",
        Verdict::new(ErrorCode::Unauthorized)
            .hint("The flow is set to \"Anyone\" and takes no token: set \"Who can trigger the flow?\" to users in the tenant.")
            .refuses(Credential::Token),
    ),
    (
        "AuthorizationFailed",
        Verdict::new(ErrorCode::Unauthorized)
            .hint("The URL's SAS signature is wrong or was regenerated: take the flow's present URL.")
            .refuses(Credential::Signature),
    ),
    (
        "TriggerInputSchemaMismatch",
        Verdict::new(ErrorCode::InputRejected),
    ),
    (
        "InvalidRequestContent",
        Verdict::new(ErrorCode::InputRejected)
            .hint("The trigger expects JSON: send an object, or JSON text with the content type application/json."),
    ),
    (
        "TriggerRequestMethodNotValid",
        Verdict::new(ErrorCode::InputRejected)
            .hint("Pass the trigger's own method, as its definition says: method: \"GET\", for example."),
    ),
    (
        "TriggerRelativePathNotValid",
        Verdict::new(ErrorCode::InputRejected)
            .hint("Pass path with one part for each segment of the trigger's relative path."),
    ),
    (
        "WorkflowTriggerIsNotEnabled",
        Verdict::new(ErrorCode::FlowOff),
    ),
    ("WorkflowDisabled", Verdict::new(ErrorCode::FlowOff)),
    (
        "WorkflowNotFound",
        Verdict::new(ErrorCode::FlowGone).remedy(Remedy::NewUrl { proven: true }),
    ),
    (
        "FlowNotFound",
        Verdict::new(ErrorCode::FlowGone).remedy(Remedy::NewUrl { proven: true }),
    ),
    (
        "NoResponse",
        Verdict::new(ErrorCode::NoResponse)
            .may_have_run()
            .remedy(Remedy::LaterIfIdempotent),
    ),
];

/// The codes that `listCallbackUrl` answers with.
pub const DISCOVERY_CODES: &[(&str, Verdict)] = &[
    (
        "ClientScopeAuthorizationFailed",
        Verdict::new(ErrorCode::DelegatedTokenRequired),
    ),
    (
        "ListCallbackUrlOperationBlocked",
        Verdict::new(ErrorCode::TriggerNotHttp),
    ),
    (
        "InsufficientCdsPermissions",
        Verdict::new(ErrorCode::DiscoveryForbidden),
    ),
];

fn known(codes: &[(&str, Verdict)], code: &str) -> Option<Verdict> {
    let is_it = |(known, _): &&(&str, Verdict)| code.eq_ignore_ascii_case(known);
    codes.iter().find(is_it).map(|(_, verdict)| *verdict)
}

/// Reads the answer of `listCallbackUrl`. It starts no flow, so it may always be asked again.
#[must_use]
pub fn of_discovery(evidence: Evidence<'_>) -> Verdict {
    use ErrorCode as Code;
    if let Some(verdict) = evidence.code_in(DISCOVERY_CODES) {
        return verdict;
    }
    match evidence.status {
        401 => Verdict::new(Code::Unauthorized).remedy(Remedy::NewToken).hint(
            "The Power Automate API refused the token: check the app registration's permission Power Automate → User and its consent.",
        ),
        403 => Verdict::new(Code::DiscoveryForbidden),
        429 => Verdict::new(Code::Throttled).remedy(Remedy::Later),
        500..=599 => Verdict::new(Code::ServiceError).remedy(Remedy::Later),
        _ => Verdict::new(Code::DiscoveryFailed),
    }
}

fn if_worth_repeating(status: u16) -> Remedy {
    match status {
        502..=504 => Remedy::LaterIfIdempotent,
        _ => Remedy::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(code: &str) -> ServiceError {
        ServiceError {
            code: code.to_owned(),
            message: None,
        }
    }

    fn trigger(status: u16, code: &str) -> Verdict {
        let error = service(code);
        of_trigger(Evidence {
            status,
            service: Some(&error),
            challenged: false,
            signed: false,
        })
    }

    fn discovery(status: u16, code: &str) -> Verdict {
        let error = service(code);
        of_discovery(Evidence {
            status,
            service: Some(&error),
            challenged: false,
            signed: false,
        })
    }

    #[test]
    fn a_known_code_decides_whatever_the_status() {
        use ErrorCode::*;
        for (code, verdict, may_have_run) in [
            ("MisMatchingOAuthClaims", ClaimsMismatch, false),
            ("DirectApiAuthorizationRequired", Unauthorized, false),
            (
                "DirectApiRequestHasMoreThanOneAuthorization",
                Unauthorized,
                false,
            ),
            ("DirectApiInvalidAuthorizationScheme", Unauthorized, false),
            ("OAuthAccessPolicyNotFound", Unauthorized, false),
            ("AuthorizationFailed", Unauthorized, false),
            ("TriggerInputSchemaMismatch", InputRejected, false),
            ("InvalidRequestContent", InputRejected, false),
            ("WorkflowTriggerIsNotEnabled", FlowOff, false),
            ("WorkflowDisabled", FlowOff, false),
            ("TriggerRequestMethodNotValid", InputRejected, false),
            ("TriggerRelativePathNotValid", InputRejected, false),
            ("WorkflowNotFound", FlowGone, false),
            ("FlowNotFound", FlowGone, false),
            ("NoResponse", NoResponse, true),
            ("misMATCHINGoauthclaims", ClaimsMismatch, false),
        ] {
            for status in [400, 401, 403, 404, 500, 502] {
                let found = trigger(status, code);
                assert_eq!(
                    (found.code, found.may_have_run),
                    (verdict, may_have_run),
                    "{status} {code}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_code_in_the_services_shape_goes_by_its_status() {
        use ErrorCode::*;
        for (status, code, may_have_run, remedy) in [
            (400, InputRejected, false, Remedy::None),
            (401, Unauthorized, false, Remedy::NewToken),
            (403, Unauthorized, false, Remedy::None),
            (404, FlowGone, false, Remedy::NewUrl { proven: false }),
            (408, ServiceError, true, Remedy::LaterIfIdempotent),
            (410, FlowGone, false, Remedy::NewUrl { proven: false }),
            (413, InputRejected, false, Remedy::None),
            (429, Throttled, false, Remedy::Later),
            (500, ServiceError, true, Remedy::None),
            (501, ServiceError, true, Remedy::None),
            (502, ServiceError, true, Remedy::LaterIfIdempotent),
            (503, ServiceError, true, Remedy::LaterIfIdempotent),
            (504, ServiceError, true, Remedy::LaterIfIdempotent),
        ] {
            let found = trigger(status, "SomethingNew");
            assert_eq!(
                (found.code, found.may_have_run, found.remedy),
                (code, may_have_run, remedy),
                "{status}"
            );
        }
    }

    #[test]
    fn an_answer_without_proof_is_the_flows_own() {
        for status in [400, 401, 404, 429, 500, 503] {
            let found = of_trigger(Evidence {
                status,
                ..Evidence::default()
            });
            assert_eq!(
                (found.code, found.may_have_run),
                (ErrorCode::FlowFailed, true),
                "{status}"
            );
            let repeated = matches!(status, 502..=504);
            assert_eq!(
                found.remedy == Remedy::LaterIfIdempotent,
                repeated,
                "{status}"
            );
        }
    }

    #[test]
    fn a_readable_challenge_proves_that_the_service_answered() {
        let found = of_trigger(Evidence {
            status: 401,
            service: None,
            challenged: true,
            signed: false,
        });
        assert_eq!(
            (found.code, found.remedy),
            (ErrorCode::Unauthorized, Remedy::NewToken)
        );
    }

    #[test]
    fn a_runs_answer_that_was_not_had_is_told_apart_from_a_runs_failure() {
        use ErrorCode::*;
        for (status, service_code, code) in [
            (401, Some("ExpiredToken"), Unauthorized),
            (403, Some("Other"), Unauthorized),
            (429, Some("TooManyRequests"), Throttled),
            (502, Some("NoResponse"), NoResponse),
            (502, Some("BadGateway"), ServiceError),
            (500, Some("NoResponse"), ServiceError),
            (404, Some("WorkflowRunNotFound"), ServiceError),
            (401, None, FlowFailed),
            (429, None, FlowFailed),
            (502, None, FlowFailed),
        ] {
            let error = service_code.map(service);
            let found = of_poll(Evidence {
                status,
                service: error.as_ref(),
                challenged: false,
                signed: false,
            });
            assert_eq!(
                (found.code, found.may_have_run, found.remedy),
                (code, true, Remedy::None),
                "{status} {service_code:?}"
            );
            let is_the_runs_own = matches!(code, FlowFailed | NoResponse);
            assert_eq!(found.hint.is_none(), is_the_runs_own, "{status}");
        }
    }

    #[test]
    fn each_discovery_answer_has_its_code() {
        use ErrorCode::*;
        for (status, code, verdict, remedy) in [
            (
                401,
                "ClientScopeAuthorizationFailed",
                DelegatedTokenRequired,
                Remedy::None,
            ),
            (
                400,
                "ListCallbackUrlOperationBlocked",
                TriggerNotHttp,
                Remedy::None,
            ),
            (
                403,
                "InsufficientCdsPermissions",
                DiscoveryForbidden,
                Remedy::None,
            ),
            (
                404,
                "InsufficientCdsPermissions",
                DiscoveryForbidden,
                Remedy::None,
            ),
            (404, "FlowNotFound", DiscoveryFailed, Remedy::None),
            (404, "WorkflowNotFound", DiscoveryFailed, Remedy::None),
            (401, "ExpiredToken", Unauthorized, Remedy::NewToken),
            (403, "Other", DiscoveryForbidden, Remedy::None),
            (429, "TooManyRequests", Throttled, Remedy::Later),
            (503, "ServiceUnavailable", ServiceError, Remedy::Later),
            (418, "Teapot", DiscoveryFailed, Remedy::None),
        ] {
            let found = discovery(status, code);
            assert_eq!(
                (found.code, found.remedy),
                (verdict, remedy),
                "{status} {code}"
            );
            assert!(!found.may_have_run);
        }
    }
}
