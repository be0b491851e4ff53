import type { Problem } from "./problem";

/** What the control is doing, and how it may go on. */
export type State =
  | { kind: "idle" }
  | { kind: "running"; since: number }
  | { kind: "signingIn"; since: number }
  | { kind: "done"; answer: string; shortened: boolean; accepted: boolean; durationMs: number }
  | { kind: "cancelled"; mayHaveRun: boolean }
  | { kind: "signedOut"; reason: SignInReason }
  | { kind: "failed"; problem: Problem };

/** Why the user is asked to sign in. */
export type SignInReason = "needed" | "blocked" | "cancelled";

export type Event =
  | { type: "run"; at: number }
  | { type: "signIn"; at: number }
  | { type: "answered"; answer: string; shortened: boolean; accepted: boolean; durationMs: number }
  | { type: "cancelled"; mayHaveRun: boolean }
  | { type: "signInNeeded"; reason: SignInReason }
  | { type: "failed"; problem: Problem };

export const idle: State = { kind: "idle" };

export const isBusy = (state: State): boolean =>
  state.kind === "running" || state.kind === "signingIn";

/** An event that has no place in a state changes nothing: a late answer, a second click. */
export function next(state: State, event: Event): State {
  switch (event.type) {
    case "run":
      return state.kind === "running" ? state : { kind: "running", since: event.at };
    case "signIn":
      return state.kind === "signingIn" ? state : { kind: "signingIn", since: event.at };
  }
  if (!isBusy(state)) return state;
  switch (event.type) {
    case "answered": {
      const { answer, shortened, accepted, durationMs } = event;
      return { kind: "done", answer, shortened, accepted, durationMs };
    }
    case "cancelled":
      return { kind: "cancelled", mayHaveRun: event.mayHaveRun };
    case "signInNeeded":
      return { kind: "signedOut", reason: event.reason };
    case "failed":
      return { kind: "failed", problem: event.problem };
  }
}
