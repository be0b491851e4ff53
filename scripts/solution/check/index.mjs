import { mostFileBytes } from "../formats.mjs";
import { checkContainer } from "./container.mjs";
import { checkContentTypes } from "./content-types.mjs";
import { checkControls } from "./controls.mjs";
import { openPackage } from "./opened.mjs";
import { checkReferences } from "./references.mjs";
import { notes, rules } from "./rules.mjs";
import { checkRoots, checkSolutionFile } from "./solution-file.mjs";
import { checkUpgrade } from "./upgrade.mjs";
import { checkWebResources } from "./web-resources.mjs";
import { checkWorkflows } from "./workflows.mjs";

/**
 * What an import of this solution zip would refuse, as `[{ rule, level, where, problem, fix }]`; level is `error` or
 * `note`. `fileName` is held to the Managed flag; `installed` holds the bytes of the version that is in the environment.
 */
export async function checkSolution(
  bytes,
  { fileName, installed, maxFileBytes = mostFileBytes } = {},
) {
  const findings = [];
  const tell = (name, where, problem) => {
    const level = name in rules ? "error" : "note";
    const { fix } = rules[name] ?? notes[name];
    findings.push({ rule: name, level, where, problem, fix });
  };

  const opened = await openPackage(bytes, tell);
  if (!opened) return findings;
  checkContainer(opened, tell);
  checkContentTypes(opened, tell);
  // Without one of the two the rest would only be an echo of that.
  if (!opened.manifest || !opened.customizations) return findings;
  checkSolutionFile(opened, tell, fileName);
  checkRoots(opened, tell);
  checkWebResources(opened, tell, maxFileBytes);
  checkControls(opened, tell, maxFileBytes);
  checkWorkflows(opened, tell);
  checkReferences(opened, tell);
  if (installed) await checkUpgrade(opened, installed, tell);
  return findings;
}
