/** A call through the library, told by its statuses and codes. Its message stays here: it may name things. */
import { type ClientOptions, type FlowClient, type FlowEvent, isFlowError } from "entra-flow";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { word } from "./ask.js";

/** With a client that remembers nothing, opens no window and does not wait for ever. */
export async function listen(
  session: Session,
  options: Partial<ClientOptions>,
  work: (client: FlowClient) => Promise<unknown>,
): Promise<{ found: string; value?: unknown }> {
  const events: FlowEvent[] = [];
  try {
    const client = await session.listening(
      { cache: "none", interaction: "none", timeoutMs: 20_000, ...options },
      (event) => events.push(event),
    );
    const value = await work(client);
    return { value, found: `${statusOf(events) ?? texts.probe.anAnswer}` };
  } catch (error) {
    if (!isFlowError(error)) throw error;
    const status = error.status ?? statusOf(events);
    const told = [status, word(error.serviceCode)].filter(Boolean).join(" ");
    return { found: told ? `${told} (${error.code})` : error.code };
  }
}

function statusOf(events: FlowEvent[]): number | undefined {
  return events
    .flatMap((event) => ("status" in event && event.status ? [event.status] : []))
    .at(-1);
}
