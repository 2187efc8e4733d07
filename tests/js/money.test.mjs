// Amounts of money, in the ways of writing that the server sends. tests/browser/test_money.py compares with the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { money } from "../../static/js/money.js";

const RUPEES = { before: "₹", minus: "-₹", after: "", decimal: ".", group: ",", sizes: [3, 2] };
const EUROS = { before: "", minus: "-", after: "\u00a0€", decimal: ",", group: ".", sizes: [3, 3] };

test("whole amounts have no decimals", () => {
  assert.equal(money(250, RUPEES), "₹250");
});

test("other amounts have two decimals", () => {
  assert.equal(money(9.5, RUPEES), "₹9.50");
  assert.equal(money(9.5, EUROS), "9,50\u00a0€");
});

test("the minus sign stands where the language puts it", () => {
  assert.equal(money(-250, RUPEES), "-₹250");
  assert.equal(money(-9.5, EUROS), "-9,50\u00a0€");
});

test("digits are grouped as the currency's language does", () => {
  assert.equal(money(1234567, RUPEES), "₹12,34,567");
  assert.equal(money(1234567, EUROS), "1.234.567\u00a0€");
});

test("fewer digits than a group stand alone", () => {
  assert.equal(money(999, EUROS), "999\u00a0€");
});
