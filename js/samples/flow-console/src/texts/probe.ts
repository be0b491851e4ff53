/** *This environment*: what stands around its questions (probe/questions.ts) and in its answers. */
export const probe = {
  title: "This environment",
  about:
    "Some of what Power Automate does is written down nowhere. This looks at how it is here: it asks for the trigger URL of a flow that you choose, rightly and wrongly, and sends its host requests that it has to refuse.",
  safe: "The flow does not run.",
  real: "To learn also what a page may read of a real answer, run a flow in the tab Flows before.",
  flow: "Flow to ask with",
  choose: "Choose a flow",
  none: "There is no flow that is on.",
  other: "Also send your token for Microsoft Graph to the flow service",
  otherAbout:
    "It has to refuse it, and how it does is one of the questions. The token is Microsoft's own, goes to hosts of the flow service only, and is taken where there is one without asking you.",
  run: "Look at this environment",
  busy: (count: number) => `${count} answers so far …`,
  ended: (answers: number, differing: number) =>
    `${answers} answers${differing > 0 ? `; ${differing} not as the library assumes` : ""}`,
  cancelled: "Cancelled",
  signInFirst: "Sign in first: without a token most questions can't be asked.",
  settingsFirst: "Fill in Settings first: this takes a token.",
  answers: "Answers",
  report: "Report",
  reportAbout:
    "No token, no signature, no URL, and no name or id of a person, org, environment or flow is in it. Read it, then send it to the project as an issue.",
  copyReport: "Copy report",
  saveReport: "Save report",
  reportLabel: "The report",
  verdicts: {
    expected: "As the library assumes",
    differs: "Not as the library assumes",
    news: "Nothing was assumed",
    notAsked: "Not asked",
  },

  neither: "neither",
  noXrm: "no Xrm: the console was opened by itself",
  noAnswer: "it does not answer",
  missing: "missing",
  noLists: "no trigger here lists several users",
  noCloud: "this host belongs to no cloud that the console knows",
  noUrl: "there is no trigger URL to ask with",
  oneUrlOnly: "only one of them gave out a URL",
  anyone: "this flow takes calls without a token: choose one that wants a token",
  otherForm: "the URL has another form",
  noSilentToken: "no token without a window: sign in, and check the app registration's permissions",
  notAllowed: "not allowed by you",
  noEnvironment: "the environment's id is unknown",
  foreignHost: "A token was about to go to a host that is not the flow service's.",
  nothingReadable: "no answer that a page may read (CORS, network or content security policy)",
  noCode: "without a code",
  anAnswer: "an answer",
  headers: (answers: number, readable: string, never: string) =>
    `of ${answers} answers: ${readable || "none"}${never ? `; never: ${never} (hidden, or not sent: a page can't tell)` : ""}`,

  /** Questions that only a real run, a real outage or another kind of client can answer. */
  open: {
    "open.expiredToken": "MSAL keeps no expired token; the made-up one above was not signed",
    "open.claims": "only conditional access makes one",
    "open.retryAfter": "only a throttled request has it",
    "open.location":
      "only a flow that runs has it: call one with an asynchronous response in Invoke",
    "open.appOnly": "a page has no secret, so it can't get one",
    "open.method": "should the trigger take it after all, the flow would run",
    "open.schema": "should the trigger take it after all, the flow would run",
    "open.off": "should it be on after all, the flow would run",
    "open.anyone": "should the trigger take it after all, the flow would run",
    "open.otherTrigger": "the console lists flows with an HTTP trigger only",
  },
};
