/**
 * The Power Automate API: listCallbackUrl, at the classic host and at the environment's own.
 */
import Router from "@koa/router";
import Koa from "koa";
import { clouds } from "../clouds.mjs";
import { bearerOf } from "../recorder.mjs";
import { ServiceError, wordErrors } from "./errors.mjs";
import { triggerParts, triggerUrl } from "./trigger-url.mjs";

const classic =
  "/providers/Microsoft.ProcessSimple/environments/:environment/flows/:flow/triggers/:trigger/listCallbackUrl";
const environmentsOwn = "/powerautomate/flows/:flow/triggers/:trigger/listCallbackUrl";

export class FlowApi {
  #world;
  #tokens;
  #settings;
  #callback;

  /**
   * @param {import("../world.mjs").World} world
   * @param {import("../entra/tokens.mjs").Tokens} tokens
   * @param {import("../index.mjs").Settings} settings
   */
  constructor(world, tokens, settings) {
    this.#world = world;
    this.#tokens = tokens;
    this.#settings = settings;
    const router = new Router();
    router.post(classic, (ctx) =>
      this.#listCallbackUrl(ctx, this.#orgByClassicHost(ctx), "2016-11-01"),
    );
    router.post(environmentsOwn, (ctx) => this.#listCallbackUrl(ctx, this.#orgByOwnHost(ctx), "1"));
    const app = new Koa();
    app.use(wordErrors).use(router.routes()).use(noSuchResource);
    app.on("error", (error) => {
      if (!error.expose) console.error("sandbox, flow API:", error);
    });
    this.#callback = app.callback();
  }

  handle(req, res) {
    return this.#callback(req, res);
  }

  /** The org is found later, so that the token is looked at first. */
  #orgByClassicHost(ctx) {
    const [cloud] =
      Object.entries(clouds).find(([, one]) => one.flowApiHost === ctx.hostname) ?? [];
    const environment = ctx.params.environment.toLowerCase();
    const org = Object.values(this.#world.orgs).find(
      (one) => one.cloud === cloud && one.environmentId.toLowerCase() === environment,
    );
    return { cloud, org };
  }

  #orgByOwnHost(ctx) {
    const org = Object.values(this.#world.orgs).find((one) => one.environmentHost === ctx.hostname);
    return { cloud: org?.cloud, org };
  }

  async #listCallbackUrl(ctx, { cloud, org }, version) {
    const claims = await this.#authenticate(ctx, clouds[cloud].flowAudience);
    if (ctx.query["api-version"] !== version) {
      throw new ServiceError(
        400,
        "InvalidApiVersionParameter",
        `The api-version '${ctx.query["api-version"] ?? ""}' is invalid. The supported versions are '${version}'.`,
      );
    }
    if (!org) {
      const message = `The environment '${ctx.params.environment}' could not be found.`;
      throw new ServiceError(404, "EnvironmentNotFound", message);
    }
    const flow = this.#flowOf(ctx, org);
    this.#checkReader(claims, org, flow);
    if (flow.trigger.name !== ctx.params.trigger) {
      const message = `The trigger '${ctx.params.trigger}' of flow '${ctx.params.flow}' could not be found.`;
      throw new ServiceError(404, "TriggerNotFound", message);
    }
    if (flow.trigger.type !== "Request" || flow.trigger.kind !== "Http") {
      throw new ServiceError(
        400,
        "ListCallbackUrlOperationBlocked",
        `The operation 'listCallbackUrl' is not allowed for the trigger '${flow.trigger.name}' of kind '${flow.trigger.kind}'.`,
      );
    }
    ctx.body = shaped(
      this.#world,
      flow,
      flow.answerShape ?? this.#settings.answerShape,
      this.#settings,
    );
  }

  async #authenticate(ctx, audience) {
    const bearer = bearerOf(ctx.req);
    if (!bearer) {
      throw unauthorized(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
      );
    }
    const verdict = await this.#tokens.verify(bearer.token);
    if (verdict.ok === false) {
      throw verdict.reason === "expired"
        ? unauthorized("ExpiredAuthenticationToken", "The access token has expired.")
        : unauthorized("InvalidAuthenticationToken", "The access token is invalid.");
    }
    const { claims } = verdict;
    if (this.#settings.expiryReachesFlowApi && this.#tokens.isExpiredByOrder(bearer.token)) {
      throw unauthorized("ExpiredAuthenticationToken", "The access token has expired.");
    }
    if (claims.aud !== audience) {
      throw unauthorized(
        "InvalidAuthenticationTokenAudience",
        `The access token has been obtained from wrong audience or resource '${claims.aud}'. It should exactly match (including forward slash) with one of the allowed audiences '${audience}'.`,
      );
    }
    if (!this.#tokens.issuersOf(claims.tid).includes(claims.iss)) {
      throw unauthorized(
        "InvalidAuthenticationToken",
        "The access token is from the wrong issuer.",
      );
    }
    if (!claims.scp) {
      throw unauthorized(
        "ClientScopeAuthorizationFailed",
        "The x-ms-client-scope header must not be null or empty.",
      );
    }
    return claims;
  }

  #flowOf(ctx, org) {
    const id = ctx.params.flow.toLowerCase();
    const flow = Object.values(this.#world.flows).find(
      (one) =>
        this.#world.orgs[one.org] === org &&
        one.category === 5 &&
        (one.resourceId === id || (this.#settings.acceptWorkflowId && one.workflowId === id)),
    );
    if (!flow) {
      throw new ServiceError(404, "FlowNotFound", `Could not find flow '${ctx.params.flow}'.`);
    }
    return flow;
  }

  #checkReader(claims, org, flow) {
    const reader = Object.values(this.#world.users).find(({ oid }) => oid === claims.oid);
    const mayRead = reader && this.#world.roles[reader.role].workflow?.includes("Read");
    if (claims.tid !== org.tenantId || !mayRead) {
      throw new ServiceError(
        403,
        "InsufficientCdsPermissions",
        `The user with object id '${claims.oid}' does not have sufficient Dataverse permissions to read the flow '${flow.resourceId}'.`,
      );
    }
  }
}

/** The four answers that callers have seen; `method` in it is not to be trusted. */
function shaped(world, flow, shape, { templateInValue }) {
  const { basePath, queries } = triggerParts(world, flow);
  const { relativePath } = flow.trigger;
  const template = relativePath && {
    relativePath,
    relativePathParameters: [...relativePath.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
  };
  const plain = triggerUrl(world, flow);
  const value =
    template && templateInValue
      ? plain.replace("/paths/invoke", `/paths/invoke/${relativePath}`)
      : plain;
  const inner = { value, method: flow.trigger.method ?? "GET", basePath, ...template, queries };
  if (shape === "wrapped") return { response: inner, httpStatusCode: "OK" };
  if (shape === "bare") return inner;
  if (shape === "content") return { $content: value };
  const { value: _, ...parts } = inner;
  return parts;
}

/** @param {string} code @param {string} message */
function unauthorized(code, message) {
  return new ServiceError(401, code, message);
}

function noSuchResource() {
  throw new ServiceError(404, "ResourceNotFound", "The requested resource does not exist.");
}
