// How a growing text is handed out: the newest state, each once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Growth } from "../src/growth.ts";

function growth() {
  const told: number[] = [];
  const one: Growth<string> = new Growth(() => told.push(one.count));
  return { one, told };
}

test("who waits gets the first state, and is told of later ones", async () => {
  const { one, told } = growth();
  const first = one.next();
  one.put("a", false);
  assert.equal(await first, "a");
  assert.deepEqual(told, []);
  assert.equal(one.isPartial, true);
  one.put("ab", false);
  one.put("abc", true);
  assert.deepEqual(told, [1, 1]);
  assert.equal(one.isOver, false);
  assert.equal(await one.next(), "abc");
  assert.equal(one.isOver, true);
  assert.equal(one.isPartial, false);
});

test("who asks where nothing is new waits for it", async () => {
  const { one } = growth();
  one.put("a", false);
  assert.equal(await one.next(), "a");
  const second = one.next();
  one.put("ab", true);
  assert.equal(await second, "ab");
});

test("a dropped one answers nobody, and takes no more", async () => {
  const { one, told } = growth();
  const first = one.next();
  one.drop();
  assert.equal(await first, undefined);
  one.put("a", true);
  assert.equal(one.hasNews, false);
  assert.equal(one.isOver, true);
  assert.deepEqual(told, []);
});

test("who wants it no longer takes it from nobody else", async () => {
  const { one } = growth();
  const [first, second] = [one.wait(), one.wait()];
  assert.equal(first.withdraw(), false);
  assert.equal(await first.state, undefined);
  assert.equal(first.withdraw(), false);
  one.put("a", false);
  assert.equal(await second.state, "a");
  assert.equal(second.withdraw(), false);
  const third = one.wait();
  assert.equal(third.withdraw(), true);
});
