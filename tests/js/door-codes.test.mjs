// Keys of scans, and the code that stays before the camera.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newKey, onlyNew } from "../../static/js/door/codes.js";

test("every scan has a key of its own, of 32 characters", () => {
  const keys = new Set(Array.from({ length: 1000 }, newKey));
  assert.equal(keys.size, 1000);
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/);
});

test("a code that stays before the camera is scanned once", () => {
  const isNew = onlyNew();
  assert.equal(isNew("a", 0), true);
  for (let now = 100; now < 60_000; now += 100) assert.equal(isNew("a", now), false);
});

test("a code that comes back after a while is scanned again", () => {
  const isNew = onlyNew();
  isNew("a", 0);
  assert.equal(isNew("a", 5000), true);
});

test("another code is scanned at once, and the first one after it", () => {
  const isNew = onlyNew();
  isNew("a", 0);
  assert.equal(isNew("b", 100), true);
  assert.equal(isNew("a", 200), true);
});
