/** Builds the app for the phone in a language that is never shipped: its English words letter by letter in Arabic script, as
 * long as they were. `node test/mirrored.mjs FILE`. */

import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const LETTERS = "ابجدهوزحطيكلمنسعفصقرشتثخذض";

/** What stands in braces is put in later, and stays. Runs inside the app. */
const turn = `
function turned(words) {
  const letters = ${JSON.stringify(LETTERS)};
  const one = (text) => text.split(/({[^}]*})/).map((part) => part.startsWith("{") ? part
    : part.replace(/[a-z]/gi, (letter) => letters[letter.toLowerCase().charCodeAt(0) - 97])).join("");
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [key, one(text)]));
}`;

const inArabicScript = {
  name: "words in Arabic script",
  setup(building) {
    building.onLoad({ filter: /(words\/en|boot_words)\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const found = source.match(/^(export )?const en\b(: \w+)? = /m);
      if (!found) throw new Error(`no English words in ${path}`);
      const contents = `${source.replace(found[0], "const plain = ")}\n${turn}\n${found[1] ?? ""}const en = turned(plain) as typeof plain;\n`;
      return { contents, loader: "ts" };
    });
  },
};

await build({
  entryPoints: [fileURLToPath(new URL("../src/phone.ts", import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  format: "esm",
  platform: "browser",
  logLevel: "warning",
  external: ["fs", "fs/promises", "path", "module"],
  plugins: [inArabicScript],
});
