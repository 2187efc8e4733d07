// The choice of seats in words and as a sum.

import assert from "node:assert/strict";
import { test } from "node:test";

import { brief, runs, total } from "../../static/js/seat-map/summary.js";

test("neighbours by number are written as a run", () => {
  assert.equal(runs([1, 2, 3]), "1–3");
  assert.equal(runs([7, 8]), "7–8");
});

test("single numbers are listed one by one", () => {
  assert.equal(runs([2]), "2");
  assert.equal(runs([2, 4, 9]), "2, 4, 9");
});

test("numbers may come in any order, and stay as they came", () => {
  const numbers = [10, 3, 9, 1, 2];

  assert.equal(runs(numbers), "1–3, 9–10");
  assert.deepEqual(numbers, [10, 3, 9, 1, 2]);
});

test("seats are grouped by row, in the order of the rows", () => {
  const seats = [
    { row: "M", number: 6 },
    { row: "N", number: 9 },
    { row: "M", number: 1 },
    { row: "M", number: 2 },
  ];

  assert.equal(brief(seats), "M 1–2, 6 · N 9");
});

test("no seats are no text", () => {
  assert.equal(brief([]), "");
});

test("fractions add up exactly", () => {
  const seats = ["1", "2", "3"].map((key) => ({ key, price: 1.1 }));

  assert.equal(total(seats), 3.3);
});

test("a wheelchair space lets one companion in free", () => {
  const space = { key: "1", price: 200 };
  const companion = { key: "2", price: 200, freeWith: ["1"] };

  assert.equal(total([space, companion]), 200);
});

test("a companion beside no chosen wheelchair space pays", () => {
  assert.equal(total([{ key: "2", price: 200, freeWith: ["1"] }]), 200);
});

test("of two companions of one wheelchair space the second pays", () => {
  const space = { key: "1", price: 200 };
  const companions = ["2", "3"].map((key) => ({ key, price: 150, freeWith: ["1"] }));

  assert.equal(total([space, ...companions]), 350);
});

test("two wheelchair spaces let two companions in free", () => {
  const spaces = ["1", "4"].map((key) => ({ key, price: 200 }));
  const companions = ["2", "3"].map((key) => ({ key, price: 150, freeWith: ["1", "4"] }));

  assert.equal(total([...spaces, ...companions]), 400);
});

test("the booking fee for an order is added once, and never to nothing", () => {
  const seats = ["1", "2"].map((key) => ({ key, price: 100 }));

  assert.equal(total(seats, "29.90"), 229.9);
  assert.equal(total([{ key: "1", price: 0 }], "29.90"), 0);
  assert.equal(total([], "29.90"), 0);
});
