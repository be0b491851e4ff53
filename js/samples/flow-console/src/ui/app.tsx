/** The page: header, sign-in, tabs, and which flow is open. */
import { type HttpFlow, isFlowError } from "entra-flow";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Host } from "../host.js";
import { type Observation, observe } from "../probe/observation.js";
import { Session } from "../session.js";
import type { StartUp } from "../settings.js";
import { texts } from "../texts/index.js";
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

  const loads = useRef(0);
  const load = async () => {
    loads.current += 1;
    const mine = loads.current;
    setFlows(undefined);
    const found = await session
      .client()
      .then((client) => client.httpFlows())
      .then((list) => ({ list }))
      .catch((error) => ({ error }));
    // Another load may have begun meanwhile, with other settings.
    if (mine !== loads.current) return;
    setFlows(found);
    if (!("list" in found)) return;
    found.list.sort((one, other) => one.name.localeCompare(other.name));
    const { workflowId = startUp.workflowId, trigger } = chosen ?? {};
    setChosen(
      found.list.find(
        (flow) => flow.workflowId === workflowId && (!trigger || flow.trigger === trigger),
      ),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new session reads the list anew, nothing else does.
  useEffect(() => void load(), [session]);

  const list = flows && "list" in flows ? flows.list : [];
  const noteAnswer = (status: number, headers: Headers) => {
    const names = [...headers.keys()].sort().join(", ");
    setAnswered(observe("flow.answer", `${status}; ${texts.probe.headers(1, names, "")}`));
  };

  return (
    <>
      <header class="top">
        <h1>{texts.title}</h1>
        <SignIn session={session} onSettings={() => setEditing(!editing)} editing={editing} />
      </header>
      {editing && (
        <SettingsForm
          settings={settings}
          onDone={(next) => {
            setSettings(next);
            setEditing(false);
            focusOn(".sign-in button");
          }}
        />
      )}
      <main>
        <Tabs
          label={texts.tabs.console}
          tabs={[
            {
              id: "flows",
              label: texts.tabs.flows,
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
                    onBack={() => {
                      setChosen(undefined);
                      focusOn(".flow[tabindex='0']");
                    }}
                    onAnswer={noteAnswer}
                  />
                </div>
              ),
            },
            {
              id: "publish",
              label: texts.tabs.publish,
              panel: <PublishView session={session} flows={list} />,
            },
            {
              id: "environment",
              label: texts.tabs.environment,
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
  const words = texts.signIn;
  const [user, setUser] = useState<string>();
  const [waiting, setWaiting] = useState(false);
  const [error, setError] = useState<unknown>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other settings, another MSAL: nobody is signed in there yet.
  useEffect(() => {
    setUser(undefined);
    setError(undefined);
  }, [session]);
  const signIn = async () => {
    setWaiting(true);
    setError(undefined);
    try {
      await (await session.client()).signIn();
      setUser((await session.userName()) ?? words.somebody);
      // The button that had the focus is gone.
      focusOn(".sign-in button");
    } catch (thrown) {
      setError(thrown);
    }
    setWaiting(false);
  };
  return (
    <div class="sign-in">
      <span role="status" class="quiet">
        {user ? words.signedInAs(user) : waiting ? words.waiting : ""}
      </span>
      {!user && (
        <button type="button" class="primary" disabled={!session.canSignIn} onClick={signIn}>
          {words.button}
        </button>
      )}
      <button type="button" aria-expanded={editing} onClick={onSettings}>
        {words.settings}
      </button>
      {error !== undefined && !isSuperseded(error) && <Problem error={error} />}
    </div>
  );
}

/** Once the page is drawn anew: what had the focus is not there any more. */
const focusOn = (selector: string) =>
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.focus());

/** A second click while a window is open ends the first wait; that is no news. */
const isSuperseded = (error: unknown) => isFlowError(error) && error.code === "aborted";
