import { isHigher, versionOf } from "../formats.mjs";
import { child, parseXml, textOf } from "../xml.mjs";
import { openPackage } from "./opened.mjs";

/** The zip against the one that is installed: what an update may not change, and what it must raise. */
export async function checkUpgrade(opened, installedBytes, tell) {
  const old = await openPackage(installedBytes, (_rule, where, problem) =>
    tell("zip-unreadable", `the installed zip: ${where}`, problem),
  );
  if (!old?.manifest || !old.customizations) return;
  const file = "solution.xml";
  const differs = (name, pick) => {
    const [before, after] = [pick(old.manifest) ?? "", pick(opened.manifest) ?? ""];
    if (before.toLowerCase() !== after.toLowerCase())
      tell(name, file, `was ${before}, is ${after}`);
  };
  differs("other-solution", (manifest) => textOf(manifest, "UniqueName"));
  differs("other-publisher", (manifest) => textOf(child(manifest, "Publisher"), "UniqueName"));
  differs("other-mode", (manifest) => `Managed ${textOf(manifest, "Managed")}`);
  const [before, after] = [old, opened].map(({ manifest }) => textOf(manifest, "Version"));
  if (!raised(before, after)) tell("version-not-higher", file, `was ${before}, is ${after}`);
  compareControls(old, opened, tell);
  compareWebResources(old, opened, tell);
}

function raised(before, after) {
  const [a, b] = [versionOf(before), versionOf(after)];
  return !a || !b || isHigher(b, a);
}

/** A control whose files changed needs a higher version. */
function compareControls(old, opened, tell) {
  for (const element of opened.controls) {
    const name = textOf(element, "Name");
    const home = `Controls/${name}/`;
    const filesIn = ({ entries }) => entries.filter((entry) => entry.name.startsWith(home));
    const [was, is] = [old, opened].map(({ files }) =>
      controlVersion(files.get(`${home}ControlManifest.xml`)),
    );
    const same =
      filesIn(old).length === filesIn(opened).length &&
      filesIn(opened).every(({ name: file, bytes }) => old.files.get(file)?.bytes.equals(bytes));
    if (was && !same && !raised(was, is))
      tell("control-version-not-higher", name, `was ${was}, is ${is}, and its files changed`);
  }
}

function controlVersion(entry) {
  const { document } = entry ? parseXml(entry.bytes) : {};
  return child(document?.documentElement, "control")?.getAttribute("version");
}

function compareWebResources(old, opened, tell) {
  const named = ({ webResources }) =>
    new Map(webResources.map((element) => [textOf(element, "Name"), element]));
  const before = named(old);
  for (const [name, element] of named(opened)) {
    const was = before.get(name);
    if (!was) continue;
    for (const [rule, field] of [
      ["resource-type-changed", "WebResourceType"],
      ["resource-id-changed", "WebResourceId"],
    ]) {
      const [a, b] = [textOf(was, field) ?? "", textOf(element, field) ?? ""];
      if (a.toLowerCase() !== b.toLowerCase()) tell(rule, name, `was ${a}, is ${b}`);
    }
  }
}
