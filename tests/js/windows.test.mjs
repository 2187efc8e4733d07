// Which neighbours a party gets around the seat that was touched. A row is drawn: "_" free, "#" taken, "w" a wheelchair
// space, "k" a companion's seat, "L" half a love seat, " " an aisle before the next seat.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rate, seatsAround } from "../../static/js/seat-map/windows.js";

const KINDS = { w: "wheelchair", k: "companion", L: "love" };

function row(drawing) {
  const seats = [];
  let x = 0;
  for (const [at, sign] of [...drawing].entries()) {
    if (sign !== " ") {
      const aisle = at > 0 && drawing[at - 1] === " ";
      seats.push({ key: String(seats.length), x: x + 1, aisle, kind: KINDS[sign] ?? "", free: sign !== "#" });
    }
    x += 2;
  }
  let left;
  for (const seat of seats) {
    if (seat.kind !== "love") left = undefined;
    else if (!left) left = seat;
    else {
      [left.partner, seat.partner] = [seat.key, left.key];
      left = undefined;
    }
  }
  return seats;
}

function around(drawing, touched, count) {
  const seats = row(drawing);
  const middle = (seats[0].x + seats.at(-1).x) / 2;
  return seatsAround(seats, touched, { count, middle }).map(({ key }) => Number(key));
}

test("a party gets neighbours that include the touched seat", () => {
  assert.deepEqual(around("________", 4, 2), [3, 4]);
});

test("of equal windows the one nearest the middle of the hall is taken", () => {
  assert.deepEqual(around("__________", 3, 4), [3, 4, 5, 6]);
  assert.deepEqual(around("__________", 6, 4), [3, 4, 5, 6]);
});

test("no single seat is left over where that can be helped", () => {
  assert.deepEqual(around("#_____#", 2, 3), [1, 2, 3]);
});

test("a party does not sit across an aisle if it fits beside it", () => {
  assert.deepEqual(around("____ ____", 4, 3), [4, 5, 6]);
});

test("a party that fits nowhere else sits across an aisle", () => {
  assert.deepEqual(around("#__ __#", 2, 4), [1, 2, 3, 4]);
});

test("taken seats are never part of a window", () => {
  assert.deepEqual(around("__#___##", 4, 3), [3, 4, 5]);
});

test("where there is less room, the window is as wide as there is", () => {
  assert.deepEqual(around("#__#____", 1, 4), [1, 2]);
});

test("a wheelchair space and a companion's seat come by themselves", () => {
  assert.deepEqual(around("__wk__", 2, 4), [2]);
  assert.deepEqual(around("__wk__", 3, 4), [3]);
});

test("only seats of the touched kind are taken along", () => {
  assert.deepEqual(around("__wk__", 1, 4), [0, 1]);
});

test("love seats are taken in whole pairs", () => {
  assert.deepEqual(around("LLLLLL", 2, 4), [0, 1, 2, 3]);
  assert.deepEqual(around("LLLLLL", 3, 3), [2, 3]);
});

test("aisles weigh more than single seats, and those more than the middle", () => {
  const seats = row("#___ ___");

  assert.deepEqual(rate(seats, { from: 2, count: 2, middle: 8 }).slice(0, 2), [0, 1]);
  assert.deepEqual(rate(seats, { from: 3, count: 2, middle: 8 }).slice(0, 2), [1, 0]);
});
