// Choosing seats beside the plain form: pairs, the limit, the running total.

import { money } from "../money.js";
import { boxes, boxOf, data, form, isSeat, part, root, rowName, seatNumber, tell, texts } from "./page.js";
import { brief, total } from "./summary.js";

const seatsOut = part("chosen");
const totalOut = part("total");
const spokenOut = part("spoken");
const prompt = texts.prompt ?? seatsOut?.textContent;

const chosen = () => boxes(":checked");
const place = (box) => ({ row: rowName(box.closest(".row-line")), number: seatNumber(box) });
const cost = ({ value, dataset }) => ({
  key: value,
  price: Number(dataset.price),
  freeWith: dataset.freeWith?.split(" "),
});

export function summarise() {
  if (!seatsOut) return;
  const ticked = chosen();
  seatsOut.textContent = ticked.length === 1 ? ticked[0].dataset.label : brief(ticked.map(place)) || prompt;
  totalOut.textContent = ticked.length ? money(total(ticked.map(cost), data.fee), data.money) : "";
  announce(`${ticked.length}: ${ticked.map((box) => box.value)}`, ticked.length);
}

// Read out once the choice has come to rest, and never because somebody else's seat changed.
let known;
let waiting;
function announce(choice, count) {
  const before = known;
  known = choice;
  if (before === undefined || before === choice) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    spokenOut.textContent = count ? texts.chosen.replace("%n", count).replace("%s", totalOut.textContent) : prompt;
  }, 600);
}

// A love seat is two halves of one sofa.
function tick(box, on) {
  const partner = box.dataset.partner && boxOf(box.dataset.partner);
  box.checked = on;
  if (partner && !partner.disabled) partner.checked = on;
}

export function startChoice() {
  form.addEventListener("change", ({ target }) => {
    if (!isSeat(target)) return;
    tick(target, target.checked);
    const tooMany = data.limit !== null && chosen().length > data.limit;
    if (tooMany) tick(target, false);
    tell(tooMany ? texts.too_many : "");
    summarise();
  });
  root.querySelector("[role=alert]")?.focus();
  summarise();
}
