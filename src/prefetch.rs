//! Finds the trigger URLs of many flows before anybody calls them.

use futures_util::FutureExt;

use crate::client::Client;
use crate::limits::{Work, timed_out, within};
use crate::model::{FlowError, FlowRef, Guid};
use crate::policy::trust::TrustedUrl;
use crate::port::World;

/// Finds all URLs, and tells in one error which flows have none. The others are ready all the same.
///
/// # Errors
/// The first failure's, with all of them in `failures`.
pub async fn prefetch<W: World>(client: &Client<W>, ids: &[Guid]) -> Result<(), FlowError> {
    let flows: Vec<_> = ids.iter().cloned().map(FlowRef::manual).collect();
    let found = find_all(client, &flows).await;
    let mut failures: Vec<(Guid, FlowError)> = Vec::new();
    for (id, outcome) in ids.iter().zip(found) {
        if let Err(error) = outcome
            && !failures.iter().any(|(known, _)| known == id)
        {
            failures.push((id.clone(), error));
        }
    }
    let Some((_, first)) = failures.first() else {
        return Ok(());
    };
    let mut message = first.message.clone();
    let mut separator = " Flows without a trigger URL: ";
    for (id, error) in &failures {
        for part in [separator, id.as_str(), " (", error.code.as_str(), ")"] {
            message.push_str(part);
        }
        separator = ", ";
    }
    message.push('.');
    Err(first.clone().with(|fields| {
        fields.message = message;
        fields.failures = failures;
    }))
}

/// The trigger URL of each flow, in their order, each within the client's time.
pub(crate) fn find_all<'a, W: World>(
    client: &'a Client<W>,
    flows: &[FlowRef],
) -> Work<'a, Vec<Result<TrustedUrl, FlowError>>> {
    let world = &*client.world;
    let end_ms = world.now_ms() + client.settings.timeout_ms;
    client.discovery.ask_all(flows);
    let ask = |flow| match client.discovery.cached(flow) {
        Some(url) => Ok(url),
        None => Err(client.discovery.ask(flow)),
    };
    let asked: Vec<_> = flows.iter().map(ask).collect();
    async move {
        let mut found = Vec::with_capacity(asked.len());
        // They run by themselves: waiting for one after the other takes no longer than for all at once.
        for asked in asked {
            let flight = match asked {
                Ok(url) => {
                    found.push(Ok(url));
                    continue;
                }
                Err(flight) => flight,
            };
            let time = (end_ms - world.now_ms()).max(0.0);
            let outcome = within(world, time, flight.outcome().boxed_local()).await;
            let outcome = outcome.unwrap_or_else(|| Err(timed_out(flight.stage().get())));
            found.push(outcome.map(|found| found.url));
        }
        found
    }
    .boxed_local()
}
