// How rows are named and seats numbered. tests/browser/test_hall_editor.py compares with the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rowNames } from "../../static/js/hall-numbering.js";
import { hall, names } from "./halls.mjs";

function first(count, letters) {
  const all = rowNames(letters);
  return Array.from({ length: count }, () => all.next().value);
}

test("plain letters leave out I and O", () => {
  assert.deepEqual(first(14, "plain").slice(7), ["H", "J", "K", "L", "M", "N", "P"]);
});

test("after the last letter rows have two", () => {
  assert.deepEqual(first(27, "all").slice(25), ["Z", "AA"]);
});

test("rows may have figures for names", () => {
  assert.deepEqual(first(3, "figures"), ["1", "2", "3"]);
});

test("seats are numbered from the left", () => {
  assert.deepEqual(names(hall("aaa\naa")), ["A1 A2 A3", "B1 B2"]);
});

test("seats are numbered from the right", () => {
  assert.deepEqual(names(hall("aaa", { seats: "right" })), ["A3 A2 A1"]);
});

test("odd numbers go left of the middle, even ones right", () => {
  assert.deepEqual(names(hall("aaaa", { seats: "middle" })), ["A3 A1 A2 A4"]);
});

test("odd and even numbers may begin at the sides", () => {
  assert.deepEqual(names(hall("aaaa", { seats: "sides" })), ["A1 A3 A4 A2"]);
});

test("numbers may start above one", () => {
  assert.deepEqual(names(hall("aa", { start: 101 })), ["A101 A102"]);
});

test("rows may be named from the back", () => {
  assert.deepEqual(names(hall("a\na\na", { rows: "back" })), ["C1", "B1", "A1"]);
});

test("an empty row has no name and takes none", () => {
  assert.deepEqual(names(hall("a\n\na")), ["A1", "", "B1"]);
});
