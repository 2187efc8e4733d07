// “How many?”: with a party of four, one touch lights four neighbours; the next touch moves them all.

import { boxes, form, isSeat, part, tell, texts } from "./page.js";
import { seatsAround } from "./windows.js";

const party = part("party");
const size = () => Number(party.querySelector(":checked").value);
const chosen = () => boxes(":checked");

const KINDS = ["wheelchair", "companion", "love"];

// A row as windows.js reads it; `free` says of a checkbox whether it may be taken.
function seatsOf(line, free) {
  let x = 0;
  return [...line.querySelectorAll(".seat")].map((label, at) => {
    const box = label.querySelector("input");
    const gap = Number(/(?:^| )g(\d+)/.exec(label.className)?.[1] ?? 0);
    const kind = KINDS.find((name) => label.classList.contains(name)) ?? "";
    x += gap + 2;
    return {
      box,
      key: box.value,
      x: x - 1,
      aisle: at > 0 && gap > 0,
      kind,
      partner: box.dataset.partner,
      free: free(box),
    };
  });
}

let middle; // of the hall: seats may come and go, but they do not move
function hallMiddle() {
  const ends = () => [...form.querySelectorAll(".row-line")].map((line) => seatsOf(line, () => true).at(-1)?.x ?? 0);
  middle ??= Math.max(...ends()) / 2;
  return middle;
}

// What a touch would do: who goes (all, when everybody has a seat already) and who sits down where.
function plan(touched, sitting) {
  const full = sitting.length >= size();
  const others = full ? [] : sitting;
  const row = seatsOf(touched.closest(".row-line"), (box) => !box.disabled && !others.includes(box));
  const at = row.findIndex(({ box }) => box === touched);
  const seats = seatsAround(row, at, { count: size() - others.length, middle: hallMiddle() });
  return { leave: full ? sitting : [], sit: seats.map(({ box }) => box) };
}

function seat({ target }) {
  if (!isSeat(target) || !target.checked || size() < 2) return;
  const sitting = chosen().filter((box) => box !== target);
  const { leave, sit } = plan(target, sitting);
  for (const box of leave) box.checked = false;
  for (const box of sit) box.checked = true;
}

function report({ target }) {
  if (!isSeat(target) || size() < 2) return;
  const count = chosen().length;
  tell(count && count < size() ? texts.party.replace("%n", count).replace("%m", size()) : "");
  preview();
}

// Which seats would light up, under the pointer or the focus.
function preview(box) {
  const shown = box && !box.disabled && !box.checked && size() > 1;
  const lit = shown ? plan(box, chosen()).sit.map((each) => each.parentElement) : [];
  for (const old of form.querySelectorAll(".seat.preview")) old.classList.remove("preview");
  for (const label of lit) label.classList.add("preview");
}

// The form that picks the best seats asks the same question.
function shareSize(best) {
  party.addEventListener("change", () => {
    if (best) best.value = size();
  });
  best?.addEventListener("change", () => {
    const same = party.querySelector(`[value="${best.value}"]`);
    if (same) same.checked = true;
  });
}

export function startParty() {
  form.addEventListener("change", seat, true); // before the running total is summed
  form.addEventListener("change", report);
  form.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "touch") preview(target.closest(".seat")?.querySelector("input"));
  });
  form.addEventListener("pointerleave", () => preview());
  form.addEventListener("focusin", ({ target }) => preview(isSeat(target) ? target : undefined));
  party.addEventListener("change", () => preview());
  shareSize(part("best")?.elements.party);
  party.hidden = false;
}
