/** Asks for what the web resource's data parameter did not bring. It stays in the page: nothing is stored. */
import { useState } from "preact/hooks";
import { dataParameter, problemsOf, type Settings } from "../settings.js";
import { CopyButton } from "./parts.js";

const fields: [name: keyof Settings, label: string][] = [
  ["clientId", "Client ID of the app registration"],
  ["tenantId", "Tenant ID"],
  ["redirectPath", "Redirect page"],
];

export function SettingsForm(props: { settings: Settings; onDone(settings: Settings): void }) {
  const [given, setGiven] = useState(props.settings);
  const [tried, setTried] = useState(false);
  const problems = problemsOf(given);
  const shown = tried ? problems : {};
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    const [first] = Object.keys(problems);
    if (first) document.getElementById(`setting-${first}`)?.focus();
    else props.onDone({ ...given });
  };
  return (
    <section class="card settings" aria-labelledby="settings-title">
      <h2 id="settings-title">Sign-in</h2>
      <p>
        Flows are called as you, with a token that this app registration may ask for: a single-page
        application with the delegated permission <i>Power Automate → User</i> and the page below as
        its redirect URI. Nothing you type here is stored.
      </p>
      <form onSubmit={submit} noValidate>
        {fields.map(([name, label]) => (
          <div class="field" key={name}>
            <label for={`setting-${name}`}>{label}</label>
            <input
              id={`setting-${name}`}
              value={given[name]}
              spellcheck={false}
              autocomplete="off"
              required
              aria-invalid={shown[name] !== undefined}
              aria-describedby={`problem-${name}`}
              onInput={({ currentTarget }) =>
                setGiven({ ...given, [name]: currentTarget.value.trim() })
              }
            />
            <p class="problem" id={`problem-${name}`}>
              {shown[name]}
            </p>
          </div>
        ))}
        <div class="row">
          <button type="submit" class="primary">
            Use these
          </button>
          {Object.keys(problems).length === 0 && (
            <CopyButton text={dataParameter(given)} label="Copy as data parameter" />
          )}
        </div>
        <p class="quiet">
          To keep them for everybody, give the web resource this data parameter where your app opens
          it: <code>clientId=…&tenantId=…</code>
        </p>
      </form>
    </section>
  );
}
