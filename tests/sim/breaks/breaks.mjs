/**
 * Deliberate breaks of the core, each of which the simulation has to catch: `npm run sim:breaks` makes them one after
 * the other in a copy of the sources. `laws` are those that may catch it; one of them has to.
 */
const law = {
  oneRun: "at most one run, unless idempotent",
  told: "mayHaveRun is true where it ran",
  deadline: "a call ends before its time and a tick",
  trust: "no token outside a trusted host",
  sas: "no signed URL where it is refused, no token beside a signature",
  secrets: "no secret in any output",
  singleFlight: "single flight",
  forgotten: "no failed flight is remembered",
  cancelled: "who cancels is told at once, and only they",
  calm: "where nothing goes wrong, nothing fails",
  recovery: "after the faults the next call succeeds",
  waiting: "who is asked to wait waits",
  events: "an event for each request to a trigger",
  attempts: "no more attempts than allowed, and they are counted",
  forced: "a new token is forced once for each refusal",
};

/** One place of one file: `before` stands there once, and `after` takes its place. */
const edit = (file, before, after) => ({ file, before, after });

/** A trusted URL of anything that looks like one. */
const unchecked = edit(
  "src/policy/trust.rs",
  "    /// A path of the Power Automate API,",
  `    /// Whatever it is.
    #[must_use]
    pub fn unchecked(url: &str) -> Self {
        Self::checked(url.to_owned(), has_sas(url))
    }

    /// A path of the Power Automate API,`,
);

export const breaks = [
  {
    name: "a 502 is tried again without the caller's word",
    laws: [law.oneRun],
    edits: [
      edit(
        "src/policy/verdict.rs",
        "502..=504 => Remedy::LaterIfIdempotent",
        "502..=504 => Remedy::Later",
      ),
    ],
  },
  {
    name: "a lost connection is tried again without the caller's word",
    laws: [law.oneRun],
    edits: [
      edit(
        "src/invocation.rs",
        "setback.remedy = Remedy::LaterIfIdempotent;",
        "setback.remedy = Remedy::Later;",
      ),
    ],
  },
  {
    name: "GET counts as idempotent",
    laws: [law.oneRun],
    edits: [
      edit(
        "src/invocation.rs",
        "remedy == Remedy::LaterIfIdempotent && call.idempotent",
        "remedy == Remedy::LaterIfIdempotent && (call.idempotent || !call.method.takes_a_body())",
      ),
    ],
  },
  {
    name: "every error answer counts as the service's",
    laws: [law.oneRun, law.told],
    edits: [
      edit(
        "src/policy/verdict.rs",
        "self.service.is_some() || self.challenged\n",
        "self.status > 0\n",
      ),
    ],
  },
  {
    name: "an operation's row is created again after a lost connection",
    laws: [law.oneRun],
    edits: [
      edit(
        "src/operation.rs",
        "meaning == Meaning::Throttled && failures",
        "dataverse::passes(meaning) && failures",
      ),
    ],
  },
  {
    name: "mayHaveRun is false after a lost connection",
    laws: [law.told],
    edits: [
      edit(
        "src/invocation.rs",
        "FlowError::new(ErrorCode::Network, stage)\n        .may_have_run(true)",
        "FlowError::new(ErrorCode::Network, stage)\n        .may_have_run(false)",
      ),
    ],
  },
  {
    name: "mayHaveRun is false when time or patience ends a request",
    laws: [law.told],
    edits: [
      edit(
        "src/invocation.rs",
        "progress.may_have_run.replace(true)",
        "progress.may_have_run.replace(false)",
      ),
    ],
  },
  {
    name: "a refusal settles what an earlier attempt left open",
    laws: [law.told],
    edits: [
      edit(
        "src/invocation.rs",
        "before || setback.error.may_have_run;",
        "(before && false) || setback.error.may_have_run;",
      ),
    ],
  },
  {
    name: "an operation says mayHaveRun: false for a lost create",
    laws: [law.told],
    edits: [
      edit(
        "src/operation.rs",
        "let may_have_run = !dataverse::refused(failure.error_code, meaning);",
        "let may_have_run = dataverse::refused(failure.error_code, meaning) && false;",
      ),
    ],
  },
  {
    name: "no deadline",
    laws: [law.deadline],
    edits: [
      edit(
        "src/limits.rs",
        "within(clock, timeout_ms, work)",
        "within(clock, timeout_ms + 600_000.0, work)",
      ),
    ],
  },
  {
    name: "the caller's signal is not heard",
    laws: [law.cancelled],
    edits: [
      edit(
        "src/limits.rs",
        "let mut abort = abort.unwrap_or_else(|| Box::pin(std::future::pending()));",
        "let mut abort: Abort = abort.filter(|_| false).unwrap_or_else(|| Box::pin(std::future::pending()));",
      ),
    ],
  },
  {
    name: "a caller who went away is woken in the place of the others",
    laws: [law.calm, law.deadline, law.recovery],
    edits: [
      edit(
        "src/signal.rs",
        "for waker in self.0.waiting.take() {",
        "if let Some(waker) = self.0.waiting.take().into_iter().next() {",
      ),
    ],
  },
  {
    name: "a token goes to any https host",
    laws: [law.trust],
    edits: [
      edit(
        "src/policy/trust.rs",
        ".is_trigger_host(host_of(url)?)\n",
        '.is_trigger_host("x.logic.azure.com")\n',
      ),
    ],
  },
  {
    name: "the URL of a discovery's answer is not checked",
    laws: [law.trust],
    edits: [
      unchecked,
      edit(
        "src/discovery.rs",
        'url: self.settings.admit(&url, Stage::Discovery, "")?,',
        "url: TrustedUrl::unchecked(&url),",
      ),
    ],
  },
  {
    name: "a 202's Location is not checked",
    laws: [law.trust],
    edits: [
      unchecked,
      edit(
        "src/accepted.rs",
        "TrustedUrl::trigger(&location, &client.settings.cloud)",
        "Some(TrustedUrl::unchecked(&location))",
      ),
    ],
  },
  {
    name: "what other scripts wrote on the page is not checked",
    laws: [law.trust, law.sas],
    edits: [
      unchecked,
      edit(
        "src/urls.rs",
        "TrustedUrl::trigger(&url, &self.settings.cloud).filter(|_| !trust::has_sas(&url))",
        "Some(TrustedUrl::unchecked(&url))",
      ),
    ],
  },
  {
    name: "a token beside a signature",
    laws: [law.sas],
    edits: [edit("src/invocation.rs", "_ if url.has_sas() => None,", "_ if false => None,")],
  },
  {
    name: "a signed URL where it is refused",
    laws: [law.sas],
    edits: [
      edit(
        "src/settings.rs",
        "checked.has_sas() && !self.sas_allowed",
        "checked.has_sas() && !self.sas_allowed && false",
      ),
    ],
  },
  {
    name: "a signed URL is kept on the page",
    laws: [law.secrets],
    edits: [
      edit("src/urls.rs", "if self.is_shared() && !url.has_sas() {", "if self.is_shared() {"),
    ],
  },
  {
    name: "no redaction",
    laws: [law.secrets],
    edits: [
      edit(
        "src/policy/redact.rs",
        "let mut clean = String::with_capacity(text.len());\n    let mut rest = text;",
        'let mut clean = text.to_owned();\n    let mut rest = "";',
      ),
    ],
  },
  {
    name: "a token that looks like none is not taken out",
    laws: [law.secrets],
    edits: [
      edit(
        "src/answer.rs",
        "redact(&redact::without(&redact::without(text, one), other))",
        'redact(&redact::without(text, if one == other { one } else { "" }))',
      ),
    ],
  },
  {
    name: "MSAL's words are passed on as they are",
    laws: [law.secrets],
    edits: [
      edit("src/token.rs", "failure.message.as_deref().map(redact);", "failure.message.clone();"),
    ],
  },
  {
    name: "no single flight in a client",
    laws: [law.singleFlight],
    edits: [
      edit(
        "src/flight.rs",
        "self.active(|active| active == key) {",
        "self.active(|active| active == key && false) {",
      ),
    ],
  },
  {
    name: "no single flight between the copies on a page",
    laws: [law.singleFlight],
    edits: [
      edit(
        "src/urls.rs",
        "while let Some(flight) = self.world.page_flight(&key.0) {",
        "while let Some(flight) = self.world.page_flight(&key.0).filter(|_| false) {",
      ),
    ],
  },
  {
    name: "two tokens of one audience are asked for at once",
    laws: [law.singleFlight],
    edits: [
      edit(
        "src/token.rs",
        "other.ask.scopes == errand.ask.scopes && *other != errand;",
        "other.ask.scopes == errand.ask.scopes && *other != errand && false;",
      ),
    ],
  },
  {
    name: "a failed flight is remembered",
    laws: [law.forgotten, law.recovery],
    edits: [
      edit(
        "src/flight.rs",
        "let landing = move || flights.0.borrow_mut().retain(|(key, _)| *key != own_key);",
        "let landing = move || drop((flights, own_key));",
      ),
      // Else whoever wants another token would wait for that one without end.
      edit(
        "src/token.rs",
        "other.ask.scopes == errand.ask.scopes && *other != errand;",
        "other.ask.scopes == errand.ask.scopes && *other != errand && false;",
      ),
    ],
  },
  {
    name: "a URL that leads nowhere is kept",
    laws: [law.recovery],
    edits: [
      edit(
        "src/urls.rs",
        "self.own.forget_wrong(&key, wrong);\n        if self.on_page(&key).as_deref() == Some(wrong.expose()) {",
        "if self.on_page(&key).is_some_and(|_| wrong.has_sas()) {",
      ),
    ],
  },
  {
    name: "a URL that is outdated is not asked for anew",
    laws: [law.recovery],
    edits: [
      edit(
        "src/invocation.rs",
        "(Remedy::NewUrl { proven }, Ok(source)) if !rediscovered => {",
        "(Remedy::NewUrl { proven }, Ok(source)) if !rediscovered && proven => {",
      ),
    ],
  },
  {
    name: "a URL that is gone at the last attempt is kept",
    laws: [law.recovery],
    edits: [
      edit(
        "src/invocation.rs",
        "&& setback.stale_url\n",
        "&& setback.stale_url && progress.attempts.get() < client.settings.max_attempts\n",
      ),
    ],
  },
  {
    name: "a token that is refused at the last attempt is not renewed by the next call",
    laws: [law.recovery],
    edits: [
      edit(
        "src/invocation.rs",
        "client.tokens.refused(bearer, setback.claims, renewed)",
        "client.tokens.refused(bearer, setback.claims, renewed || client.settings.max_attempts == 1)",
      ),
    ],
  },
  {
    name: "a new token is forced until one comes",
    laws: [law.forced],
    edits: [
      edit(
        "src/token.rs",
        "self.renewal_is(Renewal::Tried, &errand);",
        "self.renewal_is(Renewal::Wanted, &errand);",
      ),
    ],
  },
  {
    name: "a renewed token goes on being renewed",
    laws: [law.forced],
    edits: [
      edit(
        "src/token.rs",
        "tokens.renewal_is(Renewal::NotNeeded, &errand);",
        "tokens.renewal_is(Renewal::Wanted, &errand);",
      ),
    ],
  },
  {
    name: "a refusal of the old token that comes late renews the new one",
    laws: [law.forced],
    edits: [edit("src/token.rs", "refused.renewals != bearer.0.renewals &&", "false &&")],
  },
  {
    name: "whoever gives up on an operation's row is told that nothing ran",
    laws: [law.told],
    edits: [
      edit(
        "src/operation.rs",
        "                    // The caller can keep it from now on.",
        "                    progress.may_have_run.set(false);",
      ),
    ],
  },
  {
    name: "attempts without end",
    laws: [law.attempts, law.oneRun],
    edits: [
      edit(
        "src/invocation.rs",
        "progress.attempts.get() >= client.settings.max_attempts",
        "progress.attempts.get() >= client.settings.max_attempts + 4",
      ),
    ],
  },
  {
    name: "Retry-After is not heard",
    laws: [law.waiting],
    edits: [
      edit(
        "src/invocation.rs",
        "retry::delay_ms(delays, setback.retry_after_ms, world.random())",
        "retry::delay_ms(delays, setback.retry_after_ms.filter(|_| false), world.random())",
      ),
    ],
  },
  {
    name: "a request that its caller ended has no event",
    laws: [law.events],
    edits: [
      edit(
        "src/invocation.rs",
        "        run.told_of(error);\n    }\n    outcome",
        "        drop(run);\n    }\n    outcome",
      ),
    ],
  },
];
