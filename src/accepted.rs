//! Follows an accepted answer: a 202 whose `Location` says where the flow's own answer will be.
//!
//! The URL carries its own signature, so no token goes there, and reading it starts nothing: it may always be
//! asked again.

use futures_util::FutureExt;

use crate::answer;
use crate::client::Client;
use crate::limits::within;
use crate::model::{ErrorCode, FlowError, Stage};
use crate::policy::request::Method;
use crate::policy::retry;
use crate::policy::trust::TrustedUrl;
use crate::port::{Fact, Head, Request, Step, World};
use crate::repeat::ATTEMPT_MS;
use crate::telemetry;

/// How long to wait where the service does not say.
const WAIT_MS: f64 = 20_000.0;
/// The least wait where it says: a zero, or a date that a wrong clock reads as past, would be asked without end.
const LEAST_MS: f64 = 1_000.0;

/// Where a 202 can be followed to: what CORS lets the page read, on a host of the flow service.
pub fn location<W: World>(client: &Client<W>, head: &Head<W::Answer>) -> Option<TrustedUrl> {
    if head.status != 202 {
        return None;
    }
    let location = client.world.header(&head.headers, "location")?;
    TrustedUrl::trigger(&location, &client.settings.cloud)
}

/// Asks until the answer is no longer a 202.
///
/// # Errors
/// `network`, where the service could not be reached several times in a row.
pub async fn follow<W: World>(
    client: &Client<W>,
    mut url: TrustedUrl,
    mut head: Head<W::Answer>,
) -> Result<Head<W::Answer>, FlowError> {
    let world = &*client.world;
    let max_attempts = client.settings.max_attempts;
    let mut wait = wait_ms(world, &head);
    let mut failures = 0;
    loop {
        world.sleep(wait).await;
        let request = Request {
            method: Method::Get,
            url: &url,
            bearer: None,
            headers: &[],
            body: None,
        };
        let started = world.now_ms();
        let answered = within(world, ATTEMPT_MS, world.send(request).boxed_local()).await;
        let (status, trouble) = match &answered {
            Some(Ok(answered)) => (Some(answered.status), trouble(answered.status)),
            Some(Err(_)) => (None, Some(ErrorCode::Network)),
            None => (None, Some(ErrorCode::Timeout)),
        };
        let facts = [("status", Fact::Number(status.map(f64::from)))];
        telemetry::ended(world, Step::Poll, started, trouble, &facts);
        let cause = match answered {
            Some(Ok(answered)) => {
                head = answered;
                None
            }
            Some(Err(unanswered)) => Some(unanswered.cause),
            None => Some(None),
        };
        let retry_after_ms = match cause {
            None if head.status == 202 => {
                failures = 0;
                url = location(client, &head).unwrap_or(url);
                wait = wait_ms(world, &head);
                continue;
            }
            None if failures + 1 < max_attempts && is_passing(world, &head).await => {
                answer::retry_after_ms(world, &head.headers)
            }
            None => return Ok(head),
            Some(_) if failures + 1 < max_attempts => None,
            Some(cause) => {
                return Err(FlowError::new(ErrorCode::Network, Stage::Poll).cause(cause));
            }
        };
        failures += 1;
        wait = retry::delay_ms(failures, retry_after_ms, world.random());
        let why = FlowError::new(trouble.unwrap_or(ErrorCode::Network), Stage::Poll)
            .with(|fields| fields.status = status);
        telemetry::retry(world, &why, failures, wait);
    }
}

/// What a look brought whose status alone says that another is worth while.
fn trouble(status: u16) -> Option<ErrorCode> {
    match status {
        429 => Some(ErrorCode::Throttled),
        502..=504 => Some(ErrorCode::ServiceError),
        _ => None,
    }
}

fn wait_ms<W: World>(world: &W, head: &Head<W::Answer>) -> f64 {
    answer::retry_after_ms(world, &head.headers).map_or(WAIT_MS, |asked| asked.max(LEAST_MS))
}

/// Whether the next look may find another answer: a gateway's trouble, or throttling that is the service's.
async fn is_passing<W: World>(world: &W, head: &Head<W::Answer>) -> bool {
    match head.status {
        502..=504 => true,
        429 => {
            let body = world.read_error(&head.answer).await;
            answer::service_error(world, body.as_ref()).is_some()
        }
        _ => false,
    }
}
