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
use crate::telemetry;

/// How long to wait where the service does not say.
const WAIT_MS: f64 = 20_000.0;
/// A lost connection may never say so.
const ATTEMPT_MS: f64 = 40_000.0;

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
    let mut wait = answer::retry_after_ms(world, &head.headers).unwrap_or(WAIT_MS);
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
        let status = match &answered {
            Some(Ok(answered)) => Ok(f64::from(answered.status)),
            Some(Err(_)) => Err(ErrorCode::Network),
            None => Err(ErrorCode::Timeout),
        };
        let facts = [("status", Fact::Number(status.ok()))];
        telemetry::ended(world, Step::Poll, started, status.err(), &facts);
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
                wait = answer::retry_after_ms(world, &head.headers).unwrap_or(WAIT_MS);
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
    }
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
