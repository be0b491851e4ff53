import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { at } from "../../scripts/lib/paths.mjs";
import { summary } from "../lib/stats.mjs";
import { mainThread } from "../lib/trace.mjs";
import { marked } from "../stage.mjs";

/** What loading costs: each time in a fresh page. */
export async function run(stage) {
  const [us, msal] = [await measure(stage, "us"), await measure(stage, "msal")];
  const unseen = await measure(stage, "us", unseenUrl);
  const copies = await measureCopies(stage);
  const told = ({ evaluate }) => `evaluating the script took ${evaluate.toFixed(2)} ms before`;
  return [
    {
      what: "script evaluated → first call leaves",
      value: us.use,
      unit: "ms",
      target: 4,
      detail: `median, in a browser process that has run it on an earlier page; ${told(us)}; msal-browser alone: ${msal.evaluate.toFixed(2)} ms to evaluate, ${msal.use.toFixed(2)} ms to initialize`,
    },
    {
      what: "first call leaves, in a process that has not run it",
      value: unseen.use,
      unit: "ms",
      target: 4,
      detail: `median; ${told(unseen)}`,
    },
    {
      what: "longest block of the main thread by us",
      value: us.longest,
      unit: "ms",
      target: 2,
      detail: `median of each load's longest task, evaluation included; msal-browser alone: ${msal.longest.toFixed(2)} ms`,
    },
    {
      what: "longest block, in a process that has not run it",
      value: unseen.longest,
      unit: "ms",
      target: 2,
      detail: "the first call compiles what it runs, function by function",
    },
    {
      what: "second copy on a page: first call leaves",
      value: copies.second.use,
      unit: "ms",
      detail: `median; the first copy, in a process that has not run it: ${copies.first.use.toFixed(2)} ms. Main thread, evaluation and a first call included: ${copies.second.cpu.toFixed(2)} ms of CPU against ${copies.first.cpu.toFixed(2)}; longest task ${copies.second.longest.toFixed(2)} ms`,
    },
  ];
}

/** Each answer to it is another build, of which no cache of the browser knows: see `serveUnseen`. */
const unseenUrl = "/bench/unseen.js";
const urls = { us: "/bench/entra-flow.global.js", msal: "/bench/msal.js" };

/** Medians in milliseconds of evaluating the script, of its first use, and of each load's longest task. */
export async function measure(stage, name, url = urls[name]) {
  if (url === unseenUrl) serveUnseen(stage);
  const runs = [];
  for (let count = stage.times(40, 8); count > 0; count -= 1) {
    await stage.open("start.html");
    runs.push(await stage.call("start", name, url));
  }
  // By themselves, for tracing costs time.
  const longest = [];
  for (let count = stage.times(20, 4); count > 0; count -= 1) {
    await stage.open("start.html");
    longest.push((await mainThread(stage.cdp, () => stage.call("start", name, url))).longest);
  }
  const median = (pick) => summary(runs.map(pick)).median;
  return {
    evaluate: median(({ evaluateMs }) => evaluateMs),
    use: median(({ useMs }) => useMs),
    longest: summary(longest).median,
  };
}

/** Medians of a first and a second copy of one build on one page. */
async function measureCopies(stage) {
  const copies = { first: [], second: [] };
  for (let count = stage.times(30, 6); count > 0; count -= 1) {
    const url = `/bench/copy-${count}.js`;
    serve(stage, url, { body: anotherBuild() });
    for (const traced of [false, true]) {
      await stage.open("start.html");
      if (traced) serve(stage, url, { body: anotherBuild() });
      for (const runs of Object.values(copies)) {
        const start = () => stage.call("start", "us", url);
        runs.push(traced ? await mainThread(stage.cdp, start) : { use: (await start()).useMs });
      }
    }
  }
  const median = (runs, name) =>
    summary(runs.map((run) => run[name]).filter((value) => value !== undefined)).median;
  const medians = (runs) => ({
    use: median(runs, "use"),
    cpu: median(runs, "cpu"),
    longest: median(runs, "longest"),
  });
  return { first: medians(copies.first), second: medians(copies.second) };
}

const serveUnseen = (stage) =>
  serve(stage, unseenUrl, {
    handler(_, response) {
      response.setHeader("content-type", "text/javascript");
      response.end(anotherBuild());
    },
  });

const serve = ({ sandbox }, url, page) => sandbox.page(sandbox.world.orgs.contoso.host, url, page);

/**
 * The library, its module a section longer: neither V8's cache of scripts nor that of modules has it. Of some length, for V8
 * looks a long script up by its length, and would compare it with all that it has seen.
 */
function anotherBuild() {
  const text = readFileSync(at("dist", "entra-flow.global.js"), "utf8");
  const [, packed] = /"([A-Za-z0-9+/=]{10000,})"/.exec(text);
  const module = inflateRawSync(Buffer.from(packed, "base64"));
  const section = Buffer.concat([Buffer.from([0, 13, 4]), Buffer.from("none"), randomBytes(8)]);
  const other = deflateRawSync(Buffer.concat([module, section]), { level: 9 });
  const length = `/*${"-".repeat(randomInt(4096))}*/`;
  return marked(length + text.replace(packed, other.toString("base64")));
}
