//! Turns a `workflowid` into the flow's trigger URL: its row, then `listCallbackUrl`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::try_join;

use crate::answer;
use crate::flight::{Flight, Flights};
use crate::limits::within;
use crate::model::{ErrorCode, FlowError, Foreign, Guid, Secret, Stage, percent};
use crate::policy::redact::redact;
use crate::policy::request::Method;
use crate::policy::trust::TrustedUrl;
use crate::policy::verdict::{self, Evidence, Remedy};
use crate::policy::{callback, dataverse, trust};
use crate::port::{DataverseCall, DataverseFailure, ReadAs, Request, Unread, Values, World};
use crate::repeat::{Failure, repeat};
use crate::settings::Settings;
use crate::token::Tokens;

/// No more than discovery needs: `clientdata` holds whatever secrets its author put there.
const COLUMNS: &str = "?$select=resourceid,statecode,category";
/// A `category` of the workflow table.
const CLOUD_FLOW: f64 = 5.0;
/// A `statecode` of the workflow table.
const ACTIVATED: f64 = 1.0;

/// A flow by its `workflowid`, which is the same in every environment.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowRef {
    /// The `workflowid`.
    pub workflow_id: Guid,
    /// The trigger's name in the definition, `manual` by default.
    pub trigger: String,
}

/// Trigger URLs, asked for once and kept for the client's life.
pub struct Discovery<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    tokens: Rc<Tokens<W>>,
    known: RefCell<Vec<(FlowRef, TrustedUrl)>>,
    /// Counts `clear`s, so that a flight from before one does not fill the cache after it.
    epoch: Cell<u32>,
    flights: Rc<Flights<(FlowRef, u32), Result<Found, FlowError>>>,
}

/// What a discovery ends with.
#[derive(Clone)]
pub struct Found {
    /// The trigger URL.
    pub url: TrustedUrl,
    /// The token that had to be renewed on the way: the old one would only be refused again.
    pub renewed: Option<Secret>,
}

impl<W: World> Discovery<W> {
    /// Discovery with an empty cache.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>, tokens: Rc<Tokens<W>>) -> Rc<Self> {
        let flights = Rc::default();
        Rc::new(Self {
            world,
            settings,
            tokens,
            known: RefCell::default(),
            epoch: Cell::new(0),
            flights,
        })
    }

    /// The URL that is known already.
    #[must_use]
    pub fn cached(&self, flow: &FlowRef) -> Option<TrustedUrl> {
        self.known
            .borrow()
            .iter()
            .find(|(known, _)| known == flow)
            .map(|(_, url)| url.clone())
    }

    /// Asks for the URL, or joins who is asking already.
    pub fn ask(self: &Rc<Self>, flow: &FlowRef) -> Flight<Result<Found, FlowError>> {
        let epoch = self.epoch.get();
        self.flights
            .join(&*self.world, &(flow.clone(), epoch), |stage| {
                let (discovery, flow) = (self.clone(), flow.clone());
                async move {
                    let limit = discovery.settings.flight_ms();
                    let end = discovery.world.now_ms() + limit;
                    let found = within(
                        &*discovery.world,
                        limit,
                        discovery.discover(&flow, &stage, end).boxed_local(),
                    )
                    .await
                    .unwrap_or_else(|| Err(FlowError::new(ErrorCode::Timeout, stage.get())))?;
                    if discovery.epoch.get() == epoch {
                        discovery.known.borrow_mut().push((flow, found.url.clone()));
                    }
                    Ok(found)
                }
            })
    }

    /// Forgets a URL that turned out wrong, unless another caller replaced it already.
    pub fn forget(&self, flow: &FlowRef, wrong: &TrustedUrl) {
        self.known
            .borrow_mut()
            .retain(|(known, url)| known != flow || url != wrong);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.known.borrow_mut().clear();
        self.epoch.set(self.epoch.get().wrapping_add(1));
    }

    async fn discover(
        &self,
        flow: &FlowRef,
        stage: &Rc<Cell<Stage>>,
        end_ms: f64,
    ) -> Result<Found, FlowError> {
        stage.set(Stage::Workflow);
        let row = async {
            let row = self.row(&flow.workflow_id, end_ms).await?;
            stage.set(Stage::Token);
            Ok(row)
        };
        let (token, row) = try_join(self.tokens.get(), row).await?;
        let resource_id = resource_id(&*self.world, &flow.workflow_id, &row)?;
        stage.set(Stage::Discovery);
        let renewed = RefCell::new(None);
        let url = loop {
            let bearer = renewed.borrow().clone().unwrap_or_else(|| token.clone());
            let answer = repeat(
                &*self.world,
                self.settings.max_attempts,
                end_ms,
                Stage::Discovery,
                &|| {
                    self.list_callback_url(&resource_id, &flow.trigger, &bearer)
                        .boxed_local()
                },
            )
            .await?;
            match answer {
                Listed::Url(url) => break url,
                Listed::NewToken(error, _) if renewed.borrow().is_some() => return Err(error),
                Listed::NewToken(_, claims) => {
                    stage.set(Stage::Token);
                    let token = self.tokens.renewed(claims).await?;
                    renewed.replace(Some(token));
                    stage.set(Stage::Discovery);
                }
            }
        };
        if trust::has_sas(&url) && !self.settings.sas_allowed {
            return Err(FlowError::new(ErrorCode::SasRefused, Stage::Discovery));
        }
        let url = TrustedUrl::trigger(&url, &self.settings.cloud).ok_or_else(|| {
            FlowError::new(ErrorCode::UntrustedUrl, Stage::Discovery).detail(&redact(&url))
        })?;
        Ok(Found {
            url,
            renewed: renewed.into_inner(),
        })
    }

    async fn row(&self, workflow_id: &Guid, end_ms: f64) -> Result<Foreign, FlowError> {
        repeat(
            &*self.world,
            self.settings.max_attempts,
            end_ms,
            Stage::Workflow,
            &|| {
                let read = self.world.dataverse(DataverseCall::Retrieve {
                    table: "workflow",
                    id: workflow_id,
                    options: COLUMNS,
                });
                async {
                    read.await.map_err(|failure| {
                        let meaning = dataverse::meaning(failure.error_code, &failure.message);
                        let error = row_error(meaning, failure);
                        if dataverse::passes(meaning) {
                            Failure::again(error, None)
                        } else {
                            Failure::last(error)
                        }
                    })
                }
                .boxed_local()
            },
        )
        .await
    }

    async fn list_callback_url(
        &self,
        resource_id: &str,
        trigger: &str,
        bearer: &Secret,
    ) -> Result<Listed, Failure> {
        let world = &*self.world;
        let url = self
            .listing_address(resource_id, trigger)
            .map_err(Failure::last)?;
        let request = Request {
            method: Method::Post,
            url: &url,
            bearer: Some(bearer),
            headers: &[],
            body: None,
        };
        let unreachable = |cause| {
            Failure::again(
                FlowError::new(ErrorCode::Network, Stage::Discovery).cause(cause),
                None,
            )
        };
        let head = world
            .send(request)
            .await
            .map_err(|unanswered| unreachable(unanswered.cause))?;
        if (200..300).contains(&head.status) {
            let failed = || {
                FlowError::new(ErrorCode::DiscoveryFailed, Stage::Discovery)
                    .with(|f| f.status = Some(head.status))
            };
            let data =
                world
                    .read(&head.answer, ReadAs::Json)
                    .await
                    .map_err(|unread| match unread {
                        Unread::Broken(unanswered) => unreachable(unanswered.cause),
                        Unread::NotJson { cause, .. } => {
                            Failure::last(failed().detail("the answer is not JSON").cause(cause))
                        }
                    })?;
            return callback::url_of(world, &data)
                .map(Listed::Url)
                .ok_or_else(|| Failure::last(failed().detail("the answer names no URL")));
        }
        let body = world.read_error(&head.answer).await;
        let service = answer::service_error(world, body.as_ref());
        let evidence = Evidence {
            status: head.status,
            service: service.as_ref(),
            challenged: false,
        };
        let verdict = verdict::of_discovery(evidence);
        let error = answer::error(world, &head, service.as_ref(), verdict, Stage::Discovery);
        match verdict.remedy {
            Remedy::NewToken => Ok(Listed::NewToken(
                error,
                answer::claims_challenge(world, &head.headers),
            )),
            Remedy::Later => Err(Failure::again(
                error,
                answer::retry_after_ms(world, &head.headers),
            )),
            _ => Err(Failure::last(error)),
        }
    }

    fn listing_address(&self, resource_id: &str, trigger: &str) -> Result<TrustedUrl, FlowError> {
        let mut path = "/providers/Microsoft.ProcessSimple/environments/".to_owned();
        path.push_str(self.settings.environment.as_str());
        path.push_str("/flows/");
        percent::encode(resource_id, &mut path);
        path.push_str("/triggers/");
        percent::encode(trigger, &mut path);
        path.push_str("/listCallbackUrl?api-version=2016-11-01");
        TrustedUrl::flow_api(&self.settings.cloud, &path)
            .ok_or_else(|| FlowError::invalid(&["cloud.flowApi: not an https origin"]))
    }
}

/// A usable answer of `listCallbackUrl`.
enum Listed {
    Url(String),
    NewToken(FlowError, Option<String>),
}

/// The flow's id in this environment, if the row says that it can be called.
fn resource_id(
    values: &impl Values,
    workflow_id: &Guid,
    row: &Foreign,
) -> Result<String, FlowError> {
    let is_other = |column, wanted| {
        values
            .number(row, column)
            .is_some_and(|value| value != wanted)
    };
    if is_other("category", CLOUD_FLOW) {
        return Err(FlowError::new(ErrorCode::TriggerNotHttp, Stage::Workflow)
            .detail("the row is a classic process, not a cloud flow"));
    }
    if is_other("statecode", ACTIVATED) {
        return Err(FlowError::new(ErrorCode::WorkflowOff, Stage::Workflow));
    }
    // Some environments leave the column empty; there the API takes the workflowid in its place.
    Ok(values
        .text(row, "resourceid")
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| workflow_id.as_str().to_owned()))
}

pub(crate) fn row_error(meaning: dataverse::Meaning, failure: Box<DataverseFailure>) -> FlowError {
    let error = FlowError::new(dataverse::workflow_code(meaning), Stage::Workflow);
    let error = match meaning {
        dataverse::Meaning::NoWebApi => {
            error.hint("Canvas apps have no web API: call the flow from a model-driven app.")
        }
        _ => error,
    };
    let message = redact(&failure.message);
    let error = if message.is_empty() {
        error
    } else {
        error.detail(&message)
    };
    error.with(|fields| {
        fields.service_code = failure
            .error_code
            .filter(|code| *code != 0.0)
            .map(dataverse::written);
        fields.service_message = Some(message).filter(|message| !message.is_empty());
        fields.cause = failure.cause;
    })
}
