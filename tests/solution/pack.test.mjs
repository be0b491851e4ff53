import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, describe } from "node:test";
import { JSDOM } from "jsdom";
import { checkSolution } from "../../scripts/solution/check/index.mjs";
import { readManifest } from "../../scripts/solution/manifest.mjs";
import { fileNameOf, packSolution } from "../../scripts/solution/package.mjs";
import { parseXml } from "../../scripts/solution/xml.mjs";
import { readZip } from "../../scripts/solution/zip.mjs";
import { goodZip, makeManifest } from "./good.mjs";

const root = path.join(import.meta.dirname, "../..");
const scratch = mkdtempSync(path.join(tmpdir(), "entra-flow-pack-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const filesOf = async (zip) =>
  new Map((await readZip(zip)).entries.map(({ name, bytes }) => [name, bytes]));

describe("the zip", () => {
  test("has the same bytes from another folder, another day and another time zone", () => {
    const [one, two] = [makeManifest(), makeManifest()];
    utimesSync(two.webResources[0].file, 1, 1);
    const zone = process.env.TZ;
    process.env.TZ = "Pacific/Kiritimati";
    const far = packSolution(two);
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    assert.ok(packSolution(one).equals(far));
    writeFileSync(two.webResources[0].file, "changed");
    assert.ok(!packSolution(one).equals(packSolution(two)));
  });

  test("managed differs from unmanaged in one digit", async () => {
    const [unmanaged, managed] = [
      await filesOf(goodZip()),
      await filesOf(goodZip({ managed: true })),
    ];
    const differing = [...managed.keys()].filter(
      (name) => !managed.get(name).equals(unmanaged.get(name)),
    );
    assert.deepEqual(differing, ["solution.xml"]);
    const text = unmanaged.get("solution.xml").toString();
    const expected = text.replace("<Managed>0<", "<Managed>1<");
    assert.equal(managed.get("solution.xml").toString(), expected);
  });

  test("holds each file as it is on disk, under the names that an export has", async () => {
    const manifest = makeManifest();
    const files = await filesOf(packSolution(manifest));
    const control = "Controls/ef_Sample.Button";
    assert.deepEqual(
      [...files.keys()].map((name) =>
        name.replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/, "<GUID>"),
      ),
      [
        "customizations.xml",
        "solution.xml",
        `${control}/ControlManifest.xml`,
        `${control}/bundle.js`,
        `${control}/bundle.js.LICENSE.txt`,
        `${control}/css/Button.css`,
        `${control}/strings/Button.1033.resx`,
        "WebResources/ef_libraryjs<GUID>",
        "WebResources/ef_pagehtml<GUID>",
        "[Content_Types].xml",
      ],
    );
    for (const { file } of manifest.webResources) {
      assert.ok(
        [...files.values()].some((bytes) => bytes.equals(readFileSync(file))),
        file,
      );
    }
  });

  test("has a ribbon only where it was asked for, as it was written", async () => {
    const ribbonOf = async (zip) => {
      const bytes = (await filesOf(zip)).get("customizations.xml");
      return parseXml(bytes).document.getElementsByTagName("RibbonDiffXml")[0];
    };
    assert.equal(await ribbonOf(goodZip()), undefined);
    const ribbon = await ribbonOf(goodZip({ ribbons: true }));
    const bare = (element) => element.outerHTML.replace(/>\s+</g, "><");
    const { document } = parseXml(readFileSync(makeManifest().ribbons[0].file));
    assert.equal(bare(ribbon), bare(document.documentElement));
  });

  test("says what is not built or not readable", () => {
    const gone = { name: "ef_/gone.js", displayName: "Gone", type: "js", file: "/gone.js" };
    assert.throws(
      () => goodZip({}, { webResources: [gone] }),
      /gone\.js is to be packed, and is not there/,
    );
    assert.throws(
      () => goodZip({}, { controls: ["/gone"] }),
      /ControlManifest\.xml is to be packed/,
    );
  });
});

describe("the manifest", () => {
  /** A project folder with this solution.json and this sample. */
  function project({ solution = {}, sample }) {
    const folder = mkdtempSync(path.join(scratch, "project-"));
    const own = JSON.parse(readFileSync(path.join(root, "scripts/solution/solution.json"), "utf8"));
    const write = (name, value) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), JSON.stringify(value));
    };
    write("package.json", { version: "2.3.4-beta.1" });
    write("scripts/solution/solution.json", { ...own, ...solution });
    if (sample) write("js/samples/one/webresources.json", sample);
    mkdirSync(path.join(folder, "js/samples/two"), { recursive: true });
    return folder;
  }
  const resource = { name: "ef_/one.js", displayName: "One", type: "js", file: "one.js" };

  test("takes up each sample that has one, by its own folder, and the package's version", () => {
    const folder = project({ sample: { webResources: [resource] } });
    const manifest = readManifest(folder);
    assert.equal(manifest.version, "2.3.4.0");
    assert.equal(fileNameOf(manifest, true), "EntraFlow_2_3_4_0_managed.zip");
    const added = manifest.webResources.find(({ name }) => name === "ef_/one.js");
    assert.equal(added.file, path.join(folder, "js/samples/one/one.js"));
  });

  for (const [what, sample, word] of [
    [
      "a name with a space",
      { webResources: [{ ...resource, name: "ef_/my one.js" }] },
      /name must match format/,
    ],
    [
      "a type that does not exist",
      { webResources: [{ ...resource, type: "exe" }] },
      /type must be equal to one/,
    ],
    [
      "a member misspelt",
      { webResources: [{ ...resource, fil: "x" }] },
      /must NOT have additional/,
    ],
  ]) {
    test(`refuses ${what}, and says in which file`, () => {
      const folder = project({ sample });
      assert.throws(
        () => readManifest(folder),
        (error) => word.test(error.message) && error.message.includes("samples"),
      );
    });
  }

  test("refuses a publisher's prefix that Dataverse would", () => {
    const publisher = { ...readManifest(root).publisher, prefix: "mscrm1" };
    assert.throws(
      () => readManifest(project({ solution: { publisher } })),
      /prefix must match format/,
    );
  });
});

const built =
  readManifest(root).controls.every((control) => existsSync(control)) &&
  existsSync(path.join(root, "dist"));

describe("the project's own solution", {
  skip: built ? false : "dist/ or the PCF sample is not built",
}, () => {
  const run = (script, ...args) =>
    spawnSync(process.execPath, [path.join(root, "scripts/solution", script), ...args], {
      encoding: "utf8",
    });

  test("packs by the command, unmanaged and managed, and passes the checker's command", async () => {
    const out = path.join(scratch, "out");
    const packed = run("pack.mjs", "--no-build", "--ribbons", "--out", out);
    assert.equal(packed.status, 0, packed.stdout + packed.stderr);
    const manifest = readManifest(root);
    for (const managed of [false, true]) {
      const file = path.join(out, fileNameOf(manifest, managed));
      const checked = run("check.mjs", file);
      assert.equal(checked.status, 0, checked.stdout);
      assert.match(checked.stdout, /nothing that an import would refuse/);
      const files = await filesOf(readFileSync(file));
      const names = [...files.keys()].join("\n");
      assert.match(names, /^Controls\/ef_EntraFlow\.FlowButton\/bundle\.js$/m);
      for (const { name } of manifest.webResources) {
        assert.ok(
          files.get("customizations.xml").toString().includes(`<Name>${name}</Name>`),
          name,
        );
      }
    }
  });

  test("has the redirect page and the JavaScript to fall back to under the names that the samples ask for", () => {
    const names = readManifest(root).webResources.map(({ name }) => name);
    for (const asking of ["FlowButton/msal.ts", "FlowButton/runner.ts"]) {
      const source = readFileSync(path.join(root, "pcf-sample", asking), "utf8");
      const [, name] = /WebResources\/(ef_[\w./-]+)/.exec(source);
      assert.ok(names.includes(name), name);
    }
  });

  test("has no page with a script in it, and beside each page the scripts that it names", () => {
    const { webResources } = readManifest(root);
    const names = webResources.map(({ name }) => name);
    for (const { name, file } of webResources.filter(({ type }) => type === "html")) {
      const page = new JSDOM(readFileSync(file, "utf8")).window.document;
      for (const script of page.querySelectorAll("script")) {
        const beside = path.posix.join(path.posix.dirname(name), script.getAttribute("src") ?? "?");
        assert.ok(names.includes(beside), `${name} asks for ${beside}`);
      }
    }
  });

  test("a broken zip makes the checker's command fail, naming it", async () => {
    const file = path.join(scratch, "Broken_managed.zip");
    cpSync(path.join(root, "package.json"), file);
    const checked = run("check.mjs", file);
    assert.equal(checked.status, 1);
    assert.match(checked.stdout, /^error zip-unreadable/);
    const unmanaged = goodZip();
    writeFileSync(file, unmanaged);
    assert.match(run("check.mjs", file).stdout, /^error managed-name/);
    assert.equal(run("check.mjs").status, 1);
    assert.equal(run("check.mjs", "--nothing").status, 1);
    assert.equal((await checkSolution(unmanaged)).length, 0);
  });
});
