//! What we need from the world, in the domain's words. The browser implements it in `browser/`; the native
//! tests implement it with scripts and a virtual clock.
//!
//! One thread, so nothing here is `Send`. A future that is dropped stops what it was doing: that is how a
//! call is cancelled.
#![allow(async_fn_in_trait)]

use futures_util::future::LocalBoxFuture;

use crate::model::{ErrorCode, Foreign, Guid, Secret};
use crate::policy::accounts::Candidate;
use crate::policy::request::Method;
use crate::policy::trust::TrustedUrl;

/// All ports together.
pub trait World:
    Clock + Page + PageCache + Telemetry + TokenSource + Dataverse + Values + Http + 'static
{
}

impl<T: Clock + Page + PageCache + Telemetry + TokenSource + Dataverse + Values + Http + 'static>
    World for T
{
}

/// Time, chance, and work that outlives the caller who started it.
pub trait Clock {
    /// Milliseconds on a clock that never goes back; only differences mean anything.
    fn now_ms(&self) -> f64;
    /// Milliseconds since 1970, to compare dates with.
    fn date_ms(&self) -> f64;
    /// Ends after that many milliseconds.
    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()>;
    /// A number in `[0, 1)`.
    fn random(&self) -> f64;
    /// Runs a future to its end, whoever still waits for it.
    fn spawn(&self, work: LocalBoxFuture<'static, ()>);
}

/// The page we run in.
pub trait Page {
    /// Whether the browser would let a window open now (transient user activation).
    fn would_open_a_popup(&self) -> bool;
    /// Whether nobody can see the page: a tab in the background, a window behind others.
    fn is_hidden(&self) -> bool;
    /// Text from base64, of either alphabet.
    fn decode_base64(&self, text: &str) -> Option<String>;
    /// Milliseconds since 1970 of an HTTP date.
    fn parse_date(&self, text: &str) -> Option<f64>;
    /// The page's origin: `https://contoso.crm4.dynamics.com`.
    fn origin(&self) -> Option<String>;
    /// What the page's org says of its environment.
    async fn organization(&self) -> Option<Organization>;
    /// Notes what the page's content security policy blocks, until it is dropped.
    fn watch_policy(&self) -> Box<dyn PolicyWatch>;
    /// Asks a host for its root, without token, cookie or path, so that no flow can start; whether it answered.
    async fn knock(&self, url: &TrustedUrl) -> bool;
}

/// What a content security policy blocked since the watch began.
pub trait PolicyWatch {
    /// Each `securitypolicyviolation` until now.
    fn seen(&self) -> Vec<Violation>;
}

/// A `securitypolicyviolation`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violation {
    /// The URL that was blocked, or a word such as `eval`.
    pub blocked: String,
    /// The directive: `connect-src`.
    pub directive: String,
    /// The policy only reports: nothing was blocked.
    pub only_reported: bool,
}

/// What the copies of the module on one page share: trigger URLs, and who is asking for one. Whatever is read
/// from it may have been written by any script.
pub trait PageCache {
    /// How often it was cleared; nothing where the page has none.
    fn page_epoch(&self) -> Option<f64>;
    /// The URL that was kept for a key.
    fn recall(&self, key: &str) -> Option<String>;
    /// Keeps a URL, or forgets the one that is kept.
    fn keep(&self, key: &str, url: Option<&str>);
    /// Forgets a key's URL, and who is asking for it: what was asked before may be outdated.
    fn outdate(&self, key: &str);
    /// Forgets every URL, and who is asking for one.
    fn clear_page(&self);
    /// The flight of any copy that is under way for a key.
    fn page_flight(&self, key: &str) -> Option<Foreign>;
    /// Tells the other copies of a flight of our own.
    fn announce(&self, key: &str) -> Option<Foreign>;
    /// Tells them that it ended, with a URL if it succeeded. False if another has its place, or it was outdated.
    fn land(&self, key: &str, flight: &Foreign, url: Option<&str>) -> bool;
    /// What a flight ends with. It may never end: see [`PageCache::is_aloft`].
    fn landing(&self, flight: &Foreign) -> LocalBoxFuture<'static, Option<String>>;
    /// Whether the document that a flight belongs to is still there.
    fn is_aloft(&self, flight: &Foreign) -> bool;
}

/// A step of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A token was asked for.
    Token,
    /// The flow's row was read.
    Workflow,
    /// An environment variable was read, or written.
    Variable,
    /// The trigger URL was asked for, or known.
    CallbackUrl,
    /// A request to the trigger URL.
    Invoke,
    /// A wait before something is tried again.
    Retry,
    /// A look at whether a run or an operation has ended.
    Poll,
}

impl Step {
    /// Its name in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Workflow => "workflow",
            Self::Variable => "variable",
            Self::CallbackUrl => "callbackUrl",
            Self::Invoke => "invoke",
            Self::Retry => "retry",
            Self::Poll => "poll",
        }
    }
}

/// Something that an event says of its step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact<'a> {
    /// A text; left out where there is none.
    Text(Option<&'a str>),
    /// A number; left out where there is none.
    Number(Option<f64>),
    /// Yes or no.
    Flag(bool),
}

/// A step that ended. No URL, token, body or message is in it: it may go to any log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    /// Which step.
    pub step: Step,
    /// When it began, on the clock of [`Clock::now_ms`].
    pub started_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// What it failed with.
    pub error: Option<ErrorCode>,
    /// What else there is to say, by the names of `FlowEvent`.
    pub facts: &'a [(&'static str, Fact<'a>)],
}

/// Whoever measures: the caller's callback, the browser's timeline.
pub trait Telemetry {
    /// Whether there is anybody.
    fn is_heard(&self) -> bool {
        true
    }
    /// Tells of a step that ended. It can't fail, and nothing of ours may be borrowed meanwhile.
    fn emit(&self, event: Event<'_>);
}

/// How to ask for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the cache, or with a refresh token.
    Silent,
    /// With the session of a browser that signed in elsewhere, in a hidden frame.
    Sso,
    /// In a window, with the user.
    Popup,
}

/// A token that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAsk {
    /// The scopes, of one audience.
    pub scopes: Vec<String>,
    /// A claims challenge, as JSON text.
    pub claims: Option<String>,
    /// A cached token was refused.
    pub force_refresh: bool,
}

/// Who the token is for.
#[derive(Clone, Default)]
pub struct Subject {
    /// An account of the token source's own.
    pub account: Option<Foreign>,
    /// A sign-in name.
    pub login_hint: Option<String>,
    /// Several accounts fit: the user has to choose.
    pub ambiguous: bool,
}

/// An account that the token source knows.
pub struct KnownAccount {
    /// The source's own object.
    pub handle: Foreign,
    /// The tenant the account signed in to.
    pub tenant_id: String,
    /// Its sign-in name.
    pub username: String,
    /// Its `login_hint` claim.
    pub login_hint: Option<String>,
}

impl Candidate for KnownAccount {
    fn tenant_id(&self) -> &str {
        &self.tenant_id
    }
    fn username(&self) -> &str {
        &self.username
    }
    fn login_hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }
}

/// What a token source failed with, as MSAL names it.
#[derive(Clone, Default)]
pub struct TokenFailure {
    /// The error's class by name.
    pub name: String,
    /// A stable code such as `interaction_required`.
    pub code: String,
    /// A sentence, where there is one.
    pub message: Option<String>,
    /// Entra's id of the request.
    pub correlation_id: Option<String>,
    /// What was thrown.
    pub cause: Option<Foreign>,
}

/// The host's MSAL instance, or its function.
pub trait TokenSource {
    /// Whether the host gave a function, which chooses the account by itself.
    fn is_function(&self) -> bool;
    /// The accounts that the source knows.
    ///
    /// # Errors
    /// What the source threw.
    fn accounts(&self) -> Result<Vec<KnownAccount>, Box<TokenFailure>>;
    /// Asks for a token.
    ///
    /// # Errors
    /// What the source rejected with, or that it answered without a token.
    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>>;
}

/// What the org says of its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// `Detail.EnvironmentId`.
    pub environment_id: Option<String>,
    /// `Detail.TenantId`.
    pub tenant_id: Option<String>,
}

/// What came of asking the org.
pub struct OrgAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What it said, where that could be read.
    pub organization: Option<Organization>,
}

/// What Dataverse rejected with.
#[derive(Clone, Default)]
pub struct DataverseFailure {
    /// The error code, signed or unsigned.
    pub error_code: Option<f64>,
    /// A sentence.
    pub message: String,
    /// What was thrown.
    pub cause: Option<Foreign>,
}

/// What is asked of Dataverse, by logical names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DataverseCall<'a> {
    /// `retrieveRecord`: answers with the row.
    Retrieve {
        /// The table.
        table: &'a str,
        /// The row.
        id: &'a Guid,
        /// OData query options, from the question mark on.
        options: &'a str,
    },
    /// `retrieveMultipleRecords`: answers with `entities` and, where there is more, `nextLink`.
    RetrieveMultiple {
        /// The table.
        table: &'a str,
        /// OData query options, from the question mark on.
        options: &'a str,
    },
    /// `retrieveMultipleRecords` of rows that may be large, so many at a time.
    RetrievePage {
        /// The table.
        table: &'a str,
        /// OData query options, from the question mark on: the first page's own, or those of a `nextLink`.
        options: &'a str,
        /// The most rows that one answer may have.
        size: u32,
    },
    /// `createRecord`: answers with the new row's `id`.
    Create {
        /// The table.
        table: &'a str,
        /// The columns.
        row: &'a [(&'a str, Column<'a>)],
    },
    /// `updateRecord`.
    Update {
        /// The table.
        table: &'a str,
        /// The row.
        id: &'a Guid,
        /// The columns.
        row: &'a [(&'a str, Column<'a>)],
    },
    /// `deleteRecord`.
    Delete {
        /// The table.
        table: &'a str,
        /// The row.
        id: &'a Guid,
    },
}

/// What is written into a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    /// A text.
    Text(&'a str),
    /// A number, such as an option set's value.
    Number(f64),
}

/// `Xrm.WebApi` or a PCF `context.webAPI`.
pub trait Dataverse {
    /// Asks Dataverse, as the user.
    ///
    /// # Errors
    /// What the web API rejected with.
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>>;
}

/// What the core may look into: rows and the service's small answers, never a flow's body.
///
/// A member that is missing, of another type, or whose getter throws is nothing.
pub trait Values {
    /// A member that is neither missing nor null.
    fn member(&self, value: &Foreign, name: &str) -> Option<Foreign>;
    /// A member that is a text.
    fn text(&self, value: &Foreign, name: &str) -> Option<String>;
    /// A member that is a number.
    fn number(&self, value: &Foreign, name: &str) -> Option<f64>;
    /// The members that are texts, in their order.
    fn texts(&self, value: &Foreign) -> Vec<(String, String)>;
    /// The members of an object, in their order.
    fn members(&self, value: &Foreign) -> Vec<(String, Foreign)>;
    /// The items of an array; nothing for anything else.
    fn items(&self, value: &Foreign) -> Vec<Foreign>;
    /// A member that is a JSON text, as its value: the text stays on the host's side.
    fn json(&self, value: &Foreign, name: &str) -> Option<Foreign>;
    /// The value of a JSON text.
    fn parse(&self, json: &str) -> Option<Foreign>;
}

/// A request to the flow service.
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// Where to: only a checked URL can be asked.
    pub url: &'a TrustedUrl,
    /// The token, which goes into the `Authorization` header and nowhere else.
    pub bearer: Option<&'a Secret>,
    /// Further headers, checked.
    pub headers: &'a [(String, String)],
    /// The body, as the host will send it.
    pub body: Option<&'a Foreign>,
}

/// An answer whose body was not read yet.
pub struct Head<A> {
    /// The HTTP status.
    pub status: u16,
    /// The headers, for [`Http::header`] and for the caller.
    pub headers: Foreign,
    /// The answer itself, for [`Http::read`].
    pub answer: A,
}

/// No answer came, or not all of it.
pub struct Unanswered {
    /// Whether the request may have left the browser.
    pub sent: bool,
    /// What was thrown.
    pub cause: Option<Foreign>,
}

/// How an answer's body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// As JSON.
    Json,
    /// As text.
    Text,
    /// As a Blob.
    Blob,
    /// As an ArrayBuffer.
    ArrayBuffer,
    /// Not at all: the stream itself.
    Stream,
}

/// Why a body could not be read.
pub enum Unread {
    /// It broke off.
    Broken(Unanswered),
    /// It is not what it should be; the text is kept for the caller.
    NotJson {
        /// The text as it came.
        text: Foreign,
        /// What the parser threw.
        cause: Option<Foreign>,
    },
}

/// Requests to the flow service. No redirect is followed and no cookie is sent.
pub trait Http {
    /// An answer whose body can be read; dropped before, it ends the request.
    type Answer;
    /// Sends a request.
    ///
    /// # Errors
    /// No answer came; from a page, every reason for that looks the same.
    async fn send(&self, request: Request<'_>) -> Result<Head<Self::Answer>, Unanswered>;
    /// A body of JSON text with one more member; nothing where it is no object or has that member already.
    fn with_member(&self, body: &Foreign, name: &str, value: &Secret) -> Option<Foreign>;
    /// A header of an answer, where CORS lets the page read it.
    fn header(&self, headers: &Foreign, name: &str) -> Option<String>;
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// The body broke off or is not what `how` asks for.
    async fn read(&self, answer: &Self::Answer, how: ReadAs) -> Result<Foreign, Unread>;
    /// Reads a copy of an answer's body, as JSON or else as text; the answer can still be read.
    async fn read_error(&self, answer: &Self::Answer) -> Option<Foreign>;
}
