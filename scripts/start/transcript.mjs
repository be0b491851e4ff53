import path from "node:path";
import { root } from "../lib/paths.mjs";

/** Prints what happened, by the requests that reached the sandbox. */
export function printTranscript(job) {
  const { pressedAt, chosenAt, shownAt, requests } = job;
  console.log("\nthe main job: a PCF control on a form calls a protected flow\n");
  const events = [
    { at: pressedAt, text: "ada presses the button" },
    { at: chosenAt, text: "ada picks her account in the sign-in window" },
    ...requests.flatMap(step),
    { at: shownAt, text: "the field shows the answer" },
  ].sort((left, right) => left.at - right.at);
  for (const { at, ms, text, where } of events) {
    const started = `${at - pressedAt} ms`.padStart(9);
    const took = (ms === undefined ? "" : `${ms} ms`).padStart(8);
    console.log(`${started}${took}  ${text}${where ? `\n${" ".repeat(19)}${where}` : ""}`);
  }
  console.log(`\nanswer      ${job.shown || job.said}`);
  if (job.run) console.log(`run         ${job.run.runId}, asked by ${job.run.caller?.upn}`);
  console.log(`screenshot  ${path.relative(root, job.screenshot)}`);
}

/** A request as a line; what only supports another (preflights, scripts, metadata) is left out. */
function step({ kind, startedAt, durationMs, method, host, path: where, status, bearer }) {
  const text = {
    entra: where.endsWith("/token") ? "token" : undefined,
    dataverse: where.includes("workflows") ? "workflow row" : "Dataverse",
    flowApi: "listCallbackUrl",
    trigger: "flow",
    unknown: "a stranger",
  }[kind];
  if (text === undefined) return [];
  const line = `${method} ${host}${where} → ${status}${bearer ? ", with the bearer" : ""}`;
  return [{ at: startedAt, ms: durationMs ?? undefined, text, where: line }];
}
