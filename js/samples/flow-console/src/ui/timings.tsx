/** The steps of a call beside each other, as the browser's network view shows requests. */
import type { FlowEvent } from "entra-flow";
import { texts } from "../texts/index.js";
import { milliseconds } from "./parts.js";

const words = texts.timings;
const names: Record<FlowEvent["type"], string> = words.steps;

export function Timings({ events }: { events: FlowEvent[] }) {
  const start = Math.min(...events.map(({ startTime }) => startTime));
  const end = Math.max(...events.map(({ startTime, durationMs }) => startTime + durationMs));
  const share = (value: number) => `${((100 * value) / Math.max(1, end - start)).toFixed(2)}%`;
  const sorted = [...events].sort((one, other) => one.startTime - other.startTime);
  return (
    <section aria-labelledby="timings-title">
      <h3 id="timings-title">{words.title}</h3>
      <table class="timings">
        <thead>
          <tr>
            <th scope="col">{words.step}</th>
            <th scope="col">{words.outcome}</th>
            <th scope="col">{words.began}</th>
            <th scope="col">{words.took}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((event) => (
            <tr
              key={`${event.type} ${event.startTime} ${event.durationMs}`}
              data-event={event.type}
            >
              <th scope="row">{names[event.type]}</th>
              <td>{outcome(event)}</td>
              <td class="number">{milliseconds(event.startTime - start)}</td>
              <td class="number">
                {milliseconds(event.durationMs)}
                <span class="track" aria-hidden="true">
                  <span
                    class={event.error ? "bar fail" : "bar"}
                    style={{ left: share(event.startTime - start), width: share(event.durationMs) }}
                  />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function outcome(event: FlowEvent): string {
  const parts = [
    event.error,
    event.type === "token" ? event.way : undefined,
    event.type === "callbackUrl" && event.cache !== "miss" ? words.known : undefined,
    "status" in event ? event.status : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" ") || words.ok;
}
