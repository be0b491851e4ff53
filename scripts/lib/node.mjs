/** Imported first by each script: on a Node that is too old the rest would fail, and not say why. */
const oldest = [20, 11];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `Node ${process.versions.node} is too old: install Node ${oldest.join(".")} or newer.`,
  );
  process.exit(1);
}
