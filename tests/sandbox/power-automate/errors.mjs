/** Errors in the service's shape, `{"error":{"code","message"}}`. */
export class ServiceError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {Record<string, string>} [headers]
   */
  constructor(status, code, message, headers = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    /** Sent without a body: then only a header says whose answer it is. */
    this.bare = false;
  }
}

/**
 * A Koa middleware that words service errors.
 * @param {import("koa").Context} ctx
 * @param {() => Promise<unknown>} next
 */
export async function wordErrors(ctx, next) {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    ctx.status = error.status;
    ctx.set(error.headers);
    ctx.body = error.bare ? "" : { error: { code: error.code, message: error.message } };
  }
}
