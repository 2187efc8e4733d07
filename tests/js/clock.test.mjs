// Times as figures: what is left of a hold, and the hours on the planner.

import assert from "node:assert/strict";
import { test } from "node:test";

import { timeLeft, timeOfDay, writtenTime } from "../../static/js/clock.js";

test("what is left is written as minutes and two digits of seconds", () => {
  assert.equal(timeLeft(365), "6:05");
  assert.equal(timeLeft(59), "0:59");
  assert.equal(timeLeft(0), "0:00");
});

test("an hour or more is still written in minutes", () => {
  assert.equal(timeLeft(3725), "62:05");
});

test("the time of day has two digits each", () => {
  assert.equal(timeOfDay(0), "00:00");
  assert.equal(timeOfDay(9 * 60 + 5), "09:05");
});

test("minutes after midnight belong to the next day", () => {
  assert.equal(timeOfDay(25 * 60 + 30), "01:30");
});

test("minutes before midnight belong to the day before", () => {
  assert.equal(timeOfDay(-30), "23:30");
});

test("a time is written with the words for the halves of the day, where a language has them", () => {
  const twelve = { halves: ["am", "pm"], two_digits: false };
  assert.equal(writtenTime(30, twelve), "12:30\u00a0am");
  assert.equal(writtenTime(12 * 60, twelve), "12:00\u00a0pm");
  assert.equal(writtenTime(25 * 60, twelve), "1:00\u00a0am");
  assert.equal(writtenTime(9 * 60 + 5, { halves: [], two_digits: true }), "09:05");
  assert.equal(writtenTime(9 * 60 + 5, { halves: [], two_digits: false }), "9:05");
});
