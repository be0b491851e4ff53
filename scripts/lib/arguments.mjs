import { parseArgs } from "node:util";
import { Failure } from "./failure.mjs";

/**
 * What a script was called with, as node:util reads it. One that it does not take is told together with the script's
 * `usage`, such as `npm start -- [--once]`.
 */
export function readArguments(usage, config) {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!error.code?.startsWith("ERR_PARSE_ARGS_")) throw error;
    throw new Failure(`${error.message}\nUsage: ${usage}`);
  }
}
