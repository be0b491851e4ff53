/** The page: header, sign-in, tabs, and which flow is open. */
import { type HttpFlow, isFlowError } from "entra-flow";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Host } from "../host.js";
import { type Observation, observe } from "../probe.js";
import { Session } from "../session.js";
import type { StartUp } from "../settings.js";
import { EnvironmentView } from "./environment.js";
import { FlowList } from "./flow-list.js";
import { FlowView } from "./flow-view.js";
import { Problem, Tabs } from "./parts.js";
import { PublishView } from "./publish.js";
import { SettingsForm } from "./settings-form.js";

type Flows = { list: HttpFlow[] } | { error: unknown } | undefined;

export function App({ host, startUp }: { host: Host; startUp: StartUp }) {
  const [settings, setSettings] = useState(startUp.settings);
  const session = useMemo(() => new Session(host, settings), [host, settings]);
  const [editing, setEditing] = useState(!session.canSignIn);
  const [flows, setFlows] = useState<Flows>();
  const [chosen, setChosen] = useState<HttpFlow>();
  const [answered, setAnswered] = useState<Observation>();

  const load = async () => {
    setFlows(undefined);
    try {
      const list = await (await session.client()).httpFlows();
      list.sort((one, other) => one.name.localeCompare(other.name));
      setFlows({ list });
      setChosen(
        list.find(({ workflowId }) => workflowId === (chosen?.workflowId ?? startUp.workflowId)),
      );
    } catch (error) {
      setFlows({ error });
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new session reads the list anew, nothing else does.
  useEffect(() => void load(), [session]);

  const list = flows && "list" in flows ? flows.list : [];
  const noteAnswer = (status: number, headers: Headers) => {
    const names = [...headers.keys()].sort().join(", ") || "none";
    setAnswered(
      observe(
        "flow.answer",
        "What may a page read of a real answer (from the tab Invoke)?",
        `${status}; readable headers: ${names}`,
      ),
    );
  };

  return (
    <>
      <header class="top">
        <h1>Flow console</h1>
        <SignIn session={session} onSettings={() => setEditing(!editing)} editing={editing} />
      </header>
      {editing && (
        <SettingsForm
          settings={settings}
          onDone={(next) => {
            setSettings(next);
            setEditing(false);
          }}
        />
      )}
      <main>
        <Tabs
          label="Console"
          tabs={[
            {
              id: "flows",
              label: "Flows",
              panel: (
                <div class={chosen ? "flows open" : "flows"}>
                  <FlowList
                    flows={list}
                    loading={!flows}
                    error={flows && "error" in flows ? flows.error : undefined}
                    chosen={chosen}
                    onChoose={setChosen}
                    onReload={load}
                  />
                  <FlowView
                    key={chosen ? `${chosen.workflowId} ${chosen.trigger}` : ""}
                    session={session}
                    flow={chosen}
                    onBack={() => setChosen(undefined)}
                    onAnswer={noteAnswer}
                  />
                </div>
              ),
            },
            {
              id: "publish",
              label: "Publish URLs",
              panel: <PublishView session={session} flows={list} />,
            },
            {
              id: "environment",
              label: "This environment",
              panel: <EnvironmentView session={session} flows={list} answered={answered} />,
            },
          ]}
        />
      </main>
    </>
  );
}

function SignIn(props: { session: Session; onSettings(): void; editing: boolean }) {
  const { session, onSettings, editing } = props;
  const [user, setUser] = useState<string>();
  const [waiting, setWaiting] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    setUser(undefined);
    setError(undefined);
  }, []);
  const signIn = async () => {
    setWaiting(true);
    setError(undefined);
    try {
      await (await session.client()).signIn();
      setUser((await session.userName()) ?? "a user of this tenant");
    } catch (thrown) {
      setError(thrown);
    }
    setWaiting(false);
  };
  return (
    <div class="sign-in">
      <span role="status" class="quiet">
        {user
          ? `Signed in as ${user}`
          : waiting
            ? "A sign-in window is open. If you closed it, sign in again."
            : ""}
      </span>
      {!user && (
        <button type="button" class="primary" disabled={!session.canSignIn} onClick={signIn}>
          Sign in
        </button>
      )}
      <button type="button" aria-expanded={editing} onClick={onSettings}>
        Settings
      </button>
      {error !== undefined && !isSuperseded(error) && <Problem error={error} />}
    </div>
  );
}

/** A second click while a window is open ends the first wait; that is no news. */
const isSuperseded = (error: unknown) => isFlowError(error) && error.code === "aborted";
