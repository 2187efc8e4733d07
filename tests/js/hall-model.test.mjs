// A hall while it is drawn: what each stroke makes of it. Halls are drawn as text, see halls.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as model from "../../static/js/hall-model.js";
import { hall, names, PLAIN } from "./halls.mjs";

const SEAT = { kind: "STANDARD", category: 1 };
const LOVE = { kind: "LOVE", category: 1 };
const LETTERS = new Map([
  [1, "a"],
  [2, "b"],
]);
const text = (drawn) => model.drawing(drawn, LETTERS);

test("a hall survives being written and read", () => {
  const drawn = hall("a.b\n,wk\nLL");

  assert.deepEqual(model.read(JSON.parse(model.write(drawn)), PLAIN), drawn);
});

test("the drawing of a hall is its text", () => {
  assert.equal(text(hall("a.b\n,wk\nLL")), "a.b\n,wk\nAA");
});

test("painting a gap adds a seat and numbers the row anew", () => {
  const painted = model.paint(hall("a.a"), 0, 2, SEAT);

  assert.equal(text(painted), "aaa");
  assert.deepEqual(names(painted), ["A1 A2 A3"]);
});

test("painting never changes the hall that was", () => {
  const before = hall("a.a");
  const copy = structuredClone(before);

  model.paint(before, 0, 2, SEAT);

  assert.deepEqual(before, copy);
});

test("a seat cannot be painted over half of another", () => {
  const drawn = hall("aa");

  assert.equal(model.paint(drawn, 0, 1, SEAT), drawn);
});

test("a love seat takes the neighbour for its other half", () => {
  assert.equal(text(model.paint(hall("aaa"), 0, 2, LOVE)), "aAA");
});

test("painting half a love seat leaves the other a plain seat", () => {
  assert.equal(text(model.paint(hall("LL"), 0, 0, { kind: "WHEELCHAIR", category: 1 })), "wa");
});

test("erasing half a love seat erases both halves", () => {
  assert.equal(text(model.erase(hall("aLLa"), 0, 2)), "a..a");
});

test("erasing a gap changes nothing", () => {
  const drawn = hall("a.a");

  assert.equal(model.erase(drawn, 0, 2), drawn);
});

test("a doubled row is named after the one before", () => {
  assert.deepEqual(names(model.duplicateRow(hall("ab\na"), 0)), ["A1 A2", "B1 B2", "C1"]);
});

test("a deleted row's name goes to the next", () => {
  assert.deepEqual(names(model.deleteRows(hall("a\naa\naaa"), 1, 1)), ["A1", "B1 B2 B3"]);
});

test("an inserted row is an aisle", () => {
  assert.equal(text(model.insertRow(hall("a\na"), 1)), "a\n\na");
});

test("pushing makes a gap from a place on", () => {
  assert.equal(text(model.push(hall("aaa"), 0, 2, 2)), "a.aa");
});

test("pushing back stops at the seat before", () => {
  const drawn = hall("aaa");

  assert.equal(model.push(drawn, 0, 2, -1), drawn);
});

test("a love seat is pushed as a whole", () => {
  assert.equal(text(model.push(hall("aLLa"), 0, 4, 2)), "a.AAa");
});

test("an aisle goes through all rows that reach it", () => {
  assert.equal(text(model.pushAll(hall("aaa\na\naaa"), 2, 2)), "a.aa\na\na.aa");
});

test("an aisle is closed in all rows or in none", () => {
  const drawn = hall("a.a\naaa");

  assert.equal(model.pushAll(drawn, 4, -2), drawn);
});

test("a hall is drawn with room to go on", () => {
  assert.equal(model.widthOf(hall("a")), 24);
  assert.equal(model.widthOf(hall("a".repeat(30))), 64);
  assert.equal(model.widthOf(hall("a".repeat(100))), 200);
});

test("a renamed row keeps its name from then on", () => {
  const renamed = model.renameRow(hall("a\na"), 0, "Z");

  assert.deepEqual(names(renamed), ["Z1", "B1"]);
  assert.equal(renamed.numbering.seats, "keep");
});

test("a fresh seat in a hall with kept names gets the next number", () => {
  const kept = model.numberSeat(hall("aa.a"), 0, 0, 7);

  assert.deepEqual(names(model.paint(kept, 0, 4, SEAT)), ["A7 A2 A8 A3"]);
});

test("two seats of one name are a problem", () => {
  assert.deepEqual(model.problems(model.numberSeat(hall("aa"), 0, 0, 2)), [["twice", "A 2"]]);
});

test("half a love seat is a problem", () => {
  assert.deepEqual(model.problems(hall("aL")), [["half", "A 2"]]);
});

test("a hall that is too large is a problem", () => {
  const rows = Array(61).fill("a").join("\n");

  assert.deepEqual(model.problems(hall(rows)), [["tooLarge"]]);
});
