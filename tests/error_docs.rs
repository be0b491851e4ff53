//! docs/errors.md is written by this test from the one table of codes and from the policies themselves, so it can't
//! say what the code does not do. `UPDATE_DOCS=1 cargo test --test error_docs` rewrites it.
//! The TypeScript union `FlowErrorCode` is held to the same table.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use entra_flow::model::{ErrorCode, ServiceError, Stage};
use entra_flow::policy::verdict::{self, Credential, Evidence, Remedy, Verdict};
use entra_flow::policy::{dataverse, msal};

/// Codes of a trigger URL, and the statuses that they were seen with.
const TRIGGER: &[(&str, &[u16])] = &[
    ("MisMatchingOAuthClaims", &[401, 403]),
    ("DirectApiAuthorizationRequired", &[401]),
    ("DirectApiRequestHasMoreThanOneAuthorization", &[401]),
    ("DirectApiInvalidAuthorizationScheme", &[401]),
    ("OAuthAccessPolicyNotFound", &[401]),
    ("AuthorizationFailed", &[401, 403]),
    ("TriggerInputSchemaMismatch", &[400]),
    ("InvalidRequestContent", &[400]),
    ("TriggerRequestMethodNotValid", &[404]),
    ("TriggerRelativePathNotValid", &[404]),
    ("WorkflowTriggerIsNotEnabled", &[400]),
    ("WorkflowDisabled", &[400]),
    ("WorkflowNotFound", &[404]),
    ("FlowNotFound", &[404]),
    ("NoResponse", &[502, 504]),
];

/// Codes of `listCallbackUrl`.
const LISTING: &[(&str, u16)] = &[
    ("ClientScopeAuthorizationFailed", 401),
    ("ListCallbackUrlOperationBlocked", 400),
    ("InsufficientCdsPermissions", 403),
    ("FlowNotFound", 404),
    ("WorkflowNotFound", 404),
];

/// Statuses that tell something where the code does not. The last of each hundred stand for all others.
const STATUSES: &[(u16, &str)] = &[
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (408, "408"),
    (410, "410"),
    (413, "413"),
    (429, "429"),
    (499, "other 4xx"),
    (500, "500"),
    (502, "502"),
    (503, "503"),
    (504, "504"),
    (599, "other 5xx"),
];

/// Each stage, what happens in it, and what the codes of several stages are about there.
const STAGES: &[(Stage, &str, &str)] = &[
    (
        Stage::Options,
        "What you passed is read. When a client is made, the org may be asked which environment it is.",
        "the org",
    ),
    (
        Stage::Load,
        "The library's module is loaded.",
        "the page's content security policy, or who serves the module",
    ),
    (
        Stage::Token,
        "MSAL, or your `getToken`, is asked for a token; a sign-in window may be open.",
        "Entra, or the user in the window",
    ),
    (
        Stage::Workflow,
        "The flow's row is read in Dataverse.",
        "Dataverse",
    ),
    (
        Stage::Discovery,
        "The flow's trigger URL is asked for: at the Power Automate API, or in an environment variable. `publish` writes it there.",
        "the Power Automate API; Dataverse, where it is a variable",
    ),
    (
        Stage::Invoke,
        "The flow is called, and its answer read.",
        "the flow's trigger",
    ),
    (
        Stage::Poll,
        "The flow has answered 202, and its answer is waited for.",
        "the address that the 202 named",
    ),
    (
        Stage::Operation,
        "An operation's row is created, or looked at until its work is done.",
        "Dataverse, or the flow that works on the row",
    ),
];

/// The fields of a `FlowError`, by their names in js/src/error.ts.
const FIELDS: &[(&str, &str)] = &[
    (
        "name",
        "`\"FlowError\"`. `isFlowError(error)` looks at it, so it knows errors of other copies of the library, too.",
    ),
    ("message", "What happened, a sentence for people."),
    (
        "code",
        "What failed, a word to switch on: [below](#all-codes).",
    ),
    ("stage", "The step that failed: [below](#stages)."),
    (
        "hint",
        "What to do about it, a sentence for a user or an admin.",
    ),
    (
        "mayHaveRun",
        "The flow may have executed: don't call again without looking, unless running twice is harmless.",
    ),
    (
        "retryable",
        "The same call can succeed later with nothing changed.",
    ),
    ("status", "The HTTP status, where there was an answer."),
    (
        "serviceCode",
        "The service's own code, such as `MisMatchingOAuthClaims`; MSAL's `errorCode`; Dataverse's, such as `0x80040217`.",
    ),
    ("serviceMessage", "What it said, without secrets."),
    (
        "correlationId",
        "The id by which Microsoft's support finds the request.",
    ),
    (
        "runId",
        "The flow's run, where the service lets a page read it.",
    ),
    (
        "headers",
        "The headers of the flow's own answer. Not enumerable.",
    ),
    (
        "data",
        "The body of the flow's own answer, as JSON or text. Not enumerable.",
    ),
    (
        "issues",
        "What a `schema` found in it, of `output_invalid`. Not enumerable.",
    ),
    (
        "cause",
        "What the host or the browser threw; where a token or a signature can be read in it, an error with its message without them. Not enumerable.",
    ),
    (
        "failures",
        "After `prefetch`: the flows that failed, each with its own error. Not enumerable.",
    ),
];

const MSAL: &[(&str, &[&str])] = &[
    (
        "InteractionRequiredAuthError",
        &[
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
            "anything else",
        ],
    ),
    (
        "BrowserAuthError",
        &[
            "interaction_in_progress",
            "popup_window_error",
            "empty_window_error",
            "block_nested_popups",
            "user_cancelled",
            "no_account_error",
            "silent_sso_error",
            "timed_out",
            "monitor_window_timeout",
            "hash_empty_error",
            "iframe_closed_prematurely",
            "uninitialized_public_client_application",
            "no_network_connectivity",
            "get_request_failed",
            "post_request_failed",
            "failed_to_parse_response",
        ],
    ),
    (
        "ClientAuthError",
        &[
            "no_account_found",
            "network_error",
            "endpoints_resolution_error",
            "user_canceled",
        ],
    ),
    (
        "ServerError",
        &["access_denied", "temporarily_unavailable", "anything else"],
    ),
];

/// Dataverse's codes with what they say.
const DATAVERSE: &[(&str, Option<u32>, &str)] = &[
    ("`0x80040217`: no such row", Some(0x8004_0217), ""),
    (
        "`0x80040220`: a privilege is missing",
        Some(0x8004_0220),
        "",
    ),
    (
        "`0x80072322`: too many requests in five minutes",
        Some(0x8007_2322),
        "",
    ),
    (
        "`0x80072321`: too much execution time in five minutes",
        Some(0x8007_2321),
        "",
    ),
    (
        "`0x80072326`: too many requests at once",
        Some(0x8007_2326),
        "",
    ),
    ("any other code", Some(0x8004_0216), ""),
    (
        "no code, \"Method not implemented.\": a canvas app",
        None,
        "Method not implemented.",
    ),
    (
        "no code, \"Failed to fetch\" and the like",
        None,
        "Failed to fetch",
    ),
];

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn code(code: ErrorCode) -> String {
    format!("[`{0}`](#{0})", code.as_str())
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn trigger(status: u16, code: Option<&str>) -> Verdict {
    let service = code.map(|code| ServiceError {
        code: code.to_owned(),
        message: None,
    });
    verdict::of_trigger(Evidence {
        status,
        service: service.as_ref(),
        challenged: false,
        // As where the code is met: what it refuses was sent.
        signed: verdict::TRIGGER_CODES.iter().any(|(known, verdict)| {
            Some(*known) == code && verdict.refused == Some(Credential::Signature)
        }),
    })
}

fn listing(status: u16, code: &str) -> Verdict {
    let service = ServiceError {
        code: code.to_owned(),
        message: None,
    };
    verdict::of_discovery(Evidence {
        status,
        service: Some(&service),
        challenged: false,
        signed: false,
    })
}

fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::None => "nothing",
        Remedy::NewToken => "a new token, once",
        Remedy::NewUrl { proven: true } => "a fresh discovery, once",
        Remedy::NewUrl { proven: false } => {
            "a fresh discovery, once; called again if the URL changed"
        }
        Remedy::Later => "again later",
        Remedy::LaterIfIdempotent => "again later if `idempotent`",
    }
}

fn hint(verdict: Verdict) -> &'static str {
    verdict.hint.unwrap_or_else(|| verdict.code.hint())
}

/// A row for each distinct verdict, with the statuses that lead to it side by side.
fn by_status(of: impl Fn(u16) -> Verdict) -> Vec<(String, Verdict)> {
    let mut rows: Vec<(String, Verdict)> = vec![];
    for &(status, name) in STATUSES {
        let verdict = of(status);
        match rows.iter_mut().find(|(_, known)| *known == verdict) {
            Some((statuses, _)) => write!(statuses, ", {name}").unwrap(),
            None => rows.push((name.to_owned(), verdict)),
        }
    }
    rows
}

fn verdict_row(doc: &mut String, what: &str, status: &str, verdict: Verdict) {
    let (code, ran, remedy, hint) = (
        code(verdict.code),
        yes(verdict.may_have_run),
        remedy(verdict.remedy),
        hint(verdict),
    );
    writeln!(
        doc,
        "| {what} | {status} | {code} | {ran} | {remedy} | {hint} |"
    )
    .unwrap();
}

fn document() -> String {
    let mut doc = String::from(
        "# Errors\n\n\
         <!-- Written by tests/error_docs.rs; change src/model/error.rs or src/policy, then run UPDATE_DOCS=1 cargo test --test error_docs -->\n\n\
         Every failure is a `FlowError`. Switch on `code`; show `message` and `hint` to people. `mayHaveRun` says whether the flow may have \
         executed: where it is true, look before you call again. `retryable` says that the same call can succeed later with nothing changed.\n\n\
         - [Fields](#fields)\n\
         - [Stages](#stages)\n\
         - [All codes](#all-codes)\n\
         - [What the flow's trigger answers](#what-the-flows-trigger-answers)\n\
         - [What `listCallbackUrl` answers](#what-listcallbackurl-answers)\n\
         - [What MSAL fails with](#what-msal-fails-with)\n\
         - [What Dataverse fails with](#what-dataverse-fails-with)\n\n\
         ## Fields\n\n\
         Those up to `retryable` are always there. What is not enumerable may hold your data, so loops and JSON don't show it.\n\n\
         | field | |\n|---|---|\n",
    );
    for (name, what) in FIELDS {
        writeln!(doc, "| `{name}` | {what} |").unwrap();
    }
    doc.push_str(
        "\n## Stages\n\n\
         `stage` tells what a `timeout`, a `network`, a `throttled` or an `unauthorized` was about. Up to `discovery` no flow has been called, unless \
         an attempt before was: `mayHaveRun` says so.\n\n\
         | `stage` | What happens | Who did not answer, or refused |\n|---|---|---|\n",
    );
    for (stage, what, who) in STAGES {
        writeln!(doc, "| `{}` | {what} | {who} |", stage.as_str()).unwrap();
    }
    doc.push_str(
        "\n## All codes\n\n\
         | `code` | What happened | What to do | `retryable` |\n|---|---|---|---|\n",
    );
    for &each in ErrorCode::ALL {
        let (name, summary, hint, again) = (
            each.as_str(),
            each.summary(),
            each.hint(),
            yes(each.retryable()),
        );
        writeln!(
            doc,
            "| <a id=\"{name}\"></a>`{name}` | {summary}. | {hint} | {again} |"
        )
        .unwrap();
    }
    doc.push_str(
        "\n## What the flow's trigger answers\n\n\
         A code that we know decides by itself, whatever the HTTP status. That a signature or a token was refused is tried again only where one \
         was sent, and with 401 or 403: a flow may pass on another service's refusal. The client's next call begins with what the last \
         attempt left untried: a new token, or a fresh discovery.\n\n\
         | The service's code | Seen with | `code` | `mayHaveRun` | What we try | What to do |\n|---|---|---|---|---|---|\n",
    );
    for (name, statuses) in TRIGGER {
        let verdict = trigger(*statuses.first().unwrap(), Some(name));
        let seen = statuses
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        verdict_row(&mut doc, &format!("`{name}`"), &seen, verdict);
    }
    for (statuses, verdict) in by_status(|status| trigger(status, Some("SomethingNew"))) {
        verdict_row(
            &mut doc,
            "any other code in the service's shape",
            &statuses,
            verdict,
        );
    }
    for (statuses, verdict) in by_status(|status| trigger(status, None)) {
        verdict_row(
            &mut doc,
            "no proof that it is the service's: the flow's own answer",
            &statuses,
            verdict,
        );
    }
    let challenged = verdict::of_trigger(Evidence {
        status: 401,
        service: None,
        challenged: true,
        signed: false,
    });
    verdict_row(
        &mut doc,
        "no code, but a `WWW-Authenticate` that the page can read",
        "401",
        challenged,
    );
    doc.push_str(
        "\nWhere no answer comes, or it breaks off, the flow may have run, and only `idempotent` lets us try again.\n\n\
         ## What `listCallbackUrl` answers\n\n\
         Asking for a flow's trigger URL runs nothing, so `mayHaveRun` is never true here.\n\n\
         | The service's code | Seen with | `code` | `mayHaveRun` | What we try | What to do |\n|---|---|---|---|---|---|\n",
    );
    for (name, status) in LISTING {
        verdict_row(
            &mut doc,
            &format!("`{name}`"),
            &status.to_string(),
            listing(*status, name),
        );
    }
    for (statuses, verdict) in by_status(|status| listing(status, "SomethingNew")) {
        verdict_row(&mut doc, "any other", &statuses, verdict);
    }
    doc.push_str(
        "\n## What MSAL fails with\n\n\
         Known by `name` and `errorCode`. The next way is the hidden frame, then a window where `interaction` allows one; \
         at the end of the ways the code is the one that is named.\n\n\
         | `name` | `errorCode` | `code` | What we try | What to do |\n|---|---|---|---|---|\n",
    );
    for (name, codes) in MSAL {
        for each in *codes {
            let (ours, next, hint) = match msal::meaning(name, each) {
                msal::Meaning::AskUser => (
                    ErrorCode::InteractionRequired,
                    "the next way",
                    ErrorCode::InteractionRequired.hint(),
                ),
                msal::Meaning::Final(code, hint) => {
                    (code, "nothing", hint.unwrap_or_else(|| code.hint()))
                }
                msal::Meaning::Unreachable => {
                    (ErrorCode::Network, "again later", ErrorCode::Network.hint())
                }
            };
            let each = if each.contains(' ') {
                (*each).to_owned()
            } else {
                format!("`{each}`")
            };
            writeln!(
                doc,
                "| `{name}` | {each} | {} | {next} | {hint} |",
                code(ours)
            )
            .unwrap();
        }
    }
    doc.push_str(
        "\n## What Dataverse fails with\n\n\
         The same refusal has another code, by what was asked for. Nothing of this runs a flow, so `mayHaveRun` is never true here.\n\n\
         | Dataverse says | the flow's row is read | an environment variable is read | `publish` writes one | What we try |\n|---|---|---|---|---|\n",
    );
    for (what, error_code, message) in DATAVERSE {
        let meaning = dataverse::meaning(error_code.map(f64::from), message);
        let next = if dataverse::passes(meaning) {
            "again later"
        } else {
            "nothing"
        };
        writeln!(
            doc,
            "| {what} | {} | {} | {} | {next} |",
            code(dataverse::workflow_code(meaning)),
            code(dataverse::variable_code(meaning)),
            code(dataverse::writing_code(meaning)),
        )
        .unwrap();
    }
    doc.push_str(
        "\nFor the row of an [operation](guide/long-work.md#how-it-can-end) each refusal of Dataverse's own is [`operation_failed`](#operation_failed), \
         throttling, canvas apps and lost connections apart, which are named as above; there `mayHaveRun` may be true, for a row starts a flow.\n",
    );
    doc
}

#[test]
fn the_document_says_what_the_policies_do() {
    let path = "docs/errors.md";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file(path), document()).unwrap();
    }
    let stale = text(path).replace("\r\n", "\n") != document();
    assert!(
        !stale,
        "{path} is stale: run UPDATE_DOCS=1 cargo test --test error_docs"
    );
}

#[test]
fn the_document_knows_every_code_that_the_policies_know() {
    let documented: BTreeSet<&str> = TRIGGER
        .iter()
        .map(|row| row.0)
        .chain(LISTING.iter().map(|row| row.0))
        .collect();
    for (name, _) in verdict::TRIGGER_CODES
        .iter()
        .chain(verdict::DISCOVERY_CODES)
    {
        assert!(documented.contains(name), "{name} is in no table");
    }
    let documented: BTreeSet<&str> = MSAL.iter().flat_map(|row| row.1.iter().copied()).collect();
    for (name, _) in msal::CODES {
        assert!(documented.contains(name), "{name} is in no table");
    }
}

#[test]
fn the_document_has_every_stage_and_every_field_of_the_typescript_layer() {
    let types = text("js/src/types.ts");
    let (_, union) = types
        .split_once("export type FlowErrorStage =")
        .expect("the union FlowErrorStage");
    let (union, _) = union.split_once(';').expect("the union's end");
    let union: Vec<_> = union.split('"').skip(1).step_by(2).collect();
    let documented: Vec<_> = STAGES.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(documented, union);

    let class = text("js/src/error.ts");
    let (_, class) = class
        .split_once("export class FlowError")
        .expect("the class FlowError");
    let (fields, _) = class.split_once("constructor(").expect("its constructor");
    let mut fields: BTreeSet<_> = fields
        .lines()
        .filter_map(|line| {
            let line = line.trim();
            let line = line
                .trim_start_matches("declare ")
                .trim_start_matches("override ");
            line.strip_prefix("readonly ")?
                .split([':', '?', ' '])
                .next()
        })
        .collect();
    // Every Error has it.
    fields.insert("message");
    assert_eq!(
        FIELDS.iter().map(|row| row.0).collect::<BTreeSet<_>>(),
        fields
    );
}

#[test]
fn a_known_code_means_the_same_with_every_status_that_the_document_lists() {
    for (name, statuses) in TRIGGER {
        for status in *statuses {
            let (found, with_any) = (trigger(*status, Some(name)), trigger(599, Some(name)));
            assert_eq!(
                (found.code, found.may_have_run, found.hint),
                (with_any.code, with_any.may_have_run, with_any.hint),
                "{status} {name}"
            );
        }
        assert!(
            verdict::TRIGGER_CODES.iter().any(|row| row.0 == *name),
            "{name} is not known"
        );
    }
}

#[test]
fn every_code_says_what_happened_and_what_to_do_in_a_sentence() {
    for code in ErrorCode::ALL {
        let (name, summary, hint) = (code.as_str(), code.summary(), code.hint());
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{name}"
        );
        assert!(
            !summary.is_empty() && !summary.ends_with('.'),
            "{name}: {summary}"
        );
        assert!(
            hint.ends_with(['.', ')']) && !hint.contains('|'),
            "{name}: {hint}"
        );
    }
}

#[test]
fn the_typescript_union_has_the_same_codes_in_the_same_order() {
    let types = text("js/src/types.ts");
    let (_, union) = types
        .split_once("export type FlowErrorCode =")
        .expect("the union FlowErrorCode");
    let (union, _) = union.split_once(';').expect("the union's end");
    let union: Vec<_> = union.split('"').skip(1).step_by(2).collect();
    let all: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(union, all);
}

#[test]
fn what_is_said_where_no_module_loads_is_what_the_table_says() {
    let load = text("js/src/load.ts");
    let code = ErrorCode::ModuleBlocked;
    for said in [[code.summary(), "."].concat(), code.hint().to_owned()] {
        assert!(
            load.contains(&format!("\"{said}\"")),
            "load.ts lacks {said}"
        );
    }
}
