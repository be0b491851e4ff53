//! What can go wrong, as a value. The table of codes here is the one source of docs/errors.md and of the
//! TypeScript union `FlowErrorCode`; tests/error_docs.rs holds both to it.

use std::fmt;

use super::{Foreign, Guid};

/// The step of a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading what the caller passed.
    Options,
    /// Loading the module.
    Load,
    /// Getting a token.
    Token,
    /// Reading the `workflow` row.
    Workflow,
    /// Asking for the callback URL.
    Discovery,
    /// Calling the flow.
    Invoke,
    /// Following an accepted answer.
    Poll,
    /// Working with an operation's row.
    Operation,
}

impl Stage {
    /// The word in `FlowError.stage`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Options => "options",
            Self::Load => "load",
            Self::Token => "token",
            Self::Workflow => "workflow",
            Self::Discovery => "discovery",
            Self::Invoke => "invoke",
            Self::Poll => "poll",
            Self::Operation => "operation",
        }
    }
}

macro_rules! error_codes {
    ($( $variant:ident $name:literal $retryable:literal $summary:literal $hint:literal; )+) => {
        /// What failed, as a stable word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $( #[doc = $summary] $variant, )+
        }

        impl ErrorCode {
            /// All codes, in the order in which a call can meet them.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            const fn row(self) -> &'static Row {
                match self {
                    $( Self::$variant => &Row { name: $name, summary: $summary, hint: $hint, retryable: $retryable }, )+
                }
            }
        }
    };
}

struct Row {
    name: &'static str,
    summary: &'static str,
    hint: &'static str,
    retryable: bool,
}

error_codes! {
    InvalidArgument "invalid_argument" false
        "An argument can't be used"
        "Correct the argument that the message names.";
    ModuleBlocked "module_blocked" false
        "The page's content security policy keeps WebAssembly from loading"
        "Ask an admin to add 'wasm-unsafe-eval' to script-src in the environment's content security policy (Power Platform admin center → Environment → Settings → Privacy + Security), or use entra-flow/compat, which is plain JavaScript.";
    HostNotFound "host_not_found" false
        "No Power Apps host was found"
        "Call it in a page of a model-driven app, where Xrm or a PCF context exists, or use FlowClient.create with a webApi and an environmentId.";
    EnvironmentUnknown "environment_unknown" false
        "The environment's id could not be found"
        "Pass environmentId; it is in the address of make.powerautomate.com and in the Power Platform admin center.";
    CloudUnknown "cloud_unknown" false
        "The org's host belongs to no known cloud"
        "Pass cloud: one of public, gcc, gccHigh, dod, china, or your own endpoints.";
    InteractionRequired "interaction_required" false
        "The user has to sign in or consent"
        "Show a sign-in button and call signIn() in its click handler, then repeat the call.";
    PopupBlocked "popup_blocked" false
        "The browser blocked the sign-in window"
        "Call signIn() directly in a click handler, or allow pop-ups for this site.";
    SignInCancelled "sign_in_cancelled" true
        "The sign-in was cancelled"
        "Let the user start the sign-in again.";
    TokenFailed "token_failed" false
        "No token could be obtained"
        "Check the app registration: a single-page-application redirect URI on the org's origin and the delegated permission Power Automate → User.";
    WorkflowNotFound "workflow_not_found" false
        "This environment has no such flow, or the user may not see it"
        "Check the workflowid and that the solution with the flow is imported into this environment.";
    WorkflowForbidden "workflow_forbidden" false
        "The user may not read the workflow table"
        "Give the user's security role Read on Process (workflow), or publish the trigger URL into an environment variable and call the flow by that.";
    WorkflowOff "workflow_off" false
        "The flow is turned off"
        "Turn the flow on in Power Automate; flows are often off after an import until their connections are set.";
    VariableNotFound "variable_not_found" false
        "This environment has no such environment variable"
        "Check the schema name and that its solution is imported.";
    VariableEmpty "variable_empty" false
        "The environment variable has no value"
        "Publish the flow's trigger URL into the environment variable.";
    TriggerNotHttp "trigger_not_http" false
        "The flow has no HTTP trigger"
        "Only flows that start with \"When an HTTP request is received\" can be called; a button or Power Apps trigger can't.";
    DiscoveryForbidden "discovery_forbidden" false
        "The user may not ask for this flow's trigger URL"
        "Share the flow with the user, or publish its trigger URL into an environment variable and call it by that.";
    DelegatedTokenRequired "delegated_token_required" false
        "The Power Automate API takes only tokens of a signed-in user"
        "Get the token for a user (delegated), not for the app itself.";
    DiscoveryFailed "discovery_failed" false
        "The trigger URL could not be obtained"
        "Check that environmentId is the environment that the flow is in.";
    UntrustedUrl "untrusted_url" false
        "The trigger URL is not one of Microsoft's flow service, so no token was sent to it"
        "Correct the URL; it must be https, without a user name, on a host of this cloud's flow service. A gateway of your own has to be named in cloud.triggerHosts.";
    SasRefused "sas_refused" false
        "The flow's trigger URL carries a SAS signature: anyone who has it can run the flow"
        "Set \"Who can trigger the flow?\" to users in the tenant in the flow's trigger, or pass sas: \"allow\" if anyone may run it.";
    ClaimsMismatch "claims_mismatch" false
        "The flow does not accept this user's token"
        "The user must belong to the flow's tenant and, where the trigger names specific users, be on that list; the token's audience must be the flow service's, including the trailing slash.";
    Unauthorized "unauthorized" false
        "The flow service refused the request's authorization"
        "Sign in again; if it persists, compare the flow's setting \"Who can trigger the flow?\" with how it is called.";
    InputRejected "input_rejected" false
        "The flow's trigger refused the input"
        "Compare the body with the trigger's JSON schema: a null is refused where the schema names a type.";
    FlowOff "flow_off" false
        "The flow is off, suspended or deleted"
        "Turn the flow on in Power Automate; if it is not there, it was deleted.";
    FlowGone "flow_gone" false
        "The trigger URL leads to no flow any more"
        "The flow was deleted or re-created; check whether it still exists in this environment.";
    FlowFailed "flow_failed" false
        "The flow answered with an error of its own"
        "Look at the flow's run in Power Automate; its answer is in data.";
    NoResponse "no_response" false
        "The flow did not answer in time; it may still be running"
        "Have the flow answer within 120 s, or do long work by the record pattern: operation().";
    OperationFailed "operation_failed" false
        "The operation failed"
        "Read the message that the flow wrote, and look at the run in Power Automate.";
    OutputInvalid "output_invalid" false
        "The answer is not what it should be"
        "Compare what the flow answers or writes with responseType and schema; issues says what a schema found.";
    Throttled "throttled" true
        "The service is throttling this user or flow"
        "Wait and try again; call less often or combine calls.";
    Network "network" true
        "The service could not be reached"
        "Check the connection; if only this call fails, see that the page's content security policy allows the host in connect-src and that the flow's trigger accepts the headers you add.";
    Timeout "timeout" true
        "There was no answer in time"
        "Try again; if it persists, have the flow answer earlier, or give it longer with timeoutMs.";
    Aborted "aborted" false
        "The call was cancelled by its signal"
        "Nothing to fix; mayHaveRun tells whether the flow may have been started before.";
    ServiceError "service_error" true
        "The service failed"
        "Try again later; if it persists, give serviceMessage and correlationId to Microsoft support.";
}

impl ErrorCode {
    /// The word in `FlowError.code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// What happened, in a sentence without its stop.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.row().summary
    }

    /// What to do about it, where nothing more precise is known.
    #[must_use]
    pub fn hint(self) -> &'static str {
        self.row().hint
    }

    /// Whether the same call can succeed later with nothing changed.
    #[must_use]
    pub fn retryable(self) -> bool {
        self.row().retryable
    }
}

/// The service's own words for an error: `{"error":{"code","message"}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceError {
    /// A stable word such as `MisMatchingOAuthClaims`.
    pub code: String,
    /// A sentence for people; redacted before it is shown.
    pub message: Option<String>,
}

/// Why a call failed: what a caller needs to decide and a person needs to act.
///
/// Boxed, since it travels through every `Result` and is rare.
#[derive(Clone)]
pub struct FlowError(Box<Fields>);

/// The fields of [`FlowError`], by the names of its TypeScript class.
#[derive(Clone)]
pub struct Fields {
    /// What failed.
    pub code: ErrorCode,
    /// The step in which it failed.
    pub stage: Stage,
    /// What happened, for a person. No secret ever is in it.
    pub message: String,
    /// What to do about it, one sentence.
    pub hint: &'static str,
    /// The flow may have executed.
    pub may_have_run: bool,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The service's error code.
    pub service_code: Option<String>,
    /// The service's error message, redacted.
    pub service_message: Option<String>,
    /// The id by which the service's support finds the request.
    pub correlation_id: Option<String>,
    /// The flow run.
    pub run_id: Option<String>,
    /// The headers of the flow's own answer.
    pub headers: Option<Foreign>,
    /// The body of the flow's own answer.
    pub data: Option<Foreign>,
    /// What a schema found in the answer.
    pub issues: Option<Foreign>,
    /// What the host threw.
    pub cause: Option<Foreign>,
    /// The flows that failed, of many that were asked for at once.
    pub failures: Vec<(Guid, FlowError)>,
}

impl FlowError {
    /// An error with its code's own summary and hint.
    // Errors are made in many places and rarely: the size of a call counts, not its speed.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(code: ErrorCode, stage: Stage) -> Self {
        Self(Box::new(Fields {
            code,
            stage,
            message: [code.summary(), "."].concat(),
            hint: code.hint(),
            may_have_run: false,
            status: None,
            service_code: None,
            service_message: None,
            correlation_id: None,
            run_id: None,
            headers: None,
            data: None,
            issues: None,
            cause: None,
            failures: Vec::new(),
        }))
    }

    /// An argument that can't be used; `problem`, in parts, starts with its name.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn invalid(problem: &[&str]) -> Self {
        let mut error = Self::new(ErrorCode::InvalidArgument, Stage::Options);
        error.0.message = problem.concat();
        error
    }

    /// Adds what is known beyond the code's summary.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        self.0.message = [self.code.summary(), ": ", detail].concat();
        self
    }

    /// Adds what a service or host said, if it said anything.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn said(self, said: Option<&str>) -> Self {
        match said {
            Some(said) => self.detail(said),
            None => self,
        }
    }

    /// Replaces the code's hint by one that fits the case, if there is one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Option<&'static str>>) -> Self {
        if let Some(hint) = hint.into() {
            self.0.hint = hint;
        }
        self
    }

    /// Keeps what the host threw, for a developer's console.
    #[must_use]
    pub fn cause(mut self, cause: Option<Foreign>) -> Self {
        self.0.cause = cause;
        self
    }

    /// Says what is known of the flow's having run.
    #[must_use]
    pub fn may_have_run(mut self, may: bool) -> Self {
        self.0.may_have_run = may;
        self
    }

    /// Changes any of the fields.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Fields)) -> Self {
        change(&mut self.0);
        self
    }
}

impl std::ops::Deref for FlowError {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        f.write_str(" at ")?;
        f.write_str(self.stage.as_str())?;
        f.write_str(": ")?;
        f.write_str(&self.message)
    }
}

/// A line: the fields are many, and hold what should not be printed.
impl fmt::Debug for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for FlowError {}
