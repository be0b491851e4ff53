/** Names with values, as many as are wanted: query parameters, request headers. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { texts } from "../texts/index.js";

const words = texts.invoke;

export interface Pair {
  key: number;
  name: string;
  value: string;
}

/** Those that are filled in. */
export const recordOf = (pairs: Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]),
  );

/** What would be lost on the way: a name that is there twice, a value without a name. */
export function problemOfPairs(
  pairs: Pair[],
  sameName: (name: string) => string,
): string | undefined {
  const seen = new Set<string>();
  for (const { name, value } of pairs) {
    if (name === "" && value !== "") return words.nameless;
    if (name !== "" && seen.has(sameName(name))) return words.twice(name);
    seen.add(sameName(name));
  }
  return undefined;
}

interface Props {
  id: string;
  legend: string;
  about: string;
  /** What one is called: "Header". */
  item: string;
  add: string;
  pairs: Pair[];
  problem: string | undefined;
  onPairs(pairs: Pair[]): void;
}

export function Pairs({ id, legend, about, item, add, pairs, problem, onPairs }: Props) {
  const root = useRef<HTMLFieldSetElement>(null);
  /** What has the focus after the next drawing: a new row's name, or the button where a row was taken away. */
  const next = useRef<string | undefined>(undefined);
  // Before the next key is heard: an effect comes after the drawing, and a quick typist's first letter would be lost.
  useLayoutEffect(() => {
    if (next.current) root.current?.querySelector<HTMLElement>(next.current)?.focus();
    next.current = undefined;
  });
  const change = (key: number, given: Partial<Pair>) =>
    onPairs(pairs.map((pair) => (pair.key === key ? { ...pair, ...given } : pair)));
  return (
    <fieldset ref={root} class="pairs" aria-describedby={`${id}-about`}>
      <legend>{legend}</legend>
      <p class="quiet" id={`${id}-about`}>
        {about}
      </p>
      {pairs.map(({ key, name, value }, index) => {
        const called = `${item} ${index + 1}`;
        return (
          <div class="pair" key={key}>
            <input
              id={`${id}-${key}`}
              aria-label={`${called}: ${words.name}`}
              placeholder={words.name}
              spellcheck={false}
              autocomplete="off"
              value={name}
              onInput={({ currentTarget }) => change(key, { name: currentTarget.value.trim() })}
            />
            <input
              aria-label={`${called}: ${words.value}`}
              placeholder={words.value}
              spellcheck={false}
              autocomplete="off"
              value={value}
              onInput={({ currentTarget }) => change(key, { value: currentTarget.value })}
            />
            <button
              type="button"
              aria-label={`${texts.common.remove} ${called}`}
              onClick={() => {
                next.current = ".add";
                onPairs(pairs.filter((pair) => pair.key !== key));
              }}
            >
              {texts.common.remove}
            </button>
          </div>
        );
      })}
      <p class="problem" role="status">
        {problem}
      </p>
      <button
        type="button"
        class="add"
        onClick={() => {
          const key = Math.max(0, ...pairs.map((pair) => pair.key)) + 1;
          next.current = `#${id}-${key}`;
          onPairs([...pairs, { key, name: "", value: "" }]);
        }}
      >
        {add}
      </button>
    </fieldset>
  );
}
