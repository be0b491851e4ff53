//! Turns an answer of the flow service that is not what was wanted into an error: what the service said,
//! redacted, and the ids by which its support finds the request.

use crate::model::{FlowError, Foreign, Secret, ServiceError, Stage};
use crate::policy::redact::{self, redact};
use crate::policy::retry;
use crate::policy::text::after;
use crate::policy::verdict::Verdict;
use crate::port::{Clock, Head, Http, Page, Values};

/// The error that a verdict makes of an answer, without the tokens that were sent.
pub fn error<H: Http>(
    http: &H,
    head: &Head<H::Answer>,
    service: Option<&ServiceError>,
    verdict: Verdict,
    stage: Stage,
    held: [Option<&Secret>; 2],
) -> FlowError {
    let redact = |text: &str| {
        let [one, other] = held.map(|token| token.map_or("", Secret::expose));
        redact(&redact::without(&redact::without(text, one), other))
    };
    let header = |name| http.header(&head.headers, name).map(|value| redact(&value));
    let error = FlowError::new(verdict.code, stage)
        .may_have_run(verdict.may_have_run)
        .hint(verdict.hint);
    let error = match service {
        Some(service) => {
            let code = redact(&service.code);
            let message = service.message.as_deref().map(&redact);
            let said = message.clone().unwrap_or_else(|| code.clone());
            error.detail(&said).with(|fields| {
                fields.service_code = Some(code);
                fields.service_message = message;
            })
        }
        None => error.detail(&["HTTP status ", &head.status.to_string()].concat()),
    };
    error.with(|fields| {
        fields.status = Some(head.status);
        fields.correlation_id = header("x-ms-correlation-id").or_else(|| header("x-ms-request-id"));
        fields.run_id = header("x-ms-workflow-run-id");
    })
}

/// The service's own words, where a body is in its shape: `{"error":{"code","message"}}`.
pub fn service_error(values: &impl Values, body: Option<&Foreign>) -> Option<ServiceError> {
    let error = values.member(body?, "error")?;
    let code = values
        .text(&error, "code")
        .filter(|code| !code.is_empty())?;
    Some(ServiceError {
        code,
        message: values.text(&error, "message"),
    })
}

/// Milliseconds that the answer asks to wait.
pub fn retry_after_ms<W: Clock + Page + Http>(world: &W, headers: &Foreign) -> Option<f64> {
    let header = world.header(headers, "retry-after");
    retry::retry_after_ms(header.as_deref(), world.date_ms(), |date| {
        world.parse_date(date)
    })
}

/// The claims that Entra is to be asked for, as JSON text, where the answer's challenge names them and can
/// be read.
pub fn claims_challenge<W: Page + Http>(world: &W, headers: &Foreign) -> Option<String> {
    let challenge = world.header(headers, "www-authenticate")?;
    let claims = quoted(after(&challenge, "claims=\"")?)?;
    let is_json = |text: &String| text.trim_start().starts_with('{');
    if is_json(&claims) {
        Some(claims)
    } else {
        world.decode_base64(&claims).filter(is_json)
    }
}

/// The rest of a quoted string up to its closing quote, unescaped.
fn quoted(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => text.push(chars.next()?),
            plain => text.push(plain),
        }
    }
}
