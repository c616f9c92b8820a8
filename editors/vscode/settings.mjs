// Puts settings.json, which the server's tests make from its options, into package.json; with --check, only says whether it is there.

import { readFileSync, writeFileSync } from "node:fs";

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const manifest = read("package.json");
const own = manifest.contributes.configuration.find((page) => page.title === "Convive");
const page = { title: "Options of the server", properties: read("settings.json") };
const before = JSON.stringify(manifest);
manifest.contributes.configuration = [own, page];

if (process.argv.includes("--check")) {
  if (JSON.stringify(manifest) !== before) {
    console.error("package.json lacks the newest settings: npm run settings");
    process.exit(1);
  }
} else {
  writeFileSync(new URL("package.json", import.meta.url), `${JSON.stringify(manifest, null, 2)}\n`);
}
