//! Walks the chain of a call without running the flow, and says link by link what holds and what to do.
//!
//! Nothing is taken from a cache and no window opens. A token is looked into here and nowhere else, and no text of
//! the report has it, a signature, or anything of a definition but its trigger's settings.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;

use crate::client::Client;
use crate::discovery::{FlowRef, Found};
use crate::invocation::Target;
use crate::limits::within;
use crate::model::{
    Cloud, EnvironmentId, ErrorCode, FlowError, Foreign, SchemaName, Secret, Stage, Trigger, Who,
    triggers,
};
use crate::policy::accounts::{self, Choice};
use crate::policy::dataverse;
use crate::policy::redact::redact;
use crate::policy::text::after;
use crate::policy::trust::TrustedUrl;
use crate::port::{DataverseCall, Fact, Organization, PolicyWatch, Step, World};
use crate::rows::{self, Ask};
use crate::settings::{CacheScope, Interaction, Settings};

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// A call may work, but look at it.
    Warn,
    /// A call can't work.
    Fail,
    /// It could not be checked.
    Skip,
}

impl Outcome {
    /// The word in `Diagnosis.checks`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// A stable name, such as `token.audience`.
    pub name: &'static str,
    /// What it came to.
    pub outcome: Outcome,
    /// What was found, without secrets.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// The report.
#[derive(Debug, Default)]
pub struct Diagnosis(RefCell<Vec<Check>>);

impl Diagnosis {
    /// The checks, in the order of a call.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        self.0.borrow().clone()
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.0
            .borrow()
            .iter()
            .all(|check| check.outcome != Outcome::Fail)
    }

    fn failed(&self, name: &str) -> bool {
        let checks = self.0.borrow();
        checks
            .iter()
            .any(|check| check.name == name && check.outcome == Outcome::Fail)
    }

    #[inline(never)]
    fn add(&self, name: &'static str, outcome: Outcome, detail: &[&str], hint: &'static str) {
        self.0.borrow_mut().push(Check {
            name,
            outcome,
            detail: redact(&detail.concat()),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
        });
    }

    fn pass(&self, name: &'static str, detail: &[&str]) {
        self.add(name, Outcome::Pass, detail, "");
    }

    fn warn(&self, name: &'static str, detail: &[&str], hint: &'static str) {
        self.add(name, Outcome::Warn, detail, hint);
    }

    fn fail(&self, name: &'static str, detail: &[&str], hint: &'static str) {
        self.add(name, Outcome::Fail, detail, hint);
    }

    fn skip(&self, name: &'static str, detail: &str) {
        self.add(name, Outcome::Skip, &[detail], "");
    }

    fn error(&self, name: &'static str, error: &FlowError) {
        self.fail(name, &[&error.message], error.hint);
    }
}

/// Milliseconds after which a host that was knocked at counts as silent.
const KNOCK_MS: f64 = 5_000.0;
/// Milliseconds after which the org counts as silent.
const ORG_MS: f64 = 10_000.0;
/// A violation is told in a task of its own, after the request has failed.
const EVENT_MS: f64 = 50.0;
/// Seconds of a token's life below which it is worth a word.
const SHORT_S: f64 = 120.0;
/// Seconds by which clocks may differ.
const SKEW_S: f64 = 300.0;

impl<W: World> Client<W> {
    /// Walks the chain of a call to the flow, without running it.
    pub async fn diagnose(&self, target: &Target) -> Rc<Diagnosis> {
        // A client of its own: it knows nothing yet, asks nobody, and takes a signed URL to tell of it.
        let settings = Settings {
            interaction: Interaction::None,
            sas_allowed: true,
            cache: CacheScope::None,
            ..(*self.settings).clone()
        };
        let walk = Walk {
            quiet: Client::new(self.world.clone(), Rc::new(settings)),
            sas_allowed: self.settings.sas_allowed,
            report: Rc::default(),
            at: Cell::new("host"),
            watch: self.world.watch_policy(),
        };
        let time = self.settings.timeout_ms;
        if within(&*self.world, time, walk.all(target).boxed_local())
            .await
            .is_none()
        {
            walk.report.fail(
                walk.at.get(),
                &["No answer within timeoutMs."],
                ErrorCode::Timeout.hint(),
            );
            walk.policy();
        }
        walk.report
    }
}

struct Walk<W> {
    quiet: Client<W>,
    sas_allowed: bool,
    report: Rc<Diagnosis>,
    /// The check that is under way, should time run out.
    at: Cell<&'static str>,
    watch: Box<dyn PolicyWatch>,
}

/// What a token says of its user.
struct User {
    names: Vec<String>,
}

impl<W: World> Walk<W> {
    async fn all(&self, target: &Target) {
        let version = ["entra-flow ", env!("CARGO_PKG_VERSION"), " runs."];
        self.report.pass("module", &version);
        let org = self.host().await;
        self.account();
        let user = self.token(org.as_ref()).await;
        let url = match target {
            Target::Flow(flow) => {
                let may_list = self.flow(flow, user.as_ref()).await;
                self.discovered(flow, user.is_some() && may_list).await
            }
            Target::Variable(name) => {
                self.no_row(
                    "An environment variable was named: it does not tell which flow is behind it.",
                );
                self.read(name).await
            }
            Target::Url(url) => {
                self.no_row("A URL was given: it does not tell which flow is behind it.");
                self.given(url)
            }
        };
        self.reach(url).await;
        self.policy();
    }

    /// The page, its environment and its cloud.
    async fn host(&self) -> Option<Organization> {
        let (report, settings) = (&self.report, &self.quiet.settings);
        let origin = self.quiet.world.origin().unwrap_or_default();
        let host = after(&origin, "://").unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let pages = Cloud::of_org_host(host);
        match &pages {
            Some(_) => report.pass("host", &["The page is one of the org's: ", &origin, "."]),
            None => report.warn(
                "host",
                &["The page is not one of an org's: ", &origin, "."],
                "Tokens and rows come only from what was passed as auth and webApi; run it in a model-driven app's page.",
            ),
        }
        self.at.set("environment");
        // Worth knowing, and nothing that the rest would have to wait for.
        let world = &*self.quiet.world;
        let asked = within(world, ORG_MS, world.organization().boxed_local()).await;
        let org = asked.flatten();
        let own = org
            .as_ref()
            .and_then(|org| EnvironmentId::parse(org.environment_id.as_deref()?));
        let wanted = settings.environment.as_str();
        match own {
            Some(own) if own == settings.environment => {
                report.pass("environment", &[wanted, " is the org's own."]);
            }
            Some(own) => report.fail(
                "environment",
                &["The client asks in environment ", wanted, ", and the org's own is ", own.as_str(), "."],
                "Leave environmentId out or pass the org's own: a flow's row and its trigger URL are in the same environment.",
            ),
            None => report.warn(
                "environment",
                &[wanted, " could not be compared: the org did not say which environment it is."],
                ErrorCode::EnvironmentUnknown.hint(),
            ),
        }
        let cloud = &settings.cloud;
        match pages {
            Some(pages) if pages.name() == cloud.name() => {
                report.pass("cloud", &[cloud.name(), ", as the org's host says."]);
            }
            Some(pages) if !cloud.is_custom() => report.fail(
                "cloud",
                &[
                    "The client was made for ",
                    cloud.name(),
                    ", and the org's host is of ",
                    pages.name(),
                    ".",
                ],
                "Leave cloud out: it follows the org's host.",
            ),
            _ => report.warn(
                "cloud",
                &[
                    cloud.name(),
                    " by option: ",
                    cloud.flow_api(),
                    " for tokens of ",
                    cloud.audience(),
                    ".",
                ],
                ErrorCode::CloudUnknown.hint(),
            ),
        }
        org
    }

    fn account(&self) {
        const NAME: &str = "account";
        let (report, world) = (&self.report, &self.quiet.world);
        let Settings {
            account,
            login_hint,
            tenant_id,
            ..
        } = &*self.quiet.settings;
        if world.is_function() {
            return report.skip(NAME, "getToken chooses the account by itself.");
        }
        if let Some(account) = account {
            let name = world.text(account, "username").unwrap_or_default();
            return report.pass(NAME, &["The account that was passed ", &name]);
        }
        let known = match world.accounts() {
            Ok(known) => known,
            Err(_) => {
                return report.fail(
                    NAME,
                    &["getAllAccounts of the MSAL instance failed."],
                    "Await initialize() of the MSAL instance before passing it.",
                );
            }
        };
        match accounts::choose(&known, login_hint.as_deref(), tenant_id.as_deref()) {
            Choice::Account(found) => report.pass(NAME, &[&found.username]),
            Choice::Ambiguous => report.fail(
                NAME,
                &["Several accounts are signed in, and nothing says which one is meant."],
                "Pass account or loginHint, or let the user choose with signIn() in a click handler.",
            ),
            Choice::Unknown if known.is_empty() => report.warn(
                NAME,
                &["MSAL knows no account: nobody has signed in to the app here."],
                ErrorCode::InteractionRequired.hint(),
            ),
            Choice::Unknown => report.warn(
                NAME,
                &["None of MSAL's accounts is of this tenant and sign-in name."],
                "Check tenantId and loginHint, or call signIn() in a click handler.",
            ),
        }
    }

    async fn token(&self, org: Option<&Organization>) -> Option<User> {
        let report = &self.report;
        self.at.set("token");
        match self.quiet.tokens.get().await {
            Ok(token) => {
                let claims = self.claims(&token);
                match claims {
                    Some(claims) => {
                        report.pass("token", &["A token could be had without a window."]);
                        Some(self.looked_into(&claims, org))
                    }
                    None => {
                        report.warn(
                            "token",
                            &["There is one, but it is no JSON Web Token: its claims can't be checked."],
                            "Check that auth answers with the access token for the flow service.",
                        );
                        self.no_claims("The token can't be read.");
                        Some(User { names: Vec::new() })
                    }
                }
            }
            Err(error) => {
                report.error("token", &error);
                self.no_claims("There is no token.");
                None
            }
        }
    }

    fn no_claims(&self, why: &str) {
        for name in [
            "token.audience",
            "token.tenant",
            "token.expiry",
            "token.scope",
        ] {
            self.report.skip(name, why);
        }
    }

    fn claims(&self, token: &Secret) -> Option<Foreign> {
        let world = &self.quiet.world;
        let payload = token.expose().split('.').nth(1)?;
        let claims = world.parse(&world.decode_base64(payload)?)?;
        // A number has no members; an array has no claims.
        world.text(&claims, "aud").is_some().then_some(claims)
    }

    fn looked_into(&self, claims: &Foreign, org: Option<&Organization>) -> User {
        let (report, world) = (&self.report, &self.quiet.world);
        let settings = &self.quiet.settings;
        let claim = |name| world.text(claims, name);

        let audience = claim("aud").unwrap_or_default();
        let wanted = settings.cloud.audience();
        if audience == wanted {
            report.pass("token.audience", &[&audience]);
        } else if audience == wanted.trim_end_matches('/') {
            report.fail(
                "token.audience",
                &["It is ", &audience, " and has to be ", wanted, ", with the slash."],
                "Ask for the scope as it is passed to getToken, with its double slash: Entra takes all before the last slash as the audience.",
            );
        } else {
            report.fail(
                "token.audience",
                &["It is ", &audience, " and has to be ", wanted, "."],
                "Ask for the scopes that are passed to getToken, and check that cloud is the org's.",
            );
        }

        let tenant = claim("tid");
        let expected = org
            .and_then(|org| org.tenant_id.as_deref())
            .or(settings.tenant_id.as_deref());
        match (&tenant, expected) {
            (Some(tenant), Some(wanted)) if tenant.eq_ignore_ascii_case(wanted) => {
                report.pass("token.tenant", &[tenant, " is the environment's."]);
            }
            (Some(tenant), Some(wanted)) => report.fail(
                "token.tenant",
                &["The token is of tenant ", tenant, ", and the environment of ", wanted, "."],
                "Sign in to the environment's tenant: set the MSAL instance's authority to it, and pass an account of it.",
            ),
            (Some(tenant), None) => {
                report.skip("token.tenant", &["Nobody says of which tenant the environment is; the token is of ", tenant, "."].concat());
            }
            (None, _) => report.warn(
                "token.tenant",
                &["The token names no tenant."],
                "Get it from Entra for a user of the tenant.",
            ),
        }

        self.expiry(claims);

        let scopes = claim("scp").unwrap_or_default();
        if scopes.is_empty() {
            report.fail(
                "token.scope",
                &["The token has no delegated scope: it is the app's own, no user's."],
                ErrorCode::DelegatedTokenRequired.hint(),
            );
        } else if scopes.split(' ').any(|scope| scope == "User") {
            report.pass("token.scope", &[&scopes]);
        } else {
            report.warn(
                "token.scope",
                &["The token's scopes are ", &scopes, ", without User."],
                "Give the app registration the delegated permission Power Automate → User, and consent to it.",
            );
        }

        let names = ["oid", "upn", "unique_name", "preferred_username", "email"];
        User {
            names: names.into_iter().filter_map(claim).collect(),
        }
    }

    fn expiry(&self, claims: &Foreign) {
        const NAME: &str = "token.expiry";
        let (report, world) = (&self.report, &self.quiet.world);
        let now = world.date_ms() / 1000.0;
        let left = world.number(claims, "exp").map(|end| end - now);
        let early = world.number(claims, "nbf").map_or(0.0, |start| start - now);
        match left {
            _ if early > SKEW_S => report.warn(
                NAME,
                &["The token is valid only from later on: this device's clock is slow."],
                "Set the device's clock.",
            ),
            Some(left) if left <= 0.0 => report.fail(
                NAME,
                &["The token has expired, or this device's clock is fast."],
                "Let auth renew its token (forceRefresh asks for it), and check the device's clock.",
            ),
            Some(left) if left < SHORT_S => report.warn(
                NAME,
                &["The token expires within two minutes."],
                "Let auth renew tokens before they end, as MSAL does.",
            ),
            Some(_) => report.pass(NAME, &["It is valid for more than two minutes."]),
            None => report.warn(
                NAME,
                &["The token does not say when it ends."],
                "Check that auth answers with an access token of Entra's.",
            ),
        }
    }

    /// The flow's row and what is in it; whether its URL may be asked for.
    async fn flow(&self, flow: &FlowRef, user: Option<&User>) -> bool {
        let (report, world) = (&self.report, &self.quiet.world);
        self.at.set("workflow.read");
        let read = Ask {
            call: DataverseCall::Retrieve {
                table: "workflow",
                id: &flow.workflow_id,
                options: "?$select=resourceid,statecode,category,clientdata",
            },
            stage: Stage::Workflow,
            code_of: dataverse::workflow_code,
            step: Step::Workflow,
            about: ("workflowId", Fact::Text(Some(flow.workflow_id.as_str()))),
        };
        let row = match rows::once(&**world, read).await {
            Ok(row) => row,
            Err(failure) => {
                report.error("workflow.read", failure.error());
                for name in ROW_CHECKS.into_iter().skip(1) {
                    report.skip(name, "The flow's row can't be read.");
                }
                return false;
            }
        };
        report.pass("workflow.read", &["The user may read the flow's row."]);
        let state = world.number(&row, "statecode");
        if state.is_none_or(|state| state == 1.0) {
            report.pass("workflow.on", &["The flow is on."]);
        } else if state == Some(2.0) {
            report.fail(
                "workflow.on",
                &["The flow is suspended."],
                "Look in Power Automate why: a data policy forbids one of its connectors, or it failed for too long. Then turn it on.",
            );
        } else {
            report.fail(
                "workflow.on",
                &["The flow is off."],
                ErrorCode::WorkflowOff.hint(),
            );
        }
        let is_cloud_flow = world
            .number(&row, "category")
            .is_none_or(|category| category == 5.0);
        if !is_cloud_flow {
            report.fail(
                "trigger.kind",
                &["The row is a classic process, not a cloud flow."],
                ErrorCode::TriggerNotHttp.hint(),
            );
        } else if let Some(all) = triggers(&**world, &row) {
            if let Some(trigger) = self.kind(flow, &all) {
                self.who(trigger, user);
                return state.is_none_or(|state| state == 1.0);
            }
        } else {
            report.warn(
                "trigger.kind",
                &["The flow's definition (clientdata) can't be read."],
                "Open the flow in Power Automate and save it.",
            );
        }
        for name in ["trigger.auth", "trigger.allowedUser"] {
            report.skip(name, "There is no trigger to look at.");
        }
        is_cloud_flow && state.is_none_or(|state| state == 1.0) && !report.failed("trigger.kind")
    }

    fn kind<'a>(&self, flow: &FlowRef, all: &'a [Trigger]) -> Option<&'a Trigger> {
        const NAME: &str = "trigger.kind";
        let report = &self.report;
        let named = all.iter().find(|trigger| trigger.name == flow.trigger);
        let http = all.iter().find(|trigger| trigger.is_http);
        match (named, http) {
            (Some(trigger), _) if trigger.is_http => {
                let path = trigger.relative_path.as_deref().unwrap_or_default();
                let slash = if path.is_empty() || path.starts_with('/') {
                    ""
                } else {
                    "/"
                };
                report.pass(
                    NAME,
                    &[
                        "\"",
                        &trigger.name,
                        "\" is an HTTP trigger: ",
                        &trigger.method,
                        " …/paths/invoke",
                        slash,
                        path,
                    ],
                );
                return Some(trigger);
            }
            (None, Some(other)) => report.fail(
                NAME,
                &[
                    "The flow has no trigger \"",
                    &flow.trigger,
                    "\"; its HTTP trigger is \"",
                    &other.name,
                    "\".",
                ],
                "Pass the trigger's name: flow({ workflowId, trigger }).",
            ),
            (found, _) => {
                let found = found.or(all.first());
                let kind = found.map_or("none", |trigger| trigger.kind.as_str());
                report.fail(
                    NAME,
                    &["The flow's trigger is not HTTP; it is: ", kind, "."],
                    ErrorCode::TriggerNotHttp.hint(),
                );
            }
        }
        None
    }

    fn who(&self, trigger: &Trigger, user: Option<&User>) {
        const NAME: &str = "trigger.allowedUser";
        let report = &self.report;
        match trigger.who {
            Who::Anyone if self.sas_allowed => report.warn(
                "trigger.auth",
                &["Anyone who has the URL may run the flow."],
                ErrorCode::SasRefused.hint(),
            ),
            Who::Anyone => report.fail(
                "trigger.auth",
                &["Anyone who has the URL may run the flow, and sas is \"refuse\"."],
                ErrorCode::SasRefused.hint(),
            ),
            Who::Tenant => report.pass(
                "trigger.auth",
                &["Any user of the tenant may run the flow."],
            ),
            Who::Users => report.pass("trigger.auth", &["Users of a list may run the flow."]),
        }
        if trigger.who != Who::Users {
            return report.skip(NAME, "The trigger has no list of users.");
        }
        let listed = |name: &String| {
            let users = &mut trigger.allowed_users.iter();
            users.any(|user| user.eq_ignore_ascii_case(name))
        };
        match user {
            Some(user) if user.names.iter().any(listed) => {
                report.pass(NAME, &["The user is on the list."]);
            }
            Some(user) if !user.names.is_empty() => {
                if trigger
                    .allowed_users
                    .iter()
                    .any(|user| user.starts_with('@'))
                {
                    return report.skip(
                        NAME,
                        "The list is an expression, known only when the flow runs.",
                    );
                }
                let first = user.names.first().map_or("", String::as_str);
                report.fail(
                    NAME,
                    &[
                        "The user is not on the trigger's list; the token's object id is ",
                        first,
                        ".",
                    ],
                    "Add the user to \"Allowed users\" in the flow's trigger, by object id.",
                );
            }
            _ => report.skip(NAME, "There is no token that says who the user is."),
        }
    }

    async fn discovered(&self, flow: &FlowRef, may_ask: bool) -> Option<TrustedUrl> {
        let report = &self.report;
        self.at.set("callbackUrl");
        if !may_ask {
            report.skip("callbackUrl", "It can't be asked for: see above.");
            for name in URL_CHECKS {
                report.skip(name, "There is no URL to look at.");
            }
            return None;
        }
        let outcome = self.quiet.discovery.ask(flow).outcome().await;
        self.found(outcome, &["The flow service gave it out."], true)
    }

    fn no_row(&self, why: &str) {
        for name in ROW_CHECKS {
            self.report.skip(name, why);
        }
    }

    async fn read(&self, name: &SchemaName) -> Option<TrustedUrl> {
        self.at.set("callbackUrl");
        let outcome = self.quiet.variables.ask(name).outcome().await;
        self.found(
            outcome,
            &["The environment variable ", name.as_str(), " holds one."],
            false,
        )
    }

    fn found(
        &self,
        outcome: Result<Found, FlowError>,
        whence: &[&str],
        discovered: bool,
    ) -> Option<TrustedUrl> {
        let report = &self.report;
        match outcome {
            Ok(found) => {
                report.pass("callbackUrl", whence);
                self.form(&found.url, discovered);
                Some(found.url)
            }
            Err(error) if error.code == ErrorCode::UntrustedUrl => {
                report.pass("callbackUrl", whence);
                self.untrusted(&error);
                None
            }
            Err(error) => {
                report.error("callbackUrl", &error);
                for name in URL_CHECKS {
                    report.skip(name, "There is no URL to look at.");
                }
                None
            }
        }
    }

    fn given(&self, url: &str) -> Option<TrustedUrl> {
        self.report.pass("callbackUrl", &["It was given."]);
        match self.quiet.trusted(url) {
            Ok(url) => {
                self.form(&url, false);
                Some(url)
            }
            Err(error) => {
                self.untrusted(&error);
                None
            }
        }
    }

    fn untrusted(&self, error: &FlowError) {
        let [trusted, others @ ..] = URL_CHECKS;
        self.report.error(trusted, error);
        for name in others {
            self.report.skip(name, "The URL is not trusted.");
        }
    }

    fn form(&self, url: &TrustedUrl, discovered: bool) {
        let report = &self.report;
        let [trusted, old, sas] = URL_CHECKS;
        let host = url.host();
        report.pass(trusted, &[host, " is the flow service's."]);
        // The hosts of sovereign clouds were not stopped.
        let is_old = self.quiet.settings.cloud.name() == "public"
            && host.to_ascii_lowercase().ends_with(".logic.azure.com");
        if is_old {
            let outcome = if discovered {
                Outcome::Warn
            } else {
                Outcome::Fail
            };
            report.add(
                old,
                outcome,
                &["The URL is of the old form (logic.azure.com), which stopped on 2025-11-30 in most environments."],
                "Call the flow by its workflowId, or take its URL from the trigger again: the new one is on api.powerplatform.com.",
            );
        } else {
            report.pass(old, &["The URL is of today's form."]);
        }
        if url.has_sas() {
            let outcome = if self.sas_allowed {
                Outcome::Warn
            } else {
                Outcome::Fail
            };
            report.add(
                sas,
                outcome,
                &["The URL carries a SAS signature: anyone who has it can run the flow."],
                ErrorCode::SasRefused.hint(),
            );
        } else {
            report.pass(sas, &["The URL is no SAS URL; the token decides."]);
        }
    }

    /// Whether the page gets through to the trigger's host, or at least to the flow service's.
    async fn reach(&self, url: Option<TrustedUrl>) {
        const NAME: &str = "reach";
        self.at.set(NAME);
        let world = &self.quiet.world;
        let Some(url) = url.or_else(|| self.quiet.discovery.asked_at()) else {
            return self.report.skip(NAME, "There is no host to ask.");
        };
        let answered = within(&**world, KNOCK_MS, world.knock(&url).boxed_local()).await;
        world.sleep(EVENT_MS).await;
        if answered == Some(true) {
            self.report.pass(NAME, &[url.host(), " answers."]);
        } else {
            self.report.fail(
                NAME,
                &[url.host(), " does not answer, or the page may not ask it."],
                ErrorCode::Network.hint(),
            );
        }
    }

    fn policy(&self) {
        const NAME: &str = "csp";
        let report = &self.report;
        let seen = self.watch.seen();
        if seen.is_empty() {
            return report.pass(
                NAME,
                &["The page's content security policy blocked none of this."],
            );
        }
        let blocks = seen.iter().any(|violation| !violation.only_reported)
            && ["token", "callbackUrl", "reach"]
                .into_iter()
                .any(|name| report.failed(name));
        let mut told = String::new();
        for violation in &seen {
            let verb = if violation.only_reported {
                " reports "
            } else {
                " blocks "
            };
            let line = [&violation.directive, verb, origin_of(&violation.blocked)].concat();
            if after(&told, &line).is_none() {
                told.push_str(if told.is_empty() { "" } else { ", " });
                told.push_str(&line);
            }
        }
        report.add(
            NAME,
            if blocks { Outcome::Fail } else { Outcome::Warn },
            &["The page's content security policy: ", &told, "."],
            "Ask an admin to allow these hosts in the named directive of the environment's content security policy (Power Platform admin center → Environment → Settings → Privacy + Security).",
        );
    }
}

/// What only a flow's row tells.
const ROW_CHECKS: [&str; 5] = [
    "workflow.read",
    "workflow.on",
    "trigger.kind",
    "trigger.auth",
    "trigger.allowedUser",
];
/// What a URL tells by itself.
const URL_CHECKS: [&str; 3] = ["callbackUrl.trusted", "callbackUrl.host", "callbackUrl.sas"];

/// A blocked URL without its path and query, where a signature may be.
fn origin_of(url: &str) -> &str {
    let Some(rest) = after(url, "://") else {
        return url.split(['?', '/', ' ']).next().unwrap_or_default();
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let end = url
        .len()
        .saturating_sub(rest.len())
        .saturating_add(authority);
    url.split_at(end).0
}
