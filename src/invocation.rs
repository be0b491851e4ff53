//! Calls a flow: at most one run a call, unless the caller said that more are harmless.

use futures_util::FutureExt;
use futures_util::future::try_join;

use crate::accepted;
use crate::answer;
use crate::call::{Answer, Call, Source, Target};
use crate::client::Client;
use crate::discovery::Found;
use crate::limits::{Progress, limited};
use crate::model::{ErrorCode, FlowError, Foreign, Secret, Stage};
use crate::on_behalf_of;
use crate::policy::redact::redact;
use crate::policy::request;
use crate::policy::trust::TrustedUrl;
use crate::policy::verdict::{self, Evidence, Remedy};
use crate::policy::{content, retry};
use crate::port::{Fact, Head, ReadAs, Request, Step, Unread, World};
use crate::schema;
use crate::telemetry::{self, is_id};
use crate::token::Bearer;

/// Why there is nothing to hold to a schema.
const ACCEPTED: &str = "The flow is still running and its answer can't be followed from this page: answer without \"Asynchronous response\", or use the record pattern.";

/// An attempt that brought no answer for the caller, and what would help.
struct Setback {
    error: FlowError,
    remedy: Remedy,
    retry_after_ms: Option<f64>,
    claims: Option<String>,
    stale_url: bool,
}

/// Makes the call within its limits.
///
/// # Errors
/// Any [`FlowError`]; `may_have_run` says what is known of the flow's having run.
pub async fn invoke<W: World>(
    client: &Client<W>,
    target: &Target,
    mut call: Box<Call>,
) -> Result<Box<Answer>, FlowError> {
    request::check_path(&call.path)?;
    request::check_headers(&call.headers)?;
    if call.body.is_some() && !call.method.takes_a_body() {
        return Err(FlowError::invalid(&[
            "body: ",
            call.method.as_str(),
            " requests have none",
        ]));
    }
    request::check_address(&call.path, &call.query)?;
    on_behalf_of::check(&*client.world, &call)?;
    if let Err(url) = target.source() {
        request::address(&client.trusted(url)?, &call.path, &call.query)?;
    }
    let progress = Progress::at(Stage::Token);
    let (abort, timeout_ms) = (call.abort.take(), call.timeout_ms);
    let work = attempts(client, target, &mut call, &progress).boxed_local();
    let mut outcome = limited(&*client.world, timeout_ms, abort, &progress, work).await;
    if let Some(run_id) = progress.run_id.take() {
        let run_id = Some(run_id);
        outcome = match outcome {
            Ok(mut answer) => {
                answer.run_id = answer.run_id.or(run_id);
                Ok(answer)
            }
            Err(error) => Err(error.with(|fields| {
                fields.run_id = fields.run_id.take().or(run_id);
            })),
        };
    }
    if let Err(error) = &outcome {
        // A request that the caller or the time ended.
        let run = Run {
            client,
            target,
            call: &call,
            progress: &progress,
        };
        run.told_of(error);
    }
    outcome
}

async fn attempts<W: World>(
    client: &Client<W>,
    target: &Target,
    call: &mut Call,
    progress: &Progress,
) -> Result<Box<Answer>, FlowError> {
    let world = &*client.world;
    let started = world.now_ms();
    let preparation = prepare(client, target, progress).boxed_local();
    let (mut url, mut token) = on_behalf_of::beside(client, call, progress, preparation).await?;
    let call = &*call;
    let run = Run {
        client,
        target,
        call,
        progress,
    };
    let (mut renewed, mut rediscovered, mut delays) = (false, false, 0);
    loop {
        let address = after(progress, request::address(&url, &call.path, &call.query))?;
        progress.enter(Stage::Invoke);
        progress
            .attempts
            .set(progress.attempts.get().saturating_add(1));
        progress.sent_ms.set(Some(world.now_ms()));
        let setback = match run.attempt(&address, token.as_deref()).await {
            Ok(mut answer) => {
                run.told(Some(answer.status), answer.run_id.as_deref(), None);
                if token.is_some() {
                    client.tokens.accepted();
                }
                answer.attempts = progress.attempts.get();
                answer.duration_ms = world.now_ms() - started;
                return Ok(answer);
            }
            Err(setback) => setback,
        };
        run.told_of(&setback.error);
        let again = |error, delay| telemetry::retry(world, error, progress.attempts.get(), delay);
        if let Ok(source) = target.source()
            && setback.stale_url
        {
            client.urls.forget(source, &url);
        }
        let mut refused = None;
        if setback.remedy == Remedy::NewToken
            && let Some(bearer) = &token
        {
            // Whoever asks next knows, should this be the last attempt.
            refused = Some(client.tokens.refused(bearer, setback.claims, renewed));
        }
        let error = setback.error;
        if progress.attempts.get() >= client.settings.max_attempts {
            return Err(error);
        }
        match (setback.remedy, target.source()) {
            (Remedy::NewToken, _) if !renewed && let Some(wanted) = refused => {
                renewed = wanted;
                again(&error, 0.0);
                progress.enter(Stage::Token);
                token = Some(after(progress, client.tokens.get().await)?);
            }
            (Remedy::NewUrl { proven }, Ok(source)) if !rediscovered => {
                rediscovered = true;
                let found = match client.cached(source) {
                    Some(url) => Found { url, renewed: None },
                    None => {
                        let flight = client.ask(source);
                        progress.follow(flight.stage());
                        after(progress, flight.outcome().await)?
                    }
                };
                // The service may have been late to name another; a variable says what it says.
                let is_variable = matches!(source, Source::Variable(_));
                if found.url == url && (!proven || is_variable) {
                    return Err(if proven {
                        error.hint("The environment variable's URL leads to no flow any more: publish the flow's trigger URL into it again.")
                    } else {
                        error
                    });
                }
                again(&error, 0.0);
                let bearer = found.renewed.or(token);
                (url, token) = after(progress, with_bearer(client, found.url, bearer).await)?;
            }
            (remedy, _)
                if remedy == Remedy::Later
                    || (remedy == Remedy::LaterIfIdempotent && call.idempotent) =>
            {
                delays += 1;
                let delay = retry::delay_ms(delays, setback.retry_after_ms, world.random());
                // A wait beyond the end could only end in a timeout, which says less than this error.
                if world.now_ms() + delay >= started + call.timeout_ms {
                    return Err(error);
                }
                again(&error, delay);
                world.sleep(delay).await;
            }
            _ => return Err(error),
        }
    }
}

/// The URL and, unless a SAS signature stands in its place, the token; both asked for side by side.
async fn prepare<W: World>(
    client: &Client<W>,
    target: &Target,
    progress: &Progress,
) -> Result<(TrustedUrl, Option<Bearer>), FlowError> {
    let (url, token) = match target.source() {
        Err(url) => (client.trusted(url)?, None),
        Ok(source) => match client.cached(source) {
            Some(url) => (url, None),
            None => asked(client, source, progress).await?,
        },
    };
    with_bearer(client, url, token).await
}

async fn asked<W: World>(
    client: &Client<W>,
    source: Source<'_>,
    progress: &Progress,
) -> Result<(TrustedUrl, Option<Bearer>), FlowError> {
    let flight = client.ask(source);
    if client.settings.sas_allowed && matches!(source, Source::Variable(_)) {
        // It may hold a signature, and then nobody has to sign in.
        progress.follow(flight.stage());
        let found = flight.outcome().await?;
        progress.enter(Stage::Token);
        return Ok((found.url, None));
    }
    let token = async {
        let token = client.tokens.get().await?;
        progress.follow(flight.stage());
        Ok(token)
    };
    let (found, token) = try_join(flight.outcome(), token).await?;
    Ok((found.url, Some(found.renewed.unwrap_or(token))))
}

/// SAS or bearer, never both.
async fn with_bearer<W: World>(
    client: &Client<W>,
    url: TrustedUrl,
    token: Option<Bearer>,
) -> Result<(TrustedUrl, Option<Bearer>), FlowError> {
    let token = match token {
        _ if url.has_sas() => None,
        Some(token) => Some(token),
        None => Some(client.tokens.get().await?),
    };
    Ok((url, token))
}

/// A call under way.
struct Run<'a, W> {
    client: &'a Client<W>,
    target: &'a Target,
    call: &'a Call,
    progress: &'a Progress,
}

impl<W: World> Run<'_, W> {
    async fn attempt(
        &self,
        address: &TrustedUrl,
        token: Option<&Secret>,
    ) -> Result<Box<Answer>, Box<Setback>> {
        let progress = self.progress;
        let before = progress.may_have_run.replace(true);
        let outcome = self.ask(address, token).await;
        outcome.map_err(|mut setback| {
            // What one attempt leaves open, a later one can't settle.
            let may_have_run = before || setback.error.may_have_run;
            progress.may_have_run.set(may_have_run);
            setback.error = setback.error.may_have_run(may_have_run);
            setback
        })
    }

    async fn ask(
        &self,
        address: &TrustedUrl,
        token: Option<&Secret>,
    ) -> Result<Box<Answer>, Box<Setback>> {
        let Self { client, call, .. } = *self;
        let world = &*client.world;
        let request = Request {
            method: call.method,
            url: address,
            bearer: token,
            headers: &call.headers,
            body: call.body.as_ref(),
        };
        let mut head = world.send(request).await.map_err(|unanswered| {
            if unanswered.sent {
                broken(Stage::Invoke, unanswered.cause)
            } else {
                Setback::last(
                    FlowError::invalid(&[
                        "The browser refused to make the request of these arguments",
                    ])
                    .cause(unanswered.cause),
                )
            }
        })?;
        let mut stage = Stage::Invoke;
        if call.follow
            && let Some(url) = accepted::location(client, &head)
        {
            let run_id = world.header(&head.headers, "x-ms-workflow-run-id");
            self.told(Some(head.status), run_id.as_deref(), None);
            self.progress.run_id.replace(run_id.map(|id| redact(&id)));
            stage = Stage::Poll;
            self.progress.enter(stage);
            let followed = accepted::follow(client, url, head).boxed_local();
            head = followed
                .await
                .map_err(|error| Setback::last(error.may_have_run(true)))?;
        }
        let accepted = match &call.accept {
            None => (200..300).contains(&head.status),
            Some(accept) => accept(head.status).map_err(|thrown| {
                let error = FlowError::invalid(&["acceptStatus threw"]).cause(Some(thrown));
                Setback::last(error.may_have_run(true).with(|fields| fields.stage = stage))
            })?,
        };
        if !accepted || head.status >= 400 {
            refusal(
                world,
                &head,
                accepted,
                stage,
                [token, call.second_token.as_ref()],
            )
            .await?;
        }
        let how = call.read_as.unwrap_or_else(|| {
            content::read_as(world.header(&head.headers, "content-type").as_deref())
        });
        let data = world
            .read(&head.answer, how)
            .await
            .map_err(|unread| match unread {
                Unread::Broken(unanswered) => broken(stage, unanswered.cause),
                Unread::NotJson { text, cause } => Setback::last(
                    FlowError::new(ErrorCode::OutputInvalid, stage)
                        .detail("the answer is not the JSON that it claims to be")
                        .cause(cause)
                        .may_have_run(true)
                        .with(|fields| {
                            fields.status = Some(head.status);
                            fields.headers = Some(head.headers.clone());
                            fields.data = Some(text);
                        }),
                ),
            })?;
        let data = match &call.schema {
            None => data,
            Some(schema) => {
                schema::validated(schema, Some(data), stage)
                    .await
                    .map_err(|error| {
                        let error = error.with(|fields| {
                            fields.status = Some(head.status);
                            fields.headers = Some(head.headers.clone());
                        });
                        Setback::last(match head.status {
                            202 => error.hint(ACCEPTED),
                            _ => error,
                        })
                    })?
            }
        };
        Ok(Box::new(Answer {
            status: head.status,
            accepted: head.status == 202,
            run_id: world.header(&head.headers, "x-ms-workflow-run-id"),
            tracking_id: world.header(&head.headers, "x-ms-client-tracking-id"),
            headers: head.headers,
            data,
            attempts: 0,
            duration_ms: 0.0,
        }))
    }

    /// Tells of a request to the trigger URL that failed, once.
    fn told_of(&self, error: &FlowError) {
        self.told(error.status, error.run_id.as_deref(), Some(error));
    }

    /// Tells of a request to the trigger URL, once.
    fn told(&self, status: Option<u16>, run_id: Option<&str>, error: Option<&FlowError>) {
        let Some(sent_ms) = self.progress.sent_ms.take() else {
            return;
        };
        let (workflow_id, variable) = match self.target {
            Target::Flow(flow) => (Some(flow.workflow_id.as_str()), None),
            Target::Variable(name) => (None, Some(name.as_str())),
            Target::Url(_) => (None, None),
        };
        let correlation_id = error.and_then(|error| error.correlation_id.as_deref());
        let attempt = f64::from(self.progress.attempts.get());
        let facts = [
            ("workflowId", Fact::Text(workflow_id)),
            ("environmentVariable", Fact::Text(variable)),
            ("method", Fact::Text(Some(self.call.method.as_str()))),
            ("attempt", Fact::Number(Some(attempt))),
            ("status", Fact::Number(status.map(f64::from))),
            ("runId", Fact::Text(run_id.filter(is_id))),
            ("correlationId", Fact::Text(correlation_id.filter(is_id))),
        ];
        let error = error.map(|error| error.code);
        telemetry::ended(&*self.client.world, Step::Invoke, sent_ms, error, &facts);
    }
}

/// The setback that an error answer is, unless it is the flow's own and the caller accepts it.
async fn refusal<W: World>(
    world: &W,
    head: &Head<W::Answer>,
    accepted: bool,
    stage: Stage,
    held: [Option<&Secret>; 2],
) -> Result<(), Box<Setback>> {
    let body = world.read_error(&head.answer).await;
    // Only an error status can be the service's; below it, its shape is just the flow's data.
    let is_error = head.status >= 400;
    let challenged = is_error && world.header(&head.headers, "www-authenticate").is_some();
    let service = answer::service_error(world, body.as_ref()).filter(|_| is_error);
    let evidence = Evidence {
        status: head.status,
        service: service.as_ref(),
        challenged,
        signed: held[0].is_none(),
    };
    if !evidence.is_the_services() {
        if accepted {
            return Ok(());
        }
        // Nothing of the body may mean that it broke off, and then nobody knows whose it was.
        if body.is_none()
            && let Err(Unread::Broken(unanswered)) = world.read(&head.answer, ReadAs::Text).await
        {
            let mut setback = broken(stage, unanswered.cause);
            setback.error = setback
                .error
                .with(|fields| fields.status = Some(head.status));
            return Err(setback);
        }
    }
    let verdict = match stage {
        Stage::Poll => verdict::of_poll(evidence),
        _ => verdict::of_trigger(evidence),
    };
    let mut error = answer::error(world, head, service.as_ref(), verdict, stage, held);
    if verdict.code == ErrorCode::FlowFailed {
        error = error.with(|fields| {
            fields.headers = Some(head.headers.clone());
            fields.data = body;
        });
    }
    Err(Box::new(Setback {
        error,
        remedy: verdict.remedy,
        retry_after_ms: answer::retry_after_ms(world, &head.headers),
        claims: answer::claims_challenge(world, &head.headers),
        stale_url: verdict.refused.is_some() || matches!(verdict.remedy, Remedy::NewUrl { .. }),
    }))
}

impl Setback {
    fn last(error: FlowError) -> Box<Self> {
        Box::new(Self {
            error,
            remedy: Remedy::None,
            retry_after_ms: None,
            claims: None,
            stale_url: false,
        })
    }
}

/// The request may have left the browser, and nobody knows what became of it.
fn broken(stage: Stage, cause: Option<Foreign>) -> Box<Setback> {
    let error = FlowError::new(ErrorCode::Network, stage)
        .may_have_run(true)
        .cause(cause);
    let mut setback = Setback::last(error);
    if stage == Stage::Invoke {
        setback.remedy = Remedy::LaterIfIdempotent;
    }
    setback
}

/// An error of another step still tells that an earlier attempt may have run the flow.
fn after<T>(progress: &Progress, outcome: Result<T, FlowError>) -> Result<T, FlowError> {
    outcome.map_err(|error| {
        let may_have_run = error.may_have_run || progress.may_have_run.get();
        error.may_have_run(may_have_run)
    })
}
