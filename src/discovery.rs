//! Turns a `workflowid` into the flow's trigger URL: its row, then `listCallbackUrl`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::try_join;

use crate::answer;
use crate::batch::{Batches, Ticket};
use crate::call::Source;
use crate::flight::Flight;
use crate::limits::Work;
use crate::model::{ErrorCode, FlowError, FlowRef, Foreign, Guid, Secret, Stage, percent};
use crate::policy::callback;
use crate::policy::request::Method;
use crate::policy::trust::TrustedUrl;
use crate::policy::verdict::{self, Evidence, Remedy};
use crate::port::{Fact, ReadAs, Request, Step, Unread, Values, World};
use crate::repeat::{Failure, repeat};
use crate::rows;
use crate::settings::{DiscoveryApi, Settings};
use crate::telemetry;
use crate::token::{Bearer, Tokens};
use crate::urls::Urls;
use crate::workflow;

/// What is wrong with the option for a cloud whose environments' hosts nobody knows.
pub const NO_ENVIRONMENT_API: &str = "discovery: environmentApi needs a cloud of Microsoft's; with endpoints of your own use flowApi";
const NO_OWN_HOST: &str = "The environment may have no host of its own: use discovery: \"flowApi\"; or the page's content security policy does not allow the host in connect-src.";

/// Asks for trigger URLs.
pub struct Discovery<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    tokens: Rc<Tokens<W>>,
    urls: Rc<Urls<W>>,
    batches: Rc<Batches<W>>,
}

/// What a discovery ends with.
#[derive(Clone)]
pub struct Found {
    /// The trigger URL.
    pub url: TrustedUrl,
    /// The token that had to be renewed on the way: the old one would only be refused again.
    pub renewed: Option<Bearer>,
}

impl<W: World> Discovery<W> {
    /// Discovery of what is not among these URLs.
    #[must_use]
    pub fn new(
        world: Rc<W>,
        settings: Rc<Settings>,
        tokens: Rc<Tokens<W>>,
        urls: Rc<Urls<W>>,
    ) -> Rc<Self> {
        let batches = Batches::new(world.clone(), settings.clone());
        Rc::new(Self {
            world,
            settings,
            tokens,
            urls,
            batches,
        })
    }

    /// The URL that is known already.
    #[must_use]
    pub fn cached(&self, flow: &FlowRef) -> Option<TrustedUrl> {
        let started = self.world.now_ms();
        let url = self.urls.get(Source::Flow(flow))?;
        self.tell(flow, started, "hit", None, None);
        Some(url)
    }

    /// Asks for the URL, or joins who is asking already.
    pub fn ask(self: &Rc<Self>, flow: &FlowRef) -> Flight<Result<Found, FlowError>> {
        self.start(flow, None)
    }

    /// Asks for the URLs of all that is neither known nor under way, with as few queries as there can be.
    pub fn ask_all(self: &Rc<Self>, flows: &[FlowRef]) {
        let mut wanted: Vec<&FlowRef> = Vec::new();
        for flow in flows {
            if !wanted.contains(&flow) && self.urls.is_unknown(Source::Flow(flow)) {
                wanted.push(flow);
            }
        }
        let ids = wanted.iter().map(|flow| flow.workflow_id.clone()).collect();
        for (flow, ticket) in wanted.into_iter().zip(self.batches.read(ids)) {
            self.start(flow, Some(ticket));
        }
    }

    fn start(
        self: &Rc<Self>,
        flow: &FlowRef,
        ticket: Option<Ticket>,
    ) -> Flight<Result<Found, FlowError>> {
        self.urls.join(Source::Flow(flow), |search| {
            let (discovery, flow) = (self.clone(), flow.clone());
            // Also while another copy asks.
            search.stage.set(Stage::Workflow);
            async move {
                let started = discovery.world.now_ms();
                if let Some(url) = discovery.urls.of_others(&search).await {
                    discovery.tell(&flow, started, "shared", None, None);
                    return Ok(Found { url, renewed: None });
                }
                let (stage, end) = (search.stage.clone(), discovery.urls.end_ms());
                let work = discovery.discover(&flow, ticket, &stage, end);
                discovery.urls.ask(search, work.boxed_local()).await
            }
        })
    }

    /// Tells of a trigger URL that was known, shared or asked for.
    fn tell(
        &self,
        flow: &FlowRef,
        started_ms: f64,
        cache: &str,
        status: Option<u16>,
        error: Option<&FlowError>,
    ) {
        let facts = [
            ("workflowId", Fact::Text(Some(flow.workflow_id.as_str()))),
            ("trigger", Fact::Text(Some(&flow.trigger))),
            ("cache", Fact::Text(Some(cache))),
            ("status", Fact::Number(status.map(f64::from))),
        ];
        let error = error.map(|error| error.code);
        telemetry::ended(&*self.world, Step::CallbackUrl, started_ms, error, &facts);
    }

    async fn discover(
        &self,
        flow: &FlowRef,
        ticket: Option<Ticket>,
        stage: &Rc<Cell<Stage>>,
        end_ms: f64,
    ) -> Result<Found, FlowError> {
        stage.set(Stage::Workflow);
        let row = async {
            let row = match &ticket {
                Some(ticket) => ticket.row(&*self.world, &flow.workflow_id).await?,
                None => self.row(&flow.workflow_id, end_ms).await?,
            };
            stage.set(Stage::Token);
            Ok(row)
        };
        let (bearer, row) = try_join(self.tokens.get(), row).await?;
        let _lane = match &ticket {
            Some(ticket) => Some(ticket.lane().await),
            None => None,
        };
        self.list(flow, &row, bearer, stage, end_ms).await
    }

    /// Asks the service for the URL of a flow whose row was read.
    ///
    /// # Errors
    /// What the row says against it, and those of the Power Automate API.
    pub(crate) async fn list(
        &self,
        flow: &FlowRef,
        row: &Foreign,
        bearer: Bearer,
        stage: &Cell<Stage>,
        end_ms: f64,
    ) -> Result<Found, FlowError> {
        let resource_id = resource_id(&*self.world, &flow.workflow_id, row)?;
        stage.set(Stage::Discovery);
        let (renewed, mut tried) = (RefCell::new(None), false);
        let url = loop {
            let bearer = renewed.borrow().clone().unwrap_or_else(|| bearer.clone());
            let answer = repeat(
                &*self.world,
                self.settings.max_attempts,
                end_ms,
                Stage::Discovery,
                &|| {
                    async {
                        let started = self.world.now_ms();
                        let asked = self.list_callback_url(&resource_id, &flow.trigger, &bearer);
                        let outcome = asked.await;
                        let (status, error) = match &outcome {
                            Ok(Listed::Url(_)) => (Some(200), None),
                            Ok(Listed::NewToken(error, _)) => (error.status, Some(error)),
                            Err(failure) => (failure.error().status, Some(failure.error())),
                        };
                        self.tell(flow, started, "miss", status, error);
                        outcome
                    }
                    .boxed_local()
                },
            )
            .await?;
            match answer {
                Listed::Url(url) => break url,
                Listed::NewToken(error, claims) => {
                    let wanted = self.tokens.refused(&bearer, claims, tried);
                    if tried {
                        return Err(error);
                    }
                    tried = wanted;
                    stage.set(Stage::Token);
                    let token = self.tokens.get().await?;
                    renewed.replace(Some(token));
                    stage.set(Stage::Discovery);
                }
            }
        };
        Ok(Found {
            url: self.settings.admit(&url, Stage::Discovery, "")?,
            renewed: renewed.into_inner(),
        })
    }

    fn row<'a>(
        &'a self,
        workflow_id: &'a Guid,
        end_ms: f64,
    ) -> Work<'a, Result<Foreign, FlowError>> {
        let read = workflow::read(workflow_id, workflow::COLUMNS);
        rows::ask(&*self.world, &self.settings, read, end_ms)
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
            let error = FlowError::new(ErrorCode::Network, Stage::Discovery).cause(cause);
            let error = match self.settings.discovery {
                DiscoveryApi::FlowApi => error,
                DiscoveryApi::EnvironmentApi => error.hint(NO_OWN_HOST),
            };
            Failure::again(error, None)
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
            signed: false,
        };
        let verdict = verdict::of_discovery(evidence);
        let error = answer::error(
            world,
            &head,
            service.as_ref(),
            verdict,
            Stage::Discovery,
            [Some(bearer), None],
        );
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
        if self.settings.discovery == DiscoveryApi::EnvironmentApi {
            return self.own_listing_address(resource_id, trigger);
        }
        let mut path = "/providers/Microsoft.ProcessSimple/environments/".to_owned();
        path.push_str(self.settings.environment.as_str());
        listing(&mut path, resource_id, trigger, "2016-11-01");
        TrustedUrl::flow_api(&self.settings.cloud, &path)
            .ok_or_else(|| FlowError::invalid(&["cloud.flowApi: not an https origin"]))
    }

    /// Where trigger URLs are asked for; only its host is of interest.
    #[must_use]
    pub fn asked_at(&self) -> Option<TrustedUrl> {
        self.listing_address("-", "-").ok()
    }

    /// The same step at the environment's own host.
    fn own_listing_address(
        &self,
        resource_id: &str,
        trigger: &str,
    ) -> Result<TrustedUrl, FlowError> {
        let Settings {
            cloud, environment, ..
        } = &*self.settings;
        let host = cloud.environment_host(environment).unwrap_or_default();
        let mut url = ["https://", &host, "/powerautomate"].concat();
        listing(
            &mut url,
            resource_id,
            trigger,
            "1&showDeprecatedCallbackUrl=false",
        );
        TrustedUrl::trigger(&url, cloud).ok_or_else(|| FlowError::invalid(&[NO_ENVIRONMENT_API]))
    }
}

fn listing(url: &mut String, resource_id: &str, trigger: &str, version: &str) {
    url.push_str("/flows/");
    percent::encode(resource_id, url);
    url.push_str("/triggers/");
    percent::encode(trigger, url);
    url.push_str("/listCallbackUrl?api-version=");
    url.push_str(version);
}

/// An answer of `listCallbackUrl` that is not the end of it.
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
    if !workflow::is_cloud_flow(values, row) {
        return Err(FlowError::new(ErrorCode::TriggerNotHttp, Stage::Workflow)
            .detail("the row is a classic process, not a cloud flow"));
    }
    if !workflow::is_on(values, row) {
        return Err(FlowError::new(ErrorCode::WorkflowOff, Stage::Workflow));
    }
    // Some environments leave the column empty; there the API takes the workflowid in its place.
    Ok(values
        .text(row, "resourceid")
        .filter(|id| !matches!(id.as_str(), "" | "." | ".."))
        .unwrap_or_else(|| workflow_id.as_str().to_owned()))
}
