// How soon the counter says that the connection is lost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERY, PATIENCE } from "../../static/js/counter/heartbeat.js";

test("a break is said within three seconds, even if the server only falls silent", () => {
  assert.ok(EVERY + PATIENCE <= 3000);
});
