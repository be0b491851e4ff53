//! Writes trigger URLs into environment variables: a maker's job at deploy time, which spares everybody else
//! the right to read flows.

use std::cell::Cell;

use futures_util::FutureExt;

use crate::call::Source;
use crate::client::Client;
use crate::limits::{timed_out, within};
use crate::model::{ErrorCode, FlowError, FlowRef, Foreign, Guid, SchemaName, Stage};
use crate::policy::dataverse;
use crate::policy::trust::TrustedUrl;
use crate::port::{Column, DataverseCall, World};
use crate::prefetch::find_all;
use crate::repeat::{Failure, repeat};
use crate::rows::{self, Ask};
use crate::variable;

/// A value of this name is there already.
const DUPLICATE: &str = "0x80040237";

/// A flow, and the environment variable for its trigger URL.
pub struct Publication {
    /// The flow, and which of its triggers.
    pub flow: FlowRef,
    /// The variable; its definition has to be there.
    pub variable: SchemaName,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The variable had no value yet.
    Created,
    /// It had another one.
    Updated,
    /// It was right already.
    Unchanged,
}

impl Published {
    /// The word in `PublishResult.outcome`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Publishes each flow's trigger URL as the service tells it now, and says what became of each, in their
/// order. No URL is in what it says. All URLs are found within the client's time, and each is written within it again.
pub async fn publish<W: World>(
    client: &Client<W>,
    list: &[Publication],
) -> Vec<Result<Published, FlowError>> {
    let flows: Vec<_> = list.iter().map(|one| one.flow.clone()).collect();
    for flow in &flows {
        client.urls.outdate(Source::Flow(flow));
    }
    let found = find_all(client, &flows).await;
    let mut outcomes = Vec::with_capacity(list.len());
    for (one, found) in list.iter().zip(found) {
        outcomes.push(match found {
            Ok(url) => write(client, &one.variable, &url).await,
            Err(error) => Err(error),
        });
    }
    outcomes
}

async fn write<W: World>(
    client: &Client<W>,
    name: &SchemaName,
    url: &TrustedUrl,
) -> Result<Published, FlowError> {
    let world = &*client.world;
    let done = Cell::new(Published::Unchanged);
    let time = client.settings.timeout_ms;
    let end_ms = world.now_ms() + time;
    let max_attempts = client.settings.max_attempts;
    let attempt = || attempt(world, name, url, &done).boxed_local();
    let work = repeat(world, max_attempts, end_ms, Stage::Discovery, &attempt).boxed_local();
    // Whoever never answers must not keep the rest of the list waiting for longer.
    let outcome = within(world, time, work)
        .await
        .unwrap_or_else(|| Err(timed_out(Stage::Discovery)));
    client.urls.outdate(Source::Variable(name));
    outcome.map(|_| done.get())
}

/// Looks, and writes what is not right.
async fn attempt<W: World>(
    world: &W,
    name: &SchemaName,
    url: &TrustedUrl,
    done: &Cell<Published>,
) -> Result<Foreign, Failure> {
    const TABLE: &str = "environmentvariablevalue";
    let options = variable::query(name);
    let answer = rows::once(world, variable::read(&options, name))
        .await
        .map_err(|failure| failure.map(variable::missing_rights))?;
    let variable = variable::variable_of(world, name, &answer).map_err(Failure::last)?;
    if variable.is_secret {
        return Err(Failure::last(variable::secret(name)));
    }
    if variable.effective.as_deref().map(str::trim) == Some(url.expose()) {
        // A write whose answer was lost may have been done: then it is found done, by us.
        return Ok(answer);
    }
    let reference;
    let mut row = vec![("value", Column::Text(url.expose()))];
    let call = if let Some(id) = &variable.value_id {
        done.set(Published::Updated);
        DataverseCall::Update {
            table: TABLE,
            id,
            row: &row,
        }
    } else {
        done.set(Published::Created);
        let id = variable.definition_id.as_ref().map_or("", Guid::as_str);
        reference = ["/environmentvariabledefinitions(", id, ")"].concat();
        let schema_name = variable.schema_name.as_deref().unwrap_or(name.as_str());
        row.push(("schemaname", Column::Text(schema_name)));
        row.push((
            "EnvironmentVariableDefinitionId@odata.bind",
            Column::Text(&reference),
        ));
        DataverseCall::Create {
            table: TABLE,
            row: &row,
        }
    };
    let write = Ask {
        call,
        code_of: dataverse::writing_code,
        ..variable::read(&options, name)
    };
    rows::once(world, write)
        .await
        .map_err(|failure| {
            let code = failure.error().code;
            // Only a write without an answer may have been done.
            if code != ErrorCode::Network {
                done.set(Published::Unchanged);
            }
            let is_duplicate = failure.error().service_code.as_deref() == Some(DUPLICATE);
            let failure = failure.map(|error| {
                let error = if code == ErrorCode::Unauthorized {
                    let said = error.service_message.as_deref().unwrap_or_default();
                    let message =
                        ["The user may not write environment variables: ", said].concat();
                    error
                        .hint("Publish as a maker: Create and Write on Environment Variable Value are needed.")
                        .with(|fields| fields.message = message)
                } else {
                    error
                };
                // What the host threw may repeat what was written.
                if url.has_sas() { error.cause(None) } else { error }
            });
            // Somebody else created the value meanwhile: it is there to be read now.
            if is_duplicate { failure.and_again() } else { failure }
        })
}
