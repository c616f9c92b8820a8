// What the status bar says, and how answers are laid out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tree } from "../src/settings.ts";
import { describe, fence, layOut } from "../src/words.ts";

const answer = { text: "It adds.\n", context: [], conversation: "1", alternatives: 1 };

test("the status says what goes on", () => {
  assert.equal(
    describe({ state: "loading", percent: 40, message: "m" }).text,
    "$(loading~spin) Convive 40 %",
  );
  assert.equal(describe({ state: "offline", message: "nobody there" }).tooltip, "nobody there");
  assert.equal(describe({ state: "ready" }).tooltip, "Convive is ready");
  const idle = { kind: "comment", message: "inside a comment" };
  assert.equal(describe({ state: "ready", idle }).tooltip, "No suggestion: inside a comment");
});

test("an answer shows how its test fared and what is to be known", () => {
  assert.equal(layOut(answer), "It adds.");
  const report = { words: "does not build", isTest: false, builds: false, output: "a ``` b" };
  assert.equal(
    layOut({ ...answer, report, note: "offered unrun" }),
    "It adds.\n\n*does not build*\n\n````\na ``` b\n````\n\n*offered unrun*",
  );
});

test("code cannot end its block early", () => {
  assert.equal(fence("x"), "```\nx\n```");
  assert.equal(fence("````"), "`````\n````\n`````");
});

test("dotted settings become a tree", () => {
  const pairs: [string, unknown][] = [
    ["completion.trigger", "invoked"],
    ["completion.max_tokens", 5],
    ["backend", { box: { kind: "openai" } }],
  ];
  assert.deepEqual(tree(pairs), {
    completion: { trigger: "invoked", max_tokens: 5 },
    backend: { box: { kind: "openai" } },
  });
});
