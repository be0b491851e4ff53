import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { isInstalled } from "../../scripts/setup/npm.mjs";
import { lockedVersion } from "../../scripts/setup/wasm-bindgen.mjs";
import { freshMachine } from "./fixture.mjs";

const onUnix = { skip: process.platform === "win32" && "the fakes are shell scripts" };

// A Rust without the wasm32 target, as rustup's is when new.
const rustc = 'if [ "$1" = --version ]; then echo "rustc 1.95.0 (x)"; else echo /nowhere; fi';

/** One sentence on stderr, no stack trace, exit code 1. */
function assertSentence({ status, stderr }, pattern) {
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^[^\n]+\.\n$/);
  assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /\bat .*\.mjs/);
}

test("without npm's registry, set-up says that the packages can't be had", onUnix, (t) => {
  const machine = freshMachine(t, { npm: "echo 'npm error ECONNREFUSED'; exit 1" });
  const lock = { packages: { "node_modules/a": { version: "1.0.0" } } };
  writeFileSync(path.join(machine.folder, "package-lock.json"), JSON.stringify(lock));
  const result = machine.setUp("npm");
  assert.equal(result.stdout, "installing npm packages …\n");
  assertSentence(result, /npm packages: check that npm reaches its registry/);
});

test("with no Rust at all and no apt, set-up says where to get one", onUnix, (t) => {
  assertSentence(freshMachine(t).setUp("wasm"), /install it from https:\/\/rustup\.rs/);
});

test(
  "with a Rust without the target, no rustup and no apt, set-up names the command",
  onUnix,
  (t) => {
    const machine = freshMachine(t, { rustc });
    assertSentence(machine.setUp("wasm"), /rustup target add wasm32-unknown-unknown/);
  },
);

test("a Rust older than the crate's rust-version is told to be updated", onUnix, (t) => {
  const machine = freshMachine(t, { rustc: 'echo "rustc 1.70.0 (x)"', cargo: "true" });
  assertSentence(machine.setUp("rust"), /rustc 1\.70 is too old.*rustup update stable/);
});

test("when cargo can't build wasm-bindgen, set-up says what it needs", onUnix, (t) => {
  const machine = freshMachine(t, { cargo: "echo 'error: no network'; exit 101" });
  assertSentence(
    machine.setUp("bindgen"),
    /wasm-bindgen-cli .*: check that cargo reaches crates\.io/,
  );
});

test("a CHROME_PATH that is no program is told", onUnix, (t) => {
  const result = freshMachine(t).setUp("chromium", { CHROME_PATH: "/no/such/chrome" });
  assertSentence(result, /CHROME_PATH is \/no\/such\/chrome/);
});

test("with no browser and no apt, set-up says how to give it one", onUnix, (t) => {
  assertSentence(
    freshMachine(t).setUp("chromium"),
    /install Chrome or Chromium yourself or set CHROME_PATH/,
  );
});

const asRoot = { skip: process.getuid?.() !== 0 && "apt is only asked as root" };

test(
  "when apt finds no Chromium, its lists are fetched once and it is asked again",
  asRoot,
  (t) => {
    const machine = freshMachine(t, { "apt-get": 'echo "$1" >> "$HOME/calls"; [ "$1" = update ]' });
    const result = machine.setUp("chromium");
    assertSentence(result, /Could not install Chromium \(Debian package\)/);
    assert.equal(machine.read("calls"), "install\nupdate\ninstall\n");
  },
);

test("a browser on PATH is taken, and nothing is installed", onUnix, (t) => {
  const result = freshMachine(t, { chromium: "true" }).setUp("chromium");
  assert.deepEqual(
    [result.status, result.stdout, result.stderr],
    [0, "set up: nothing to install\n", ""],
  );
});

test("a part that set-up does not know is told, with those that it knows", onUnix, (t) => {
  assertSentence(freshMachine(t).setUp("chrome"), /knows no "chrome": choose from npm, wasm/);
});

test("packages that a developer's npm installed are not installed again", (t) => {
  const { folder } = freshMachine(t);
  const lay = (name, packages) =>
    writeFileSync(path.join(folder, name), JSON.stringify({ packages }));
  mkdirSync(path.join(folder, "node_modules"));
  const a = { version: "1.0.0", integrity: "sha512-a" };
  const ofAnotherPlatform = { version: "1.0.0", optional: true };
  lay("package-lock.json", { "": {}, "node_modules/a": a, "node_modules/b": ofAnotherPlatform });

  lay("node_modules/.package-lock.json", { "node_modules/a": a });
  assert.equal(isInstalled(folder), true);
  lay("node_modules/.package-lock.json", { "node_modules/a": { ...a, version: "0.9.0" } });
  assert.equal(isInstalled(folder), false);
});

test("the version of wasm-bindgen is the locked one, whatever the line ends", () => {
  const lock = '[[package]]\nname = "wasm-bindgen"\nversion = "0.2.130"\n';
  assert.equal(lockedVersion(lock), "0.2.130");
  assert.equal(lockedVersion(lock.replaceAll("\n", "\r\n")), "0.2.130");
});
