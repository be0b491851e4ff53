//! A call as the caller makes it, and a flow's answer to it.

use crate::limits::Abort;
use crate::model::{FlowRef, Foreign, SchemaName, Secret};
use crate::on_behalf_of::OnBehalfOf;
use crate::policy::request::Method;
use crate::port::ReadAs;
use crate::schema::Schema;

/// What a call is made to.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A flow whose trigger URL is discovered.
    Flow(FlowRef),
    /// An environment variable that holds the trigger URL.
    Variable(SchemaName),
    /// A trigger URL that the caller has already; checked like any other.
    Url(String),
}

/// What a trigger URL is asked of, where the caller has none.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// The flow's row and the service.
    Flow(&'a FlowRef),
    /// An environment variable.
    Variable(&'a SchemaName),
}

impl Target {
    /// What to ask, or the URL itself.
    ///
    /// # Errors
    /// The URL: there is nothing to ask.
    pub fn source(&self) -> Result<Source<'_>, &str> {
        match self {
            Self::Flow(flow) => Ok(Source::Flow(flow)),
            Self::Variable(name) => Ok(Source::Variable(name)),
            Self::Url(url) => Err(url),
        }
    }
}

/// The caller's word on which statuses are answers. It may throw.
pub type AcceptStatus = Box<dyn Fn(u16) -> Result<bool, Foreign>>;

/// A call as the caller made it; `invocation` checks it.
pub struct Call {
    /// The method.
    pub method: Method,
    /// The relative path, a segment each.
    pub path: Vec<String>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Request headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Foreign>,
    /// How to read the answer; by its content type where it is not given.
    pub read_as: Option<ReadAs>,
    /// Milliseconds for the whole call.
    pub timeout_ms: f64,
    /// The caller's signal.
    pub abort: Option<Abort>,
    /// The caller's word that running the flow twice is harmless.
    pub idempotent: bool,
    /// Which statuses are answers; 2xx where it is not given.
    pub accept: Option<AcceptStatus>,
    /// A second token, for the flow to exchange.
    pub on_behalf_of: Option<OnBehalfOf>,
    /// That token, once it is there: to be found wherever an answer repeats it.
    pub second_token: Option<Secret>,
    /// Whether a 202 is followed to the flow's own answer.
    pub follow: bool,
    /// What the answer is held to.
    pub schema: Option<Schema>,
}

/// A flow's answer.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that the page may read.
    pub headers: Foreign,
    /// The body, read as the call asked.
    pub data: Foreign,
    /// The flow goes on after this answer.
    pub accepted: bool,
    /// The flow run.
    pub run_id: Option<String>,
    /// The client tracking id.
    pub tracking_id: Option<String>,
    /// Requests sent to the trigger URL.
    pub attempts: u32,
    /// Milliseconds from the call to this answer.
    pub duration_ms: f64,
}
