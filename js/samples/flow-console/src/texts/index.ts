/**
 * Every text of the console, in English, in one place; the questions of *This environment* are in probe/questions.ts. What is
 * said of an error is the library's.
 */
import { diagnosis } from "./diagnosis.js";
import { probe } from "./probe.js";

const plural = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;

export const texts = {
  title: "Flow console",
  orgAnswered: (status: number) => `The org answered ${status}.`,

  tabs: {
    console: "Console",
    flows: "Flows",
    publish: "Publish URLs",
    environment: "This environment",
    diagnose: "Diagnose",
    invoke: "Invoke",
    snippet: "Snippet",
  },

  common: {
    copy: "Copy",
    copied: "Copied",
    cantCopy: "The browser does not let this page copy: select the text instead.",
    required: "(required)",
    cancel: "Cancel",
    remove: "Remove",
    unknown: "Something went wrong, and it does not say what.",
    on: "On",
    off: "Off",
    auth: {
      anyone: "Anyone with the URL",
      tenant: "Users of the tenant",
      users: "Specific users",
    },
  },

  error: {
    code: "Code",
    step: "Step",
    status: "Status",
    serviceCode: "Service code",
    serviceMessage: "Service message",
    correlationId: "Correlation id",
    run: "Run",
    mayHaveRun: "The flow may have run: look at its run history before you call it again.",
  },

  signIn: {
    button: "Sign in",
    settings: "Settings",
    signedInAs: (user: string) => `Signed in as ${user}`,
    somebody: "a user of this tenant",
    waiting: "A sign-in window is open. If you closed it, sign in again.",
    notSetUp: "Sign-in is not set up yet.",
  },

  settings: {
    title: "Sign-in",
    about:
      "Flows are called as you, with a token that this app registration may ask for: a single-page application with the delegated permission Power Automate → User and the page below as its redirect URI. Nothing you type here is stored.",
    clientId: "Client ID of the app registration",
    tenantId: "Tenant ID",
    redirectPath: "Redirect page",
    clientIdWrong: "The client ID is a GUID: Entra admin center, App registrations, Overview.",
    tenantIdWrong: "The tenant ID is a GUID: Entra admin center, Overview.",
    redirectWrong: (usual: string) => `The redirect page is a path on this org, such as ${usual}`,
    use: "Use these",
    copyData: "Copy as data parameter",
    keep: "To keep them for everybody, give the web resource this data parameter where your app opens it:",
  },

  list: {
    title: "HTTP flows",
    reload: "Reload",
    find: "Find",
    placeholder: "Name or id",
    auth: "Who may trigger",
    all: "All",
    reading: "Reading the flows …",
    count: (shown: number, all: number) => `${shown} of ${all} flows`,
    none: "No solution flow with an HTTP trigger is here that you may read. Flows outside of solutions have no row, so they are never listed.",
    noMatch: "No flow fits.",
    showAll: "Show all",
  },

  flow: {
    empty: "Choose a flow to see what is wrong with it, to call it, or to copy the code of a call.",
    back: "← All flows",
    workflowId: "Workflow id",
    trigger: "Trigger",
    relativePath: "Relative path",
    allowedUsers: "Allowed users",
    reading: "Reading the flow's definition …",
  },

  invoke: {
    warning: "This runs the flow, with everything that it does, as you.",
    path: "Path",
    body: "Body",
    bodyAsJson: "Body as JSON",
    bodyJson: "Body (JSON)",
    leftOut: "(left out)",
    noJson: (why: string) => `This is no JSON: ${why}`,
    misfit: (where: string, why: string) => `It does not fit the trigger's schema: ${where} ${why}`,
    more: "Method, query and headers",
    moreGiven: (what: string) => `Method, query and headers: ${what}`,
    method: "Method",
    methodFixed: (method: string) => `The trigger's definition takes ${method} only.`,
    methodFree: "The trigger's definition names no method: it takes POST, and perhaps others.",
    query: "Query",
    queryAbout: "After the trigger URL's own parameters, which can't be changed.",
    queryItem: "Parameter",
    headers: "Headers",
    headersAbout:
      "Power Automate's CORS rules may refuse any but content-type: then the call fails with the code network.",
    headerItem: "Header",
    name: "Name",
    value: "Value",
    addQuery: "Add a parameter",
    addHeader: "Add a header",
    twice: (name: string) => `${name} is there twice: one would be lost.`,
    nameless: "A value has no name.",
    sas: "Use the signed URL of this flow, which lets in anyone who has it. It is not shown.",
    run: "Run flow",
    running: "Running",
    seconds: (count: number) => `${count} s`,
    answered: "The flow answered.",
    answer: "Answer",
    accepted: "Accepted: the flow is still running, and this page can't learn how it ends.",
    status: "Status",
    time: "Time",
    requests: "Requests",
    runId: "Run",
    headersRead: "Readable headers",
    noBody: "The answer has no body.",
    bodyLabel: "Body of the answer",
    copyAnswer: "Copy answer",
    more100k: (left: number) =>
      `${left.toLocaleString("en")} more characters are not shown; Copy has them all.`,
    blob: (type: string, size: number) =>
      `${type || "Unnamed content"}, ${size.toLocaleString("en")} bytes`,
  },

  timings: {
    title: "Timings",
    step: "Step",
    outcome: "Outcome",
    began: "Began",
    took: "Took",
    steps: {
      token: "Token",
      workflow: "Flow's row",
      variable: "Variable",
      callbackUrl: "Trigger URL",
      invoke: "Flow",
      retry: "Wait before a retry",
      poll: "Look for the end",
    },
    known: "known",
    ok: "OK",
    milliseconds: (value: number) => `${value} ms`,
    seconds: (value: string) => `${value} s`,
  },

  snippet: {
    about:
      "The types come from the trigger's schema and the Response action's. They are the compiler's word: to have answers checked at run time, pass a schema.",
    sample: "This trigger has a sample where its schema belongs; the type is made from the sample.",
    writing: "Writing the call …",
    copy: "Copy snippet",
    label: "Snippet in TypeScript",
  },

  publish: {
    title: "Publish trigger URLs",
    about:
      "Users then call the flow by its environment variable and need no right to read flows. Do this after each import of your solution. The variables are text variables whose definitions came with the solution.",
    noVariables:
      "There is no text variable in this environment that you may read. Add its definition to your solution.",
    flow: (number: number) => `Flow ${number}`,
    variable: (number: number) => `Environment variable ${number}`,
    chooseFlow: "Choose a flow",
    chooseVariable: "Choose a variable",
    reading: "Reading the variables …",
    triggerOf: (flow: string, trigger: string) => `${flow} (trigger ${trigger})`,
    variableName: (schemaName: string, displayName: string) => `${schemaName} (${displayName})`,
    removeRow: (number: number) => `Remove row ${number}`,
    addRow: "Add a row",
    preview: "Preview changes",
    looking: "Looking …",
    publishing: "Publishing …",
    whatChanges: "What will change",
    now: "Now",
    afterwards: "Then",
    nothing: "Nothing to publish",
    publish: (count: number) => `Publish ${plural(count, "change")}`,
    published: "Published",
    change: {
      create: "Gets a value",
      update: "Its value changes",
      none: "Is right already",
      refused: "Can't be published",
    },
    outcome: {
      created: "Value created",
      updated: "Value changed",
      unchanged: "Was right already",
      failed: "Failed",
    },
    noVariable: "There is no text variable of that name. Add its definition to your solution.",
    taken: "Another row writes this variable.",
    // Never published from here: whoever reads the variable could run the flow.
    signed: "Anyone with this URL may run the flow: it carries a signature.",
    empty: "empty",
    noUrl: "a text that is no URL",
  },

  urls: {
    signed: "(with a signature)",
    notHttps: "not an https URL",
  },

  diagnosis,
  probe,
};

export { plural };
