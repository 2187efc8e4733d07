// The list of a door for a time without a network: opened with a ticket's code, and only with it.

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";

import { codeIn, indexed, judge, moves, ticketIn } from "../../static/js/door/list.js";

const SALT = Buffer.alloc(12, 7);
const CODE = "Abcdefghij_0123456789-";
const hmac = (code, ...parts) => createHmac("sha256", code).update(Buffer.concat(parts)).digest();

// As cinema/domain/door_lists.py writes it.
function entry(code, salt, text) {
  const plain = Buffer.from(text);
  const sealed = Buffer.alloc(plain.length);
  for (let i = 0; i < plain.length; i++) {
    const block = Math.floor(i / 32);
    sealed[i] = plain[i] ^ hmac(code, Buffer.of(block), Buffer.from("s"), salt)[i % 32];
  }
  const fingerprint = hmac(code, Buffer.from("f"), salt).subarray(0, 12);
  return Buffer.concat([fingerprint, sealed]).toString("base64");
}

const listOf = (...tickets) => ({
  salt: SALT.toString("base64"),
  types: ["Adult", "Child"],
  shows: [{ name: "The Lunchbox, 18:30, Screen 1", opens: 1000, ends: 9000, age: "", tickets }],
});

const find = (list, code) => ticketIn(indexed(list), list, code);

test("a ticket is found and opened by its code", async () => {
  const list = listOf(entry(CODE, SALT, "G8\t41\t0\t\nG9\t42\t1\ti"));
  const { show, seats } = await find(list, CODE);
  assert.equal(show.name, "The Lunchbox, 18:30, Screen 1");
  assert.deepEqual(seats, [
    { name: "G8", key: 41, type: "Adult", state: "" },
    { name: "G9", key: 42, type: "Child", state: "i" },
  ]);
});

test("a party of twenty is opened, which is longer than a block", async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `G${i}\t${i + 1}\t\t`);
  const { seats } = await find(listOf(entry(CODE, SALT, lines.join("\n"))), CODE);
  assert.equal(seats.length, 20);
  assert.equal(seats[19].name, "G19");
});

test("an entry that the server made is opened", async () => {
  const made = "keXueQ4N1u9SD6zEntOEmd0depMr8tSrksbhMj6i"; // see tests/domain/test_door_lists.py
  const { seats } = await find(listOf(made), CODE);
  assert.deepEqual(
    seats.map(({ name, key, type, state }) => [name, key, type, state]),
    [
      ["G8", 41, "Adult", ""],
      ["G9", 42, "Child", "i"],
    ],
  );
});

test("the language of a guest is named if it is not that of the site", async () => {
  const list = { ...listOf(entry(CODE, SALT, "G8\t41\t0\t\t1\nG9\t42\t1\ti")), languages: ["Deutsch", "العربية"] };
  assert.equal((await find(list, CODE)).language, "العربية");
  const plain = entry(CODE, SALT, "G8\t41\t0\t");
  for (const own of [{ ...listOf(plain), languages: ["Deutsch"] }, listOf(plain)]) {
    assert.equal((await find(own, CODE)).language, "");
  }
});

test("another code finds nothing", async () => {
  const list = listOf(entry(CODE, SALT, "G8\t41\t0\t"));
  assert.equal(await find(list, "Abcdefghij_0123456789_"), undefined);
});

test("nothing on a list can be read without a code", () => {
  const text = JSON.stringify(listOf(entry(CODE, SALT, "G8\t41\t0\t")).shows[0].tickets);
  assert.ok(!text.includes(CODE) && !text.includes("G8"));
  assert.ok(!Buffer.from(JSON.parse(text)[0], "base64").includes("G8"));
});

test("a code is read from a link, and half a code is none", () => {
  assert.equal(codeIn(`https://cinema.example.org/tickets/${CODE}/`), CODE);
  assert.equal(codeIn(`/ar/tickets/${CODE}/`), CODE);
  assert.equal(codeIn(` ${CODE}\n`), CODE);
  for (const text of ["", "K7PM3WXY", `/tickets/${CODE.slice(0, 20)}`, `${CODE}x`, "https://example.com/"]) {
    assert.equal(codeIn(text), "", text);
  }
});

const ticket = (...states) => ({
  show: { opens: 1000, ends: 9000 },
  seats: states.map((state, key) => ({ name: `G${key}`, key, type: "", state })),
});
const outcome = (...rest) => judge(...rest).outcome;

test("a ticket is judged by the times of its show", () => {
  assert.equal(outcome(ticket(""), 999, new Map()), "TOO_EARLY");
  assert.equal(outcome(ticket(""), 1000, new Map()), "ADMITTED");
  assert.equal(outcome(ticket(""), 8999, new Map()), "ADMITTED");
  assert.equal(outcome(ticket(""), 9000, new Map()), "OVER");
});

test("seats that this or another door has admitted are not admitted again", () => {
  assert.equal(outcome(ticket("i"), 2000, new Map()), "ALREADY");
  assert.equal(outcome(ticket(""), 2000, new Map([[0, "i"]])), "ALREADY");
  const { seats } = judge(ticket("i", "", ""), 2000, new Map([[2, "i"]]));
  assert.deepEqual(
    seats.map(({ key }) => key),
    [1],
  );
});

test("who has left comes back only where the theatre wants it", () => {
  assert.equal(outcome(ticket("o"), 2000, new Map(), { reentry: false }), "ALREADY");
  assert.equal(outcome(ticket("o"), 2000, new Map(), { reentry: true }), "ADMITTED");
});

test("who is inside can leave, before or after this phone admitted them", () => {
  const leaving = { reentry: true, leaving: true };
  assert.equal(outcome(ticket("i"), 2000, new Map(), leaving), "LEFT");
  assert.equal(outcome(ticket(""), 2000, new Map([[0, "i"]]), leaving), "LEFT");
  assert.equal(outcome(ticket("o"), 2000, new Map(), leaving), "NOT_INSIDE");
  assert.equal(outcome(ticket("i"), 2000, new Map([[0, "o"]]), leaving), "NOT_INSIDE");
  const { seats } = judge(ticket("i", ""), 2000, new Map(), leaving);
  assert.deepEqual(
    seats.map(({ key }) => key),
    [0],
  );
});

test("the scans of a phone, replayed in their order, say where everybody is", () => {
  const scans = [
    { outcome: "ADMITTED", seats: [1, 2, 3] },
    { outcome: "ALREADY", seats: [1, 2, 3] },
    { outcome: "UNDONE", seats: [3], restores: "" },
    { outcome: "LEFT", seats: [1, 2] },
    { outcome: "UNDONE", seats: [2], restores: "i" },
    { outcome: "NOT_INSIDE", seats: [1] },
  ];
  assert.deepEqual(Object.fromEntries(moves(scans)), { 1: "o", 2: "i", 3: "" });
});

test("a clock that is an hour wrong is corrected before a ticket is judged", () => {
  const hour = 3_600_000;
  const show = { opens: 10 * hour, ends: 12 * hour };
  const party = { ...ticket(""), show };
  const list = { now: 10.5 * hour, got: 11.5 * hour }; // the phone is an hour fast
  const scannedAt = 11.6 * hour; // by the phone
  assert.equal(outcome(party, scannedAt + list.now - list.got, new Map()), "ADMITTED");
  assert.equal(outcome(party, 13 * hour + list.now - list.got, new Map()), "OVER");
});

test("a list of 1,000 tickets is checked in under 20 milliseconds", async () => {
  const codes = Array.from({ length: 1000 }, () => randomBytes(16).toString("base64url"));
  const list = listOf(...codes.map((code) => entry(code, SALT, "G8\t41\t0\t\nG9\t42\t0\t")));
  const index = indexed(list);
  await ticketIn(index, list, codes[0]); // the first one starts the engine
  const times = [];
  for (const code of codes.slice(0, 50)) {
    const start = performance.now();
    assert.ok(await ticketIn(index, list, code));
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  assert.ok(times[25] < 20, `${times[25]} ms`);
});
