/**
 * The flow runtime: an HTTP request at a trigger URL becomes a run, or a refusal. The order of the
 * checks is ours (platform.md does not say): which flow, who asks, is it on, method and path, body.
 *
 * @typedef {object} Run
 * @property {string} runId
 * @property {string} flow            the world's key
 * @property {string} method
 * @property {string} relativePath    decoded
 * @property {Record<string, string>} parameters  of the relative path's template
 * @property {Record<string, string>} query       without the service's own
 * @property {Record<string, string | string[] | undefined>} headers  a flow never sees Authorization
 * @property {any} body               parsed where it is JSON, else text
 * @property {Buffer} bytes           as it came
 * @property {{oid: string, upn: string} | null} caller  for the sandbox's eyes only
 * @property {number} startedAt
 */
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Router from "@koa/router";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import Koa from "koa";
import { behaviours } from "./behaviours.mjs";
import { authorize } from "./credentials.mjs";
import { ServiceError, wordErrors } from "./errors.mjs";
import { triggerHost } from "./trigger-url.mjs";

const invoke = "/:pathId/triggers/:trigger/paths/invoke{/*relative}";
const poll = "/:pathId/runs/:runId/operations/:operationId";
const prefixes = [
  "/powerautomate/automations/direct/workflows",
  "/powerautomate/automations/direct/cu/:unit/workflows",
  "/workflows",
];
const serviceQueries = ["api-version", "sp", "sv", "sig"];
const longestUrl = 16_384;
const largestBody = 100 * 1024 * 1024;

export class FlowRuntime {
  #world;
  #tokens;
  #settings;
  #callback;
  #behaviours;
  #ajv = formats.default(new Ajv({ strict: false, allErrors: true }));
  /** @type {Map<string, {signature: string, answer: import("./behaviours.mjs").FlowAnswer, readyAt: number, flow: any, runId: string}>} */
  #operations = new Map();
  /** What tests put in place of a flow's own behaviour. @type {Map<string, import("./behaviours.mjs").Behaviour>} */
  overrides = new Map();
  /** @type {Run[]} */
  runs = [];

  /**
   * @param {import("../world.mjs").World} world
   * @param {import("../entra/tokens.mjs").Tokens} tokens
   * @param {import("../index.mjs").Settings} settings
   * @param {Record<string, import("./behaviours.mjs").Behaviour>} more  of flows that ask other services
   */
  constructor(world, tokens, settings, more = {}) {
    this.#behaviours = { ...behaviours, ...more };
    this.#world = world;
    this.#tokens = tokens;
    this.#settings = settings;
    const router = new Router();
    for (const prefix of prefixes) {
      router.all(prefix + invoke, (ctx) => this.#invoke(ctx));
      router.get(prefix + poll, (ctx) => this.#poll(ctx));
    }
    const app = new Koa();
    app.use(wordErrors).use(router.routes()).use(noSuchResource);
    app.on("error", (error) => {
      if (!error.expose) console.error("sandbox, flow runtime:", error);
    });
    this.#callback = app.callback();
  }

  handle(req, res) {
    return this.#callback(req, res);
  }

  reset() {
    this.runs.length = 0;
    this.overrides.clear();
    this.#operations.clear();
  }

  async #invoke(ctx) {
    const { req } = ctx;
    const query = new URLSearchParams(ctx.querystring);
    if (req.url.length > longestUrl) {
      throw new ServiceError(414, "RequestUriTooLong", "The request URI is too long.");
    }
    if (!query.has("api-version")) {
      throw new ServiceError(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
      );
    }
    const flow = this.#flowAt(ctx);
    const settings = this.#settings;
    const [world, tokens] = [this.#world, this.#tokens];
    const caller = await authorize({ req, query, flow, world, tokens, settings });
    checkState(flow);
    checkMethod(flow.trigger, ctx.method);
    const relative = relativeSegments(ctx.path);
    const parameters = matchTemplate(flow.trigger, relative);
    const body = this.#readBody(ctx, flow.trigger);
    const run = startRun(ctx, { flow, caller, query, relative, parameters, body });
    this.runs.push(run);
    await this.#respond(ctx, flow, run);
  }

  /** By the id in the path and the host it stands on. */
  #flowAt(ctx) {
    const { pathId, trigger } = ctx.params;
    const flow = Object.values(this.#world.flows).find(
      (one) => one.pathId === pathId && triggerHost(this.#world, one) === ctx.hostname,
    );
    if (!flow || flow.trigger.name !== trigger) {
      throw new ServiceError(
        404,
        "WorkflowNotFound",
        `The workflow '${pathId}' could not be found.`,
      );
    }
    return flow;
  }

  /**
   * @param {import("koa").Context} ctx
   * @param {import("../world-flows.mjs").FlowTrigger} trigger
   */
  #readBody(ctx, { name, schema }) {
    const bytes = ctx.req.rawBody;
    if (bytes.length > largestBody) {
      throw new ServiceError(
        413,
        "RequestEntityTooLarge",
        "The request body is larger than 100 MB.",
      );
    }
    const type = ctx.get("Content-Type");
    const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type);
    if (bytes.length > 0 && schema && !isJson) {
      throw invalidContent(`The content type '${type || "(none)"}' is not 'application/json'.`);
    }
    const body = isJson && bytes.length > 0 ? parseJson(bytes) : bytes.toString() || null;
    if (schema) this.#checkSchema(body, name, schema);
    return body;
  }

  #checkSchema(body, name, schema) {
    const validate = this.#ajv.compile(schema);
    if (validate(body)) return;
    const details = validate.errors?.map(({ instancePath, message }) =>
      `${instancePath || "body"} ${message}`.trim(),
    );
    throw new ServiceError(
      400,
      "TriggerInputSchemaMismatch",
      `The input body for trigger '${name}' of type 'Request' did not match its schema definition. Error details: '${details?.join("; ")}'.`,
    );
  }

  async #respond(ctx, flow, run) {
    const behaviour = this.overrides.get(flow.key) ?? this.#behaviours[flow.answer];
    const answer = await behaviour(run, flow);
    if (answer.delayMs) await sleep(answer.delayMs, undefined, { ref: false });
    setRunHeaders(ctx, flow, run.runId);
    if (answer.never) {
      await sleep(this.#settings.noResponseMs, undefined, { ref: false });
      throw new ServiceError(
        502,
        "NoResponse",
        "The server did not receive a response from an upstream server. The workflow did not reach its Response action within the time limit.",
      );
    }
    if (answer.accepted) {
      ctx.status = 202;
      ctx.body = Buffer.alloc(0);
      ctx.remove("Content-Type");
    } else if (answer.asynchronousMs !== undefined) {
      this.#acceptAsynchronously(ctx, flow, run, answer);
    } else {
      writeAnswer(ctx, answer);
    }
  }

  #acceptAsynchronously(ctx, flow, { runId }, answer) {
    const operationId = randomUUID();
    const signature = randomBytes(32).toString("base64url");
    this.#tokens.secrets.add(signature);
    const readyAt = Date.now() + (answer.asynchronousMs ?? 0);
    this.#operations.set(operationId, { signature, answer, readyAt, flow, runId });
    this.#stillRunning(ctx, operationId);
  }

  #stillRunning(ctx, operationId) {
    const { flow, runId, signature } = this.#operations.get(operationId);
    const path = ctx.path.replace(/\/(triggers|runs)\/.*$/, "");
    const query = new URLSearchParams({
      "api-version": ctx.query["api-version"] ?? "1",
      sp: `/runs/${runId}/operations/${operationId}/read`,
      sv: "1.0",
      sig: signature,
    });
    ctx.status = 202;
    ctx.set(
      "Location",
      `https://${ctx.hostname}:443${path}/runs/${runId}/operations/${operationId}?${query}`,
    );
    ctx.set("Retry-After", String(flow.retryAfterSeconds));
    ctx.body = Buffer.alloc(0);
    ctx.remove("Content-Type");
  }

  /** A run-operation URL carries its own signature and wants nothing else. */
  #poll(ctx) {
    const operation = this.#operations.get(ctx.params.operationId);
    if (!operation) {
      throw new ServiceError(
        404,
        "WorkflowRunOperationNotFound",
        "The run operation was not found.",
      );
    }
    if (ctx.get("Authorization")) {
      throw new ServiceError(
        401,
        "DirectApiRequestHasMoreThanOneAuthorization",
        "The request has both SAS authentication scheme and 'Bearer' authorization scheme. Only one scheme should be used.",
      );
    }
    if (ctx.query.sig !== operation.signature) {
      throw new ServiceError(401, "AuthorizationFailed", "The signature does not match.");
    }
    setRunHeaders(ctx, operation.flow, operation.runId);
    if (Date.now() < operation.readyAt) this.#stillRunning(ctx, ctx.params.operationId);
    else writeAnswer(ctx, operation.answer);
  }
}

/** @param {import("../world-flows.mjs").WorldFlow} flow */
function checkState({ state, trigger }) {
  if (state === "off") {
    throw new ServiceError(
      400,
      "WorkflowTriggerIsNotEnabled",
      `Could not execute workflow trigger '${trigger.name}' with state 'Disabled': trigger is not enabled.`,
    );
  }
  if (state === "suspended") {
    throw new ServiceError(400, "WorkflowDisabled", "The workflow is suspended and can't be run.");
  }
}

/** A trigger takes one method; POST where it names none. */
function checkMethod({ name, method = "POST" }, actual) {
  if (method === actual) return;
  throw new ServiceError(
    404,
    "TriggerRequestMethodNotValid",
    `The HTTP method for trigger '${name}' is not valid: expected '${method}' and actual '${actual}'.`,
  );
}

/** @param {string} path percent-encoded */
function relativeSegments(path) {
  const [, relative = ""] = /\/paths\/invoke\/(.*)$/.exec(path) ?? [];
  return relative === "" ? [] : relative.split("/").map(decodeURIComponent);
}

/** `orders/{id}` against ["orders", "42"] */
function matchTemplate({ name, relativePath = "" }, segments) {
  const template = relativePath.split("/").filter(Boolean);
  /** @type {Record<string, string>} */
  const parameters = {};
  const fits =
    template.length === segments.length &&
    template.every((part, index) => {
      const [, parameter] = /^\{(\w+)\}$/.exec(part) ?? [];
      if (parameter) parameters[parameter] = segments[index];
      return parameter ? segments[index] !== "" : part === segments[index];
    });
  if (fits) return parameters;
  throw new ServiceError(
    404,
    "TriggerRelativePathNotValid",
    `The relative path '${segments.join("/")}' does not match the path '${relativePath}' of trigger '${name}'.`,
  );
}

/** @param {Buffer} bytes */
function parseJson(bytes) {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw invalidContent(
      `The request content is not valid and could not be deserialized: '${error.message}'.`,
    );
  }
}

/** @param {string} message */
function invalidContent(message) {
  return new ServiceError(400, "InvalidRequestContent", message);
}

/** @returns {Run} */
function startRun(ctx, { flow, caller, query, relative, parameters, body }) {
  const { authorization: _, ...headers } = ctx.req.headers;
  for (const name of serviceQueries) query.delete(name);
  return {
    runId: `0858${randomBytes(14).toString("hex").toUpperCase()}CU07`,
    flow: flow.key,
    method: ctx.method,
    relativePath: relative.join("/"),
    parameters,
    query: Object.fromEntries(query),
    headers,
    body,
    bytes: ctx.req.rawBody,
    caller,
    startedAt: Date.now(),
  };
}

function setRunHeaders(ctx, flow, runId) {
  if (flow.suppressHeaders) return;
  ctx.set({
    "x-ms-workflow-run-id": runId,
    "x-ms-workflow-id": flow.pathId,
    "x-ms-workflow-name": flow.resourceId,
    "x-ms-workflow-version": "08584500000000000001",
    "x-ms-client-tracking-id": runId,
    "x-ms-correlation-id": randomUUID(),
    "x-ms-tracking-id": randomUUID(),
    "x-ms-request-id": `westeurope:${randomUUID()}`,
  });
}

/**
 * @param {import("koa").Context} ctx
 * @param {import("./behaviours.mjs").FlowAnswer} answer
 */
function writeAnswer(ctx, { status = 200, headers = {}, body }) {
  ctx.status = status;
  const asItIs = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
  const bytes = Buffer.from(/** @type {any} */ (asItIs ? (body ?? "") : JSON.stringify(body)));
  ctx.body = bytes;
  if (!asItIs) ctx.set("Content-Type", "application/json; charset=utf-8");
  else if (bytes.length > 0) ctx.set("Content-Type", "text/plain; charset=utf-8");
  else ctx.remove("Content-Type");
  ctx.set(headers);
}

function noSuchResource() {
  throw new ServiceError(404, "ResourceNotFound", "The requested resource does not exist.");
}
