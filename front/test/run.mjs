/**
 * Bundles the tests and runs them with Node's own runner. tools/test_front.py calls this with the forms as XML
 * in the folder DOORSTEP_TEST_FORMS.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

if (!process.env.DOORSTEP_TEST_FORMS) {
  console.error("Run tools/test_front.py: it turns the forms into XML first.");
  process.exit(2);
}

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../node_modules/.test", import.meta.url)); // packages are found from here
const wanted = process.argv[2] ?? "";
const tests = readdirSync(here).filter((name) => name.endsWith(".test.ts") && name.includes(wanted));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: tests.map((name) => join(here, name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true, // in one file, so that test/dom.ts is there before the form engine looks for a page
  external: ["node:*", "jsdom", "fs", "fs/promises", "path", "module"],
  format: "esm",
  platform: "browser", // the packages as a browser gets them
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});

const files = tests.map((name) => join(out, basename(name, ".ts") + ".mjs"));
const options = ["--enable-source-maps", "--test", "--test-reporter=spec", "--test-concurrency=2"];
process.exit(spawnSync(process.execPath, [...options, ...files], { stdio: "inherit" }).status ?? 1);
