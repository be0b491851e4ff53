import { run, which } from "../lib/run.mjs";

/** Whether Debian's packages can be installed without asking anyone: apt is here, and we are root. */
export const canApt = () => process.getuid?.() === 0 && which("apt-get") !== undefined;

const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" } };
// Another apt may be at work; wait for it instead of failing.
const options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];

/** Installs Debian packages. A new machine's lists are empty or old: only then are they fetched. */
export async function aptInstall(packages) {
  const first = await run("apt-get", ["install", ...options, ...packages], quiet);
  if (first.code === 0) return first;
  const update = await run("apt-get", ["update"], quiet);
  if (update.code !== 0) return update;
  return run("apt-get", ["install", ...options, ...packages], quiet);
}

/** Of these Debian packages, the ones that are not installed. */
export async function missingPackages(packages) {
  if (which("dpkg-query") === undefined) return packages;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax.
  const format = "${Package} ${db:Status-Status}\n";
  const { output } = await run("dpkg-query", ["-W", "-f", format, ...packages]);
  return packages.filter((name) => !output.split("\n").includes(`${name} installed`));
}
