/** What publishing would change, found out without writing anything. */
import type { FlowClient, Publication } from "entra-flow";
import { isFlowError } from "entra-flow";
import type { ConsoleWebApi } from "./host.js";
import { texts } from "./texts/index.js";
import { hasSignature, shownUrl } from "./urls.js";

/** A text variable and its value as it may be seen: people keep all kinds of things in variables, keys too. */
export interface Variable {
  schemaName: string;
  displayName: string;
  /** The value, else the default. It stays in here: only `shownValue` is for the page. */
  effective: string | undefined;
  hasValue: boolean;
}

export type Change = "create" | "update" | "none" | "refused";

export interface PlannedChange extends Publication {
  change: Change;
  from: string;
  to?: string;
  /** Why it is refused, and what to do about it. */
  reason?: string;
}

const expand = "environmentvariabledefinition_environmentvariablevalue";
const textType = 100000000;

/** All text variables of the environment; others can't hold a URL. */
export async function readVariables(webApi: ConsoleWebApi): Promise<Variable[]> {
  const found: Variable[] = [];
  let options: string | undefined =
    `?$select=schemaname,displayname,defaultvalue&$filter=type eq ${textType}&$expand=${expand}($select=value)`;
  while (options !== undefined) {
    const page = await webApi.retrieveMultipleRecords(
      "environmentvariabledefinition",
      options,
      500,
    );
    for (const row of page.entities) {
      const value: unknown = row[expand]?.[0]?.value;
      const text = (one: unknown) => (typeof one === "string" && one !== "" ? one : undefined);
      found.push({
        schemaName: row.schemaname,
        displayName: row.displayname,
        effective: text(value) ?? text(row.defaultvalue),
        hasValue: (row[expand]?.length ?? 0) > 0,
      });
    }
    options = page.nextLink;
  }
  return found.sort((one, other) => one.schemaName.localeCompare(other.schemaName));
}

export function shownValue(effective: string | undefined): string {
  if (effective === undefined) return texts.publish.empty;
  return shownUrl(effective.trim()) ?? texts.publish.noUrl;
}

/** Asks for each flow's URL as it is now and holds it against the variable. Two for one variable: the second is refused. */
export async function planChanges(
  client: FlowClient,
  variables: Variable[],
  map: Publication[],
): Promise<PlannedChange[]> {
  const taken = new Set<string>();
  return Promise.all(
    map.map(async (one): Promise<PlannedChange> => {
      const variable = variables.find(({ schemaName }) => schemaName === one.environmentVariable);
      const from = shownValue(variable?.effective);
      const refused = (reason: string) => ({ ...one, change: "refused" as const, from, reason });
      if (!variable) return refused(texts.publish.noVariable);
      if (taken.has(variable.schemaName)) return refused(texts.publish.taken);
      taken.add(variable.schemaName);
      try {
        const { workflowId, trigger = "manual" } = one;
        const url = await client.flow({ workflowId, trigger }).callbackUrl({ refresh: true });
        const to = shownUrl(url) ?? "";
        // Never published from here: whoever reads the variable could run the flow.
        if (hasSignature(url)) return refused(texts.publish.signed);
        if (variable.effective?.trim() === url) return { ...one, change: "none", from, to };
        return { ...one, change: variable.hasValue ? "update" : "create", from, to };
      } catch (error) {
        if (!isFlowError(error)) throw error;
        return refused(`${error.message} ${error.hint}`);
      }
    }),
  );
}
