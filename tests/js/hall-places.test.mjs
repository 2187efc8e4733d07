// The places of a hall on the grid of the drawing board; x counts half seats.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cellsOf, isAisle } from "../../static/js/hall-model.js";
import { placeAt, within } from "../../static/js/hall-places.js";
import { hall } from "./halls.mjs";

const at = (places) => places.map(({ y, x }) => `${y}/${x}`).join(" ");

test("a row is seats and gaps without a hole", () => {
  const [row] = hall(",a.a").rows;

  const cells = cellsOf(row, 12);

  const drawn = cells.map(({ x, size, seat }) => `${x}${seat ? "a" : "."}${size}`).join(" ");
  assert.equal(drawn, "0.1 1a2 3.2 5a2 7.2 9.2 11.1");
});

test("a place is found by either of its halves", () => {
  const drawn = hall(",aa");

  assert.equal(placeAt(drawn, 0, 1).seat.number, 1);
  assert.equal(placeAt(drawn, 0, 2).seat.number, 1);
  assert.equal(placeAt(drawn, 0, 3).seat.number, 2);
});

test("beyond the wall is the last place", () => {
  assert.equal(placeAt(hall("a"), 0, 999).x, 22);
});

test("a rectangle holds the places between its corners, whichever comes first", () => {
  const drawn = hall("aaaa\naaaa\naaaa");

  assert.equal(at(within(drawn, { from: { y: 1, x: 4 }, to: { y: 0, x: 2 } })), "0/2 0/4 1/2 1/4");
});

test("a half gap is no place of a rectangle", () => {
  assert.equal(at(within(hall(",aa"), { from: { y: 0, x: 0 }, to: { y: 0, x: 3 } })), "0/1 0/3");
});

test("a gap between seats of a row is an aisle", () => {
  const drawn = hall("a.a.");

  assert.equal(isAisle(drawn, 0, 2), true);
  assert.equal(isAisle(drawn, 0, 0), false);
  assert.equal(isAisle(drawn, 0, 6), false);
});
