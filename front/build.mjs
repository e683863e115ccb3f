/** Builds what the browser loads into src/doorstep/web/static/build. No address outside this server stands in it. */

import { build } from "esbuild";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const outdir = here("../src/doorstep/web/static/build");

const common = {
  outdir,
  bundle: true,
  minify: true,
  legalComments: "linked",
  logLevel: "warning",
  target: ["es2022", "chrome100", "safari15.4", "firefox100"],
};

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

await build({
  ...common,
  format: "esm",
  platform: "browser",
  entryPoints: ["form", "site", "charts", "map"].map((name) => here(`src/${name}.ts`)),
  external: ["fs", "fs/promises", "path", "module"], // asked for by the form engine under Node only
});

// The app for the phone, one file: two of different versions can never meet.
await build({
  ...common,
  format: "esm",
  platform: "browser",
  entryPoints: [here("src/phone.ts")],
  external: ["fs", "fs/promises", "path", "module"],
});

// Its service worker, which the server hands out at /phone/sw.js with the list of what to keep.
await build({ ...common, format: "iife", platform: "browser", entryPoints: [here("src/sw.ts")] });

await build({
  ...common,
  entryPoints: [here("src/site.css"), here("src/site.rtl.css")],
  loader: { ".png": "dataurl", ".svg": "dataurl" },
});

// The simulator of phones in bad weather (doorstep bench schedules), run by Node and never sent to a browser.
await build({
  ...common,
  outdir: here("../src/doorstep/site/bench/build"),
  outExtension: { ".js": ".mjs" },
  format: "esm",
  platform: "node",
  legalComments: "none",
  entryPoints: [here("sim/schedules.ts")],
});

// Fonts for printed pages: the same Chinese letters on every machine, read by the server and never sent to a browser.
const fonts = here("../src/doorstep/lib/fonts");
await mkdir(fonts, { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const name = `NotoSansSC_${weight}.ttf`;
  await copyFile(here(`node_modules/@expo-google-fonts/noto-sans-sc/${weight}/${name}`), `${fonts}/${name}`);
}
