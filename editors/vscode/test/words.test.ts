// What the status bar says, and how answers are laid out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tree } from "../src/settings.ts";
import { applied, describe, fence, isNewEnough, layOut, missingWeights } from "../src/words.ts";

const answer = { text: "It adds.\n", context: [], conversation: "1", alternatives: 1 };

test("the status says what goes on", () => {
  assert.equal(
    describe({ state: "loading", percent: 40, message: "m" }).text,
    "$(loading~spin) Convive 40 %",
  );
  assert.equal(describe({ state: "offline", message: "nobody there" }).tooltip, "nobody there");
  assert.equal(describe({ state: "ready" }).tooltip, "Convive is ready");
  const idle = { reason: "comment", message: "inside a comment" };
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

test("edits are applied in the order of their places, and of the list", () => {
  const edits = [
    { start: 3, end: 3, text: "2" },
    { start: 0, end: 1, text: "A" },
    { start: 3, end: 3, text: "3" },
  ];
  assert.equal(applied("abc", edits), "Abc23");
});

test("the command that fetches weights is known from the server's words", () => {
  const message =
    "the weights of a-1.5b are not on this machine; fetch them with `convive model pull a-1.5b`";
  assert.equal(missingWeights(message), "a-1.5b");
  assert.equal(missingWeights("nobody answers"), undefined);
});

test("versions are compared by their numbers", () => {
  assert.equal(isNewEnough("convive 0.10.0", "0.9.1"), true);
  assert.equal(isNewEnough("convive 0.9.1", "0.9.1"), true);
  assert.equal(isNewEnough("convive 0.9", "0.9.1"), false);
});
