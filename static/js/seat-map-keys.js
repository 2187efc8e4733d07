// The keyboard in the hall: one tab stop, from which the arrows walk to every seat that can be chosen.
// Left is left in every language: a hall is a place. In the list the seats stand one under another.

const PAUSE = 700; // milliseconds between the letters of one row's name
const seats = document.getElementById("seats");
const form = document.getElementById("seat-form");
const hint = document.getElementById("seat-keys");

const isList = () => seats.classList.contains("as-list");
const isSeat = (element) => element?.matches?.("input[name=seats]") ?? false;
const rows = () => [...form.querySelectorAll(".row-line")];
const rowOf = (box) => box.closest(".row-line");
const open = (place) => [...place.querySelectorAll("input[name=seats]:enabled")];

function across(box) {
  if (isList()) return Number(box.nextElementSibling.textContent);
  const { left, width } = box.parentElement.getBoundingClientRect();
  return left + width / 2 + form.querySelector(".hall").scrollLeft;
}

function nearest(boxes, aim) {
  const distance = (box) => Math.abs(across(box) - aim);
  return boxes.reduce((best, box) => (best && distance(best) <= distance(box) ? best : box), undefined);
}

// One tab stop: the seat last stood on.
let stop;
function rove(box) {
  stop = box?.parentElement.id;
  for (const each of form.querySelectorAll("input[name=seats]")) each.tabIndex = each === box ? 0 : -1;
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
const beside = (boxes, box, step) => boxes[boxes.indexOf(box) + step];

const WALKS = {
  ArrowLeft: (box) => beside(open(rowOf(box)), box, -1),
  ArrowRight: (box) => beside(open(rowOf(box)), box, 1),
  ArrowUp: (box, { column }) => upDown(box, -1, column),
  ArrowDown: (box, { column }) => upDown(box, 1, column),
  Home: (box, { whole }) => open(whole ? form : rowOf(box))[0],
  End: (box, { whole }) => open(whole ? form : rowOf(box)).at(-1),
};

// A row's letters: A goes to row A, and A again at once to row AA if there is one.
let typed = "", typedAt = 0;
function rowTyped(event, box) {
  const letter = event.key.toUpperCase();
  const row = (name) => rows().find((each) => each.querySelector(".row-name").textContent.toUpperCase() === name);
  const longer = event.timeStamp - typedAt < PAUSE && row(typed + letter);
  typed = longer ? typed + letter : letter;
  typedAt = event.timeStamp;
  const found = longer || row(letter);
  if (!found) return;
  const seat = nearest(open(found), across(box));
  const news = seat ? "" : form.dataset.rowFull.replace("%s", found.ariaLabel);
  document.dispatchEvent(new CustomEvent("seats:news", { detail: news }));
  return seat;
}

let column; // where one set out to go up or down
form?.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!isSeat(target) || event.altKey || event.metaKey) return;
  const letter = /^\p{L}$/u.test(key) && !event.ctrlKey;
  if (!WALKS[key] && !letter) return;
  event.preventDefault();
  const aim = key === "ArrowUp" || key === "ArrowDown" ? (column ?? across(target)) : undefined;
  const next = letter ? rowTyped(event, target) : WALKS[key](target, { column: aim, whole: event.ctrlKey });
  next?.focus();
  column = aim;
});

form?.addEventListener("focusin", ({ target }) => {
  if (!isSeat(target)) return;
  column = undefined;
  rove(target);
});

// A seat that is replaced by its news keeps the focus; one that is gone hands it to its neighbour.
let left;
function leave({ detail }) {
  if (isSeat(document.activeElement) && detail.target.contains(document.activeElement)) left = stop;
}
function settle() {
  const before = stop && document.getElementById(stop)?.querySelector("input");
  const box = before?.disabled ? neighbour(before) : before;
  rove(box ?? open(form)[0]);
  if (left && document.activeElement === document.body) box?.focus({ preventScroll: true });
  left = undefined;
  document.getElementById("seat-map")?.setAttribute("aria-describedby", hint.id);
}
function neighbour(box) {
  const aim = across(box);
  return nearest(open(rowOf(box)), aim) ?? upDown(box, 1, aim) ?? upDown(box, -1, aim);
}

if (form) {
  document.addEventListener("htmx:oobBeforeSwap", leave);
  document.addEventListener("htmx:beforeSwap", leave);
  document.addEventListener("seats:changed", settle);
  stop = (form.querySelector("input[name=seats]:checked") ?? open(form)[0])?.parentElement.id;
  hint.hidden = false;
  settle();
}
