import { Failure } from "../lib/failure.mjs";

const needNoBuild = ["lint", "rust", "build", "browser", "scripts", "sandbox"];

/** The groups, or the single steps, that `only` names; with the build where one of them uses dist/. */
export function choose(groups, only) {
  if (only === undefined) return groups;
  const names = only.split(",").map((name) => name.trim());
  const named = (name) =>
    groups.some((group) => group.name === name || group.steps.some((step) => step.name === name));
  const unknown = names.find((name) => !named(name));
  if (unknown !== undefined) {
    const known = groups.flatMap((group) => [group.name, ...group.steps.map((step) => step.name)]);
    throw new Failure(
      `There is no test step "${unknown}": choose from ${[...new Set(known)].join(", ")}.`,
    );
  }
  const chosen = (group) =>
    names.includes(group.name)
      ? group.steps
      : group.steps.filter((step) => names.includes(step.name));
  const needBuild = groups.some(
    (group) => chosen(group).length > 0 && !needNoBuild.includes(group.name),
  );
  return groups
    .map((group) =>
      group.name === "build" && needBuild ? group : { ...group, steps: chosen(group) },
    )
    .filter(({ steps }) => steps.length > 0);
}
