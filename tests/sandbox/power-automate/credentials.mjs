/**
 * Who may start a flow: signature or bearer, never both; then each claim. One place for every
 * authorization row of platform.md section 5.
 */
import { timingSafeEqual } from "node:crypto";
import { clouds } from "../clouds.mjs";
import { bearerOf } from "../recorder.mjs";
import { ServiceError } from "./errors.mjs";
import { signatureOf } from "./trigger-url.mjs";

const mismatch =
  "One or more claims either missing or does not match with the open authentication access control policy.";

/**
 * @param {object} question
 * @param {import("node:http").IncomingMessage} question.req
 * @param {URLSearchParams} question.query
 * @param {import("../world-flows.mjs").WorldFlow} question.flow
 * @param {import("../world.mjs").World} question.world
 * @param {import("../entra/tokens.mjs").Tokens} question.tokens
 * @param {{mismatchStatus: number, expired: "service" | "bare"}} question.settings
 * @returns {Promise<{oid: string, upn: string} | null>} the caller, who is unknown to a signature
 */
export async function authorize({ req, query, flow, world, tokens, settings }) {
  const hasBearer = Boolean(req.headers.authorization);
  const hasSignature = query.has("sig");
  const anyone = flow.trigger.auth === "All";
  if (hasBearer && hasSignature) {
    throw unauthorized(
      "DirectApiRequestHasMoreThanOneAuthorization",
      "The request has both SAS authentication scheme and 'Bearer' authorization scheme. Only one scheme should be used.",
    );
  }
  if (!hasBearer && !hasSignature) {
    throw unauthorized(
      "DirectApiAuthorizationRequired",
      "The request must be authenticated by using the 'Bearer' authorization scheme or SAS.",
    );
  }
  if (hasSignature) {
    if (!anyone) {
      throw unauthorized(
        "DirectApiInvalidAuthorizationScheme",
        "The provided authorization scheme 'SAS' is not allowed by the trigger's access policy.",
      );
    }
    checkSignature(query.get("sig") ?? "", signatureOf(flow));
    return null;
  }
  if (anyone) {
    throw unauthorized(
      "OAuthAccessPolicyNotFound",
      "The workflow has no open authentication access policy, so no bearer token can be accepted.",
    );
  }
  return checkBearer({ req, flow, world, tokens, settings });
}

/** @param {string} given @param {string} real */
function checkSignature(given, real) {
  const [left, right] = [Buffer.from(given), Buffer.from(real)];
  if (left.length !== right.length || !timingSafeEqual(left, right)) {
    throw unauthorized(
      "AuthorizationFailed",
      "The authentication credentials are not valid: the signature does not match.",
    );
  }
}

async function checkBearer({ req, flow, world, tokens, settings }) {
  const org = world.orgs[flow.org];
  const { token } = bearerOf(req) ?? { token: "" };
  const verdict = await tokens.verify(token);
  const challenged = tokens.challenge !== null && !tokens.meetsChallenge(token);
  if (verdict.ok ? tokens.isExpiredByOrder(token) || challenged : verdict.reason === "expired") {
    throw expired(org, challenged ? tokens.challenge : null, settings);
  }
  if (!verdict.ok) {
    throw unauthorized("InvalidAuthenticationToken", "The access token is invalid.", {
      "WWW-Authenticate": challengeHeader(org, "invalid_token"),
    });
  }
  const { claims } = verdict;
  const fits =
    claims.aud === clouds[org.cloud].flowAudience &&
    tokens.issuersOf(org.tenantId).includes(claims.iss) &&
    claims.tid === org.tenantId &&
    (flow.trigger.auth !== "User" || isAllowed(flow.trigger.allowedUsers, claims.oid));
  if (!fits) throw new ServiceError(settings.mismatchStatus, "MisMatchingOAuthClaims", mismatch);
  return { oid: claims.oid, upn: claims.upn };
}

/** A blank list is no restriction. @param {string[]} allowed @param {string} oid */
function isAllowed(allowed, oid) {
  return allowed.length === 0 || allowed.includes(oid);
}

/** An expired token, or one that does not answer the claims challenge. */
function expired(org, challenge, settings) {
  const headers = {
    "WWW-Authenticate": challengeHeader(
      org,
      challenge === null ? "invalid_token" : "insufficient_claims",
      challenge,
    ),
  };
  const error = unauthorized(
    "ExpiredAuthenticationToken",
    "The access token has expired.",
    headers,
  );
  if (settings.expired === "bare") error.bare = true;
  return error;
}

/** @param {{tenantId: string}} org @param {string} error @param {string | null} [claims] */
function challengeHeader(org, error, claims = null) {
  const parts = [
    'realm=""',
    `authorization_uri="https://login.microsoftonline.com/${org.tenantId}/oauth2/authorize"`,
    `error="${error}"`,
  ];
  if (claims !== null) parts.push(`claims="${Buffer.from(claims).toString("base64")}"`);
  return `Bearer ${parts.join(", ")}`;
}

/** @param {string} code @param {string} message @param {Record<string, string>} [headers] */
function unauthorized(code, message, headers) {
  return new ServiceError(401, code, message, headers);
}
