/** The steps of a call beside each other, as the browser's network view shows requests. */
import type { FlowEvent } from "entra-flow";
import { milliseconds } from "./parts.js";

const names: Record<FlowEvent["type"], string> = {
  token: "Token",
  workflow: "Flow's row",
  variable: "Variable",
  callbackUrl: "Trigger URL",
  invoke: "Flow",
  retry: "Wait before a retry",
  poll: "Look for the end",
};

export function Timings({ events }: { events: FlowEvent[] }) {
  const start = Math.min(...events.map(({ startTime }) => startTime));
  const end = Math.max(...events.map(({ startTime, durationMs }) => startTime + durationMs));
  const share = (value: number) => `${((100 * value) / Math.max(1, end - start)).toFixed(2)}%`;
  const sorted = [...events].sort((one, other) => one.startTime - other.startTime);
  return (
    <section aria-labelledby="timings-title">
      <h3 id="timings-title">Timings</h3>
      <table class="timings">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Outcome</th>
            <th scope="col">Began</th>
            <th scope="col">Took</th>
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
    event.type === "callbackUrl" && event.cache !== "miss" ? "known" : undefined,
    "status" in event ? event.status : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" ") || "OK";
}
