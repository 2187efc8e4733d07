// The keyboard in the hall: one tab stop, from which the arrows walk to every seat that can be chosen.
// Left is left in every language: a hall is a place. In the list the seats stand one under another.

import { boxes, boxOf, form, isSeat, part, root, rowName, seatNumber, tell, texts } from "./page.js";

const PAUSE = 700; // milliseconds between the letters of one row's name
const isList = () => root.classList.contains("as-list");
const rows = () => [...form.querySelectorAll(".row-line")];
const rowOf = (box) => box.closest(".row-line");
const open = (place) => [...place.querySelectorAll("input[name=seats]:enabled")];

function across(box) {
  if (isList()) return seatNumber(box);
  const { left, width } = box.parentElement.getBoundingClientRect();
  return left + width / 2 + form.querySelector(".hall").scrollLeft;
}

function nearest(places, aim) {
  const distance = (box) => Math.abs(across(box) - aim);
  return places.reduce((best, box) => (best && distance(best) <= distance(box) ? best : box), undefined);
}

// One tab stop: the seat last stood on.
let stop;
function rove(box) {
  stop = box?.value;
  for (const each of boxes()) each.tabIndex = each === box ? 0 : -1;
}

// Straight up and down, past cross aisles and full rows.
function upDown(box, step, column) {
  if (isList()) return beside(open(form), box, step);
  const all = rows();
  for (let at = all.indexOf(rowOf(box)) + step; all[at]; at += step) {
    const found = nearest(open(all[at]), column);
    if (found) return found;
  }
}
const beside = (places, box, step) => places[places.indexOf(box) + step];

const WALKS = {
  ArrowLeft: (box) => beside(open(rowOf(box)), box, -1),
  ArrowRight: (box) => beside(open(rowOf(box)), box, 1),
  ArrowUp: (box, { column }) => upDown(box, -1, column),
  ArrowDown: (box, { column }) => upDown(box, 1, column),
  Home: (box, { whole }) => open(whole ? form : rowOf(box))[0],
  End: (box, { whole }) => open(whole ? form : rowOf(box)).at(-1),
};

// A row's letters: A goes to row A, and A again at once to row AA if there is one.
let typed = "";
let typedAt = 0;
function rowTyped(event, box) {
  const letter = event.key.toUpperCase();
  const row = (name) => rows().find((each) => rowName(each).toUpperCase() === name);
  const longer = event.timeStamp - typedAt < PAUSE && row(typed + letter);
  typed = longer ? typed + letter : letter;
  typedAt = event.timeStamp;
  const found = longer || row(letter);
  if (!found) return;
  const seat = nearest(open(found), across(box));
  tell(seat ? "" : texts.row_full.replace("%s", found.ariaLabel));
  return seat;
}

let column; // where one set out to go up or down
function press(event) {
  const { key, target } = event;
  if (!isSeat(target) || event.altKey || event.metaKey) return;
  const letter = /^\p{L}$/u.test(key) && !event.ctrlKey;
  if (!WALKS[key] && !letter) return;
  event.preventDefault();
  const aim = key === "ArrowUp" || key === "ArrowDown" ? (column ?? across(target)) : undefined;
  const next = letter ? rowTyped(event, target) : WALKS[key](target, { column: aim, whole: event.ctrlKey });
  next?.focus();
  column = aim;
}

function arrive({ target }) {
  if (!isSeat(target)) return;
  column = undefined;
  rove(target);
}

// A seat that is replaced by an update keeps the focus; one that is gone hands it to its neighbour.
let left;
function leave({ detail }) {
  if (isSeat(document.activeElement) && detail.target.contains(document.activeElement)) left = stop;
}
export function settle() {
  if (!part("keys")) return; // the keys of this map are the browser's
  const before = stop && boxOf(stop);
  const box = before?.disabled ? neighbour(before) : before;
  rove(box ?? open(form)[0]);
  if (left && document.activeElement === document.body) box?.focus({ preventScroll: true });
  left = undefined;
  part("map")?.setAttribute("aria-describedby", part("keys").id);
}
function neighbour(box) {
  const aim = across(box);
  return nearest(open(rowOf(box)), aim) ?? upDown(box, 1, aim) ?? upDown(box, -1, aim);
}

export function startKeys() {
  form.addEventListener("keydown", press);
  form.addEventListener("focusin", arrive);
  document.addEventListener("htmx:oobBeforeSwap", leave);
  document.addEventListener("htmx:beforeSwap", leave);
  stop = (boxes(":checked")[0] ?? open(form)[0])?.value;
  part("keys").hidden = false;
  settle();
}
