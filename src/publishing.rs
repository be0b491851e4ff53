//! Writes trigger URLs into environment variables: a maker's job at deploy time, which spares everybody else
//! the right to read flows.

use std::cell::Cell;

use futures_util::FutureExt;

use crate::answer;
use crate::client::Client;
use crate::discovery::FlowRef;
use crate::model::{ErrorCode, FlowError, Guid, SchemaName, Stage};
use crate::policy::dataverse;
use crate::policy::trust::TrustedUrl;
use crate::port::{Column, DataverseCall, World};
use crate::prefetch::find_all;
use crate::repeat::{Failure, repeat};
use crate::variable::{self, Variable};

/// A flow, and the environment variable for its trigger URL.
pub struct Publication {
    /// The flow.
    pub workflow_id: Guid,
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
/// order. No URL is in what it says.
pub async fn publish<W: World>(
    client: &Client<W>,
    list: &[Publication],
) -> Vec<Result<Published, FlowError>> {
    let ids: Vec<_> = list.iter().map(|one| one.workflow_id.clone()).collect();
    for id in &ids {
        let flow = FlowRef::manual(id.clone());
        if let Some(known) = client.discovery.cached(&flow) {
            client.discovery.forget(&flow, &known);
        }
    }
    let found = find_all(client, &ids).await;
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
    // A write whose answer was lost may have been done: then it is found done, by us.
    let tried = Cell::new(None);
    let outcome = repeat(
        world,
        client.settings.max_attempts,
        world.now_ms() + client.settings.flight_ms(),
        Stage::Discovery,
        &|| attempt(world, name, url, &tried).boxed_local(),
    )
    .await;
    if let Some(known) = client.variables.cached(name)
        && known != *url
    {
        client.variables.forget(name, &known);
    }
    outcome
}

async fn attempt<W: World>(
    world: &W,
    name: &SchemaName,
    url: &TrustedUrl,
    tried: &Cell<Option<Published>>,
) -> Result<Published, Failure> {
    let variable = variable::read(world, name).await?;
    if variable.is_secret {
        return Err(Failure::last(variable::secret(name)));
    }
    if variable.effective.as_deref().map(str::trim) == Some(url.expose()) {
        return Ok(tried.get().unwrap_or(Published::Unchanged));
    }
    let Variable {
        definition_id,
        schema_name,
        value_id,
        ..
    } = *variable;
    let value = ("value", Column::Text(url.expose()));
    let reference;
    let (row, done);
    let call = if let Some(id) = &value_id {
        done = Published::Updated;
        row = vec![value];
        DataverseCall::Update {
            table: "environmentvariablevalue",
            id,
            row: &row,
        }
    } else {
        done = Published::Created;
        let id = definition_id.ok_or_else(|| {
            Failure::last(
                FlowError::new(ErrorCode::ServiceError, Stage::Discovery)
                    .detail("the definition came without its id"),
            )
        })?;
        reference = ["/environmentvariabledefinitions(", id.as_str(), ")"].concat();
        let schema_name = schema_name.as_deref().unwrap_or(name.as_str());
        row = vec![
            value,
            ("schemaname", Column::Text(schema_name)),
            (
                "EnvironmentVariableDefinitionId@odata.bind",
                Column::Text(&reference),
            ),
        ];
        DataverseCall::Create {
            table: "environmentvariablevalue",
            row: &row,
        }
    };
    tried.set(tried.get().or(Some(done)));
    match world.dataverse(call).await {
        Ok(_) => Ok(tried.get().unwrap_or(done)),
        Err(mut failure) => {
            // What the host threw may repeat what was written.
            if url.has_sas() {
                failure.cause = None;
            }
            let meaning = dataverse::meaning(failure.error_code, &failure.message);
            let code = dataverse::variable_code(meaning);
            let mut error = answer::dataverse_error(code, Stage::Discovery, meaning, failure);
            if meaning == dataverse::Meaning::Forbidden {
                error = error
                    .hint("Publish as a maker: Create and Write on Environment Variable Value are needed.")
                    .with(|fields| {
                        fields.code = ErrorCode::Unauthorized;
                        let said = fields.service_message.as_deref().unwrap_or_default();
                        fields.message =
                            ["The user may not write environment variables: ", said].concat();
                    });
            }
            // Only a write without an answer may have been done.
            if meaning != dataverse::Meaning::Unreachable {
                tried.set(None);
            }
            // Somebody else created the value meanwhile: it is there to be read now.
            let again = meaning == dataverse::Meaning::Duplicate || dataverse::passes(meaning);
            Err(if again {
                Failure::again(error, None)
            } else {
                Failure::last(error)
            })
        }
    }
}
