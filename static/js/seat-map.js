// Choosing seats beside the plain form: pairs, the limit, the running total. The other seat scripts tell this one by
// events what changed. Labels come and go with the live map, so nothing here keeps one.

import { money } from "./money.js";

const form = document.getElementById("seat-form");
const newsOut = document.getElementById("seat-news");
const seatsOut = document.getElementById("chosen-seats");
const totalOut = document.getElementById("chosen-total");
const saidOut = document.getElementById("chosen-said");

document.addEventListener("seats:news", (event) => say(event.detail));
document.addEventListener("seats:changed", () => {
  summarise();
  const soldOut = document.getElementById("sold-out");
  if (!soldOut || document.activeElement?.closest("#waiting-form")) return; // whoever is typing goes on
  if (form.querySelector("input[name=seats]:enabled")) location.reload(); // now there is a button to press
});

const chosen = () => [...form.querySelectorAll("input[name=seats]:checked")];

function say(news) {
  if (newsOut.textContent !== news) newsOut.textContent = news;
}

// “M 1–3, 6 · N 9”: neighbours by number together, so that ten seats still fit on a telephone.
function brief(boxes) {
  const rows = new Map();
  for (const box of boxes) {
    const row = box.closest(".row-line").querySelector(".row-name").textContent;
    const numbers = rows.get(row) ?? rows.set(row, []).get(row);
    numbers.push(Number(box.nextElementSibling.textContent));
  }
  return [...rows].map(([row, numbers]) => `${row} ${runs(numbers)}`).join(" · ");
}

function runs(numbers) {
  const found = [];
  for (const number of numbers.sort((one, other) => one - other)) {
    if (found.at(-1)?.at(-1) === number - 1) found.at(-1).push(number);
    else found.push([number]);
  }
  return found.map((run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : run[0])).join(", ");
}

// Summed in hundredths: a sum of fractions would not be exact. A wheelchair space lets one companion in free.
function total(boxes) {
  const places = new Set(boxes.map((box) => box.value));
  const isFree = (box) => box.dataset.freeWith?.split(" ").some((place) => places.delete(place));
  const price = (box) => (isFree(box) ? 0 : Math.round(Number(box.dataset.price) * 100));
  return boxes.reduce((sum, box) => sum + price(box), 0) / 100;
}

const prompt = seatsOut?.dataset.none ?? seatsOut?.textContent;
function summarise() {
  if (!seatsOut) return;
  const boxes = chosen();
  seatsOut.textContent = boxes.length === 1 ? boxes[0].dataset.label : brief(boxes) || prompt;
  totalOut.textContent = boxes.length ? money(total(boxes), JSON.parse(form.dataset.money)) : "";
  announce(`${boxes.length}: ${boxes.map((box) => box.value)}`, boxes.length);
}

// Read out once the choice has come to rest, and never because somebody else's seat changed.
let known, waiting;
function announce(choice, count) {
  const before = known;
  known = choice;
  if (before === undefined || before === choice) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    saidOut.textContent = count ? form.dataset.chosen.replace("%n", count).replace("%s", totalOut.textContent) : prompt;
  }, 600);
}

// A love seat is two halves of one sofa.
function tick(box, on) {
  const partner = box.dataset.partner && document.getElementById(`s${box.dataset.partner}`)?.querySelector("input:enabled");
  for (const half of [box, partner]) if (half) half.checked = on;
}

form?.addEventListener("change", ({ target }) => {
  if (target.name !== "seats") return;
  tick(target, target.checked);
  const tooMany = chosen().length > Number(form.dataset.max);
  if (tooMany) tick(target, false);
  say(tooMany ? form.dataset.tooMany : "");
  summarise();
});

document.getElementById("error")?.focus();
summarise();
