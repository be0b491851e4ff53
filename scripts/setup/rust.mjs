import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { isProgram, run, which } from "../lib/run.mjs";
import { aptInstall, canApt, missingPackages } from "./apt.mjs";
import { install, installed } from "./install.mjs";

const target = "wasm32-unknown-unknown";
const debian = {
  cargo: "/usr/bin/cargo",
  clippy: "/usr/bin/cargo-clippy",
  rustc: "/usr/bin/rustc",
  rustdoc: "/usr/bin/rustdoc",
};
const debianPackages = [
  "rustc-web",
  "cargo-web",
  "rust-web-src",
  "rust-web-llvm",
  "rust-web-clippy",
];

/**
 * How to run cargo for wasm32: `run(program, [command, ...args, …], { env })`; clippy likewise.
 * A stock Rust with the target needs nothing special. Debian's has no std for wasm32 and builds it
 * from source, which is an unstable flag; it must also be called by its path, past rustup's on PATH.
 */
export async function wasmCargo() {
  const env = { CARGO_TARGET_DIR: at("target", "wasm") };
  if (await hasTarget()) {
    return { kind: "stock", program: "cargo", clippy: "cargo", args: ["--target", target], env };
  }
  return {
    kind: "debian",
    program: debian.cargo,
    clippy: debian.clippy,
    args: [
      "--target",
      target,
      "-Zbuild-std=std,panic_abort",
      "-Zbuild-std-features=optimize_for_size",
    ],
    env: {
      ...env,
      CARGO: debian.cargo,
      RUSTC: debian.rustc,
      RUSTDOC: debian.rustdoc,
      RUSTC_BOOTSTRAP: "1",
    },
  };
}

/** Makes sure that some Rust can build for wasm32. */
export async function wasmRust() {
  if (await hasTarget()) return checkVersion("rustc");
  if (!(await hasDebianRust())) {
    if (await addTarget()) return checkVersion("rustc");
    await installDebianRust();
  }
  await checkVersion(debian.rustc);
}

/** Makes sure of the Rust that tests run natively with, its formatter and its linter. */
export async function nativeRust() {
  if (which("cargo") === undefined) {
    throw new Failure(
      "There is no Rust on PATH: install it from https://rustup.rs, then run this again.",
    );
  }
  await checkVersion("rustc");
  for (const tool of ["fmt", "clippy"]) {
    const component = tool === "fmt" ? "rustfmt" : tool;
    if ((await run("cargo", [tool, "--version"])).code === 0) continue;
    await install(
      `Rust's ${component}`,
      () => run("rustup", ["component", "add", component]),
      `run \`rustup component add ${component}\` where rustup reaches its server, then run this again`,
    );
  }
}

async function hasTarget() {
  const { code, output } = await run("rustc", ["--print", "sysroot"]);
  return code === 0 && existsSync(path.join(output.trim(), "lib", "rustlib", target));
}

async function addTarget() {
  if (which("rustup") === undefined) return false;
  const name = `the Rust target ${target} (rustup)`;
  console.log(`installing ${name} …`);
  const { code } = await run("rustup", ["target", "add", target]);
  if (code === 0) installed.push(name);
  return code === 0;
}

async function hasDebianRust() {
  if (!isProgram(debian.cargo) || (await missingPackages(debianPackages)).length > 0) return false;
  return (await missingPackages([await debianLinker()])).length === 0;
}

async function installDebianRust() {
  if (!canApt()) {
    throw new Failure(
      which("rustc") === undefined
        ? "There is no Rust here: install it from https://rustup.rs, then run this again."
        : `This Rust cannot build for ${target}: run \`rustup target add ${target}\` where rustup reaches its server, then run this again.`,
    );
  }
  const advice = `run \`rustup target add ${target}\` where rustup reaches its server, or make apt reach Debian's packages, then run this again`;
  await install("Rust for WebAssembly (Debian packages)", () => aptInstall(debianPackages), advice);
  // Debian's rust-lld is a link into the lld of the LLVM that it was built with, which nothing pulls in.
  const linker = await debianLinker();
  await install(`its linker (Debian package ${linker})`, () => aptInstall([linker]), advice);
}

async function debianLinker() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax.
  const { output } = await run("dpkg-query", ["-W", "-f", "${Depends}", "rust-web-llvm"]);
  return `lld${/\bllvm(-\d+)/.exec(output)?.[1] ?? ""}`;
}

/** cargo says so too, but only deep in a build, and not what to do. */
async function checkVersion(rustc) {
  const wanted = /^rust-version = "(\d+)\.(\d+)/m.exec(readFileSync(at("Cargo.toml"), "utf8"));
  const { output } = await run(rustc, ["--version"]);
  const found = /^rustc (\d+)\.(\d+)/m.exec(output);
  if (found === null)
    throw new Failure(
      `\`${rustc} --version\` does not answer: reinstall Rust from https://rustup.rs.`,
    );
  if (Number(found[1]) === Number(wanted[1]) && Number(found[2]) < Number(wanted[2])) {
    throw new Failure(
      `${found[0]} is too old, this crate needs ${wanted[1]}.${wanted[2]}: run \`rustup update stable\`, then run this again.`,
    );
  }
}
