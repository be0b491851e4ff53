/** Asks for what the web resource's data parameter did not bring. It stays in the page: nothing is stored. */
import { useState } from "preact/hooks";
import { dataParameter, problemsOf, type Settings } from "../settings.js";
import { texts } from "../texts/index.js";
import { CopyButton } from "./parts.js";

const words = texts.settings;
const fields: (keyof Settings)[] = ["clientId", "tenantId", "redirectPath"];

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
      <h2 id="settings-title">{words.title}</h2>
      <p>{words.about}</p>
      <form onSubmit={submit} noValidate>
        {fields.map((name) => (
          <div class="field" key={name}>
            <label for={`setting-${name}`}>{words[name]}</label>
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
            {words.use}
          </button>
          {Object.keys(problems).length === 0 && (
            <CopyButton text={dataParameter(given)} label={words.copyData} />
          )}
        </div>
        <p class="quiet">
          {words.keep} <code>clientId=…&tenantId=…</code>
        </p>
      </form>
    </section>
  );
}
