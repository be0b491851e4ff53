/** One request that is expected to be refused, and what is kept of its answer: a status, a code, and names of headers. */
import { type ConsoleCloud, isFlowService } from "../cloud.js";
import { texts } from "../texts/index.js";

export interface Reply {
  /** `401 DirectApiAuthorizationRequired`, or that a page may read nothing. */
  told: string;
  status?: number;
  /** The names of the members of a JSON answer. Never a value: one of them may be a URL with a signature. */
  members: string[];
}

export interface Wish {
  method?: string;
  headers?: Record<string, string>;
  /** A real one: goes to hosts of the flow service only. */
  token?: string;
  body?: string;
}

const patienceMs = 20_000;

/** Asks, and keeps in mind which headers could be read on how many answers. */
export class Asker {
  #answers = 0;
  readonly #readable = new Map<string, number>();

  constructor(
    readonly cloud: ConsoleCloud,
    readonly signal: AbortSignal,
  ) {}

  async ask(
    url: string,
    { method = "POST", headers = {}, token, body }: Wish = {},
  ): Promise<Reply> {
    if (token !== undefined && !isFlowService(url, this.cloud))
      throw new Error(texts.probe.foreignHost);
    this.signal.throwIfAborted();
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(patienceMs)]),
        ...(body !== undefined && { body }),
      });
    } catch {
      this.signal.throwIfAborted();
      return { told: texts.probe.nothingReadable, members: [] };
    }
    this.#answers += 1;
    for (const name of answer.headers.keys())
      this.#readable.set(name, (this.#readable.get(name) ?? 0) + 1);
    const parsed: unknown = await answer.json().catch(() => undefined);
    const members = typeof parsed === "object" && parsed !== null ? Object.keys(parsed) : [];
    const code = word((parsed as { error?: { code?: unknown } } | undefined)?.error?.code);
    return {
      told: `${answer.status} ${code || texts.probe.noCode}`,
      status: answer.status,
      members: members.map(word).filter((name) => name !== ""),
    };
  }

  /** `content-type 7 of 7; never: location, …` for the headers that the library would like to read. */
  summary(): string {
    if (this.#answers === 0) return texts.probe.nothingReadable;
    const read = [...this.#readable].sort(([one], [other]) => one.localeCompare(other));
    const never = wanted.filter((name) => !this.#readable.has(name));
    return texts.probe.headers(
      this.#answers,
      read.map(([name, count]) => `${name} ${count}`).join(", "),
      never.join(", "),
    );
  }
}

/** What the library reads where it can, and what support asks for. */
const wanted = [
  "x-ms-request-id",
  "x-ms-client-request-id",
  "x-ms-correlation-id",
  "x-ms-correlation-request-id",
  "x-ms-client-tracking-id",
  "x-ms-workflow-run-id",
  "retry-after",
  "location",
  "www-authenticate",
];

/** A service's code or a member's name, and nothing else that may stand in its place. */
export const word = (text: unknown): string =>
  typeof text === "string" && /^[$A-Za-z][\w.]{0,60}$/.test(text) ? text : "";
