// The drawing board of a hall, by mouse and by keyboard. The form beside it works without: this fills in its drawing.

import * as grid from "./hall-grid.js";
import * as model from "./hall-model.js";
import { placeAt, within } from "./hall-places.js";
import { textsOf } from "./texts.js";

const form = document.getElementById("hall-form");
const editor = document.getElementById("hall-editor");
const board = document.getElementById("hall-grid");
const out = (name) => document.getElementById(name);
const said = textsOf("hall-editor");
const fields = form.elements;
const PAGE = 5; // rows

for (const { value, dataset } of fields.category.length ? fields.category : [fields.category]) {
  grid.ranks.set(Number(value), dataset.rank);
  grid.names.set(Number(value), dataset.name);
}
const letters = new Map([...editor.querySelectorAll("[data-letter]")].map((b) => [Number(b.value), b.dataset.letter]));

const numbering = () => ({
  seats: fields.seats.value,
  rows: fields.rows.value,
  letters: fields.letters.value,
  start: Math.min(900, Math.max(1, Number(fields.start.value) || 1)),
});

function opened() {
  try {
    return model.read(JSON.parse(fields.layout.value), numbering());
  } catch {
    return { rows: [{ seats: [], shift: 0 }], numbering: numbering() };
  }
}

let hall = opened();
let cursor = { y: 0, x: hall.rows[0]?.seats[0]?.x ?? 0 };
let selection;
let stroke;
let changed = false;
const past = [];
const future = [];

// --- What the page shows ----------------------------------------------------------------------------------------------

function say(news) {
  out("hall-news").textContent = news;
}

function show({ focus = false, scroll = false } = {}) {
  if (!hall.rows.length) hall = { ...hall, rows: [{ seats: [], shift: 0 }] };
  cursor = { y: Math.min(cursor.y, hall.rows.length - 1), x: cursor.x };
  if (selection && (selection.to.y >= hall.rows.length || selection.from.y >= hall.rows.length)) selection = undefined;
  const focused = focus || board.contains(document.activeElement); // what has it may be drawn anew
  grid.draw(hall);
  const here = grid.mark(hall, cursor, selection);
  if (focused) here.focus({ preventScroll: !scroll });
  const { seat } = placeAt(hall, cursor.y, cursor.x);
  out("here-row").value = model.nameOf(hall.rows[cursor.y]);
  out("here-number").value = seat?.number ?? "";
  out("here-row").disabled = !hall.rows[cursor.y].seats.length;
  out("here-number").disabled = !seat;
  for (const button of out("selection-tools").querySelectorAll("button")) button.disabled = !selection;
  for (const [name, steps] of Object.entries({ undo: past, redo: future })) {
    editor.querySelector(`[data-do=${name}]`).disabled = !steps.length;
  }
}

// All that follows from the drawing itself.
function settle() {
  fields.layout.value = model.write(hall);
  fields.plan.value = model.drawing(hall, letters);
  for (const [name, value] of Object.entries(hall.numbering)) fields[name].value = value;
  const seats = model.allSeats(hall);
  const count = (test) => seats.filter(test).length;
  for (const badge of editor.querySelectorAll("[data-count]")) {
    const what = badge.dataset.count;
    badge.textContent = count(({ category, kind }) => String(category) === what || kind === what);
  }
  out("seats-total").textContent = said.total.replace("%n", seats.length);
  const wrong = model.problems(hall).map(([what, name]) => said[what].replace("%s", name));
  out("hall-problems").textContent = [...new Set(wrong)].slice(0, 3).join(" ");
}

function become(next, news = "", move) {
  if (next === hall) return say(said.cannot);
  if (!stroke) past.push(hall);
  future.length = 0;
  hall = next;
  changed = true;
  if (move) cursor = move;
  if (!stroke) settle();
  show();
  say(news);
}

function travel(from, to, news) {
  if (!from.length) return;
  to.push(hall);
  hall = from.pop();
  settle();
  show();
  say(news);
}

// --- What can be done -------------------------------------------------------------------------------------------------

const tool = () => fields.tool.value;
const brush = () => ({
  kind: tool() === "SELECT" || tool() === "ERASE" ? "STANDARD" : tool(),
  category: Number(fields.category.value),
});
const choose = (name, value) => {
  const box = [...editor.querySelectorAll(`input[name=${name}]`)].find((each) => each.value === value);
  if (!box) return;
  box.checked = true;
  say(box.closest("label").textContent.trim());
};
const there = () => placeAt(hall, cursor.y, cursor.x);
const rowsChosen = () => {
  const ys = selection ? [selection.from.y, selection.to.y] : [cursor.y];
  return [Math.min(...ys), Math.max(...ys)];
};
const rowWord = (y) => said.row.replace("%r", (hall.rows[y] && model.nameOf(hall.rows[y])) || y + 1);

const freshLoveSeats = (next, y, before) =>
  next.rows[y].seats.filter((seat) => seat.kind === "LOVE" && !before.includes(seat));

function apply(places, how) {
  let next = hall;
  const done = new Set(); // a love seat is painted with its other half
  for (const { y, x } of places) {
    if (done.has(`${y} ${x}`) || !next.rows[y]) continue;
    const before = next.rows[y].seats;
    next = how === "ERASE" ? model.erase(next, y, x) : model.paint(next, y, x, brush());
    if (how === "LOVE") for (const half of freshLoveSeats(next, y, before)) done.add(`${y} ${half.x}`);
  }
  return next;
}

// A stroke or a selection leaves aisles free, unless it begins in one: what is repainted keeps its gaps.
const fillsAisles = ({ y, x }) => model.isAisle(hall, y, placeAt(hall, y, x).x);

function paintSelected(how) {
  const all = within(hall, selection);
  const keeps = how !== "ERASE" && !fillsAisles(selection.from);
  const places = keeps ? all.filter(({ y, x }) => !model.isAisle(hall, y, x)) : all;
  become(apply(places, how), places.length < all.length ? said.aisleKept : said.painted);
}

function paintHere(how = tool()) {
  if (how === "SELECT") how = "STANDARD";
  if (selection) return paintSelected(how);
  if (there().size === 1) return say(said.cannot);
  const before = hall;
  become(apply([{ y: cursor.y, x: there().x }], how));
  if (hall !== before) say(there().seat ? grid.mark(hall, cursor, selection).ariaLabel : said.erased);
}

const whereRoomIs = (change) => (hall.rows.length < model.MOST.rows ? change() : hall);
const insert = (y, news) => {
  const grown = whereRoomIs(() => model.insertRow(hall, y));
  become(grown, news, { y, x: cursor.x });
};
const deeds = {
  undo: () => travel(past, future, said.undone),
  redo: () => travel(future, past, said.redone),
  above: () => insert(cursor.y, said.inserted),
  below: () => insert(cursor.y + 1, said.inserted),
  duplicate: () => {
    const grown = whereRoomIs(() => model.duplicateRow(hall, cursor.y));
    become(grown, said.duplicated, { y: cursor.y + 1, x: cursor.x });
  },
  remove: () => {
    const [from, to] = rowsChosen();
    const news = said.removed.replace("%r", rowWord(from));
    selection = undefined;
    become(model.deleteRows(hall, from, to), news, { y: Math.max(0, from - 1), x: cursor.x });
  },
  right: () => become(model.push(hall, cursor.y, 0, 1), said.moved),
  left: () => become(model.push(hall, cursor.y, 0, -1), said.moved),
  gap: () => become(model.push(hall, cursor.y, there().x, 2), said.gapMade),
  half: () => become(model.push(hall, cursor.y, there().x, 1), said.gapMade),
  close: () => become(model.push(hall, cursor.y, there().x, there().seat ? -1 : -there().size), said.gapClosed),
  aisle: () => become(model.pushAll(hall, there().x, 2), said.gapMade),
  closeAisle: () => become(model.pushAll(hall, there().x + (there().seat ? 0 : 1), -2), said.gapClosed),
  paint: () => paintHere(),
  erase: () => paintHere("ERASE"),
  unselect: () => {
    selection = undefined;
    show({ focus: true });
  },
};

// --- By keyboard ------------------------------------------------------------------------------------------------------

function walk(y, x, extend) {
  const to = { y: Math.min(Math.max(y, 0), hall.rows.length - 1), x: Math.max(0, x) };
  to.x = placeAt(hall, to.y, to.x).x;
  selection = extend ? { from: selection?.from ?? cursor, to } : undefined;
  cursor = to;
  show({ focus: true, scroll: true });
}

const WALKS = {
  ArrowLeft: ({ x }) => [cursor.y, x - 1],
  ArrowRight: ({ x, size }) => [cursor.y, x + size],
  ArrowUp: ({ x }) => [cursor.y - 1, x + 1],
  ArrowDown: ({ x }) => [cursor.y + 1, x + 1],
  PageUp: ({ x }) => [cursor.y - PAGE, x + 1],
  PageDown: ({ x }) => [cursor.y + PAGE, x + 1],
  Home: (_, all) => [all ? 0 : cursor.y, 0],
  End: (_, all) => [all ? hall.rows.length - 1 : cursor.y, model.widthOf(hall) - 1],
};
const KEYS = {
  " ": deeds.paint,
  Enter: deeds.paint,
  Delete: deeds.erase,
  Backspace: deeds.erase,
  Escape: deeds.unselect,
  Insert: deeds.above,
  i: deeds.above,
  n: deeds.below,
  d: deeds.duplicate,
  r: deeds.remove,
  ".": deeds.gap,
  ",": deeds.half,
  "-": deeds.close,
  "<": deeds.left,
  ">": deeds.right,
  "|": deeds.aisle,
  s: () => choose("tool", "STANDARD"),
  w: () => choose("tool", "WHEELCHAIR"),
  c: () => choose("tool", "COMPANION"),
  l: () => choose("tool", "LOVE"),
  e: () => choose("tool", "ERASE"),
};
function selectRows(from, to) {
  selection = { from: { y: from, x: 0 }, to: { y: to, x: model.widthOf(hall) - 2 } };
  show();
}

board.addEventListener("keydown", (event) => {
  if (event.altKey || stroke || !grid.whereIs(event.target)) return;
  const control = event.ctrlKey || event.metaKey;
  const number =
    !control && /^[1-9]$/.test(event.key) && [...editor.querySelectorAll("input[name=category]")][event.key - 1];
  if (WALKS[event.key]) walk(...WALKS[event.key](there(), control), event.shiftKey);
  else if (control && event.key === "a") selectRows(0, hall.rows.length - 1);
  else if (event.key === " " && event.shiftKey) selectRows(cursor.y, cursor.y);
  else if (number) choose("category", number.value);
  else if (!control && KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});

// Undoing works anywhere on the page but where somebody is typing, which has an undo of its own. Only here: a key that
// was handled on the board would come by again, from a place that has been drawn anew since.
const undoing = ({ key, shiftKey }) => ({ z: shiftKey ? deeds.redo : deeds.undo, y: deeds.redo })[key.toLowerCase()];

document.addEventListener("keydown", (event) => {
  if (stroke || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.closest?.("input:not([type=radio]), textarea, select")) return;
  const deed = undoing(event);
  if (!deed) return;
  event.preventDefault();
  deed();
});

// --- By mouse, pen and finger: to drag is to paint, or with the other tool to select -------------------------------------

board.addEventListener("pointerdown", (event) => {
  const at = grid.whereIs(event.target);
  if (!at || event.button) return;
  const selects = tool() === "SELECT" || event.shiftKey;
  if (event.pointerType === "touch" && !selects) return; // a finger scrolls the hall, and paints by a tap
  event.preventDefault();
  if (!board.contains(document.activeElement)) document.activeElement.blur(); // a name that was typed is of the place before
  if (selects) selection = { from: event.shiftKey ? (selection?.from ?? cursor) : at, to: at };
  else selection = undefined;
  stroke = { selects, at, before: hall, keepsAisles: !selects && !fillsAisles(at), done: new Set() };
  cursor = at;
  event.target.releasePointerCapture?.(event.pointerId);
  if (!selects) dab(at);
  show({ focus: true });
});

function dab(at) {
  if (placeAt(hall, at.y, at.x).size === 1) return;
  const key = `${at.y} ${at.x}`;
  if (stroke.done.has(key)) return;
  stroke.done.add(key);
  if (tool() !== "ERASE" && stroke.keepsAisles && model.isAisle(stroke.before, at.y, at.x)) {
    stroke.news = said.aisleKept;
    return say(stroke.news);
  }
  const before = hall.rows[at.y].seats;
  const next = apply([at], tool());
  if (next === hall) return;
  // The other half of a love seat was painted with this one.
  for (const half of freshLoveSeats(next, at.y, before)) stroke.done.add(`${at.y} ${half.x}`);
  become(next, stroke.news);
}

document.addEventListener("pointermove", (event) => {
  if (!stroke) return;
  for (const step of event.getCoalescedEvents?.() ?? [event]) {
    const at = grid.whereIs(document.elementFromPoint(step.clientX, step.clientY));
    if (!at || (at.y === stroke.at.y && at.x === stroke.at.x)) continue;
    stroke.at = cursor = at;
    if (stroke.selects) {
      selection = { from: selection.from, to: at };
      show();
    } else dab(at);
  }
});

function finish() {
  if (!stroke) return;
  const { before } = stroke;
  stroke = undefined;
  if (hall !== before) {
    past.push(before);
    settle();
  }
  show();
}
document.addEventListener("pointerup", finish);
document.addEventListener("pointercancel", finish);

board.addEventListener("click", (event) => {
  const at = grid.whereIs(event.target);
  if (!at || event.pointerType !== "touch" || event.shiftKey || tool() === "SELECT") return;
  cursor = at;
  selection = undefined;
  paintHere();
});
board.addEventListener("focusin", ({ target }) => {
  const at = grid.whereIs(target);
  if (!at || stroke || (at.y === cursor.y && at.x === cursor.x)) return;
  cursor = at;
  show();
});

// --- Buttons and fields -------------------------------------------------------------------------------------------------

editor.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do]");
  if (!button) return;
  const { top } = button.getBoundingClientRect();
  deeds[button.dataset.do]();
  scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" }); // it stays under the pointer
});
out("here-row").addEventListener("change", ({ target }) => {
  if (target.value.trim()) become(model.renameRow(hall, cursor.y, target.value.trim().slice(0, 3)));
});
out("here-number").addEventListener("change", ({ target }) => {
  if (Number(target.value) > 0) become(model.numberSeat(hall, cursor.y, there().x, Math.floor(Number(target.value))));
});
for (const name of ["seats", "rows", "letters", "start"]) {
  fields[name].addEventListener("change", () => become(model.renumber(hall, numbering()), said.numbered));
}
// Enter in a field of the board only ends the field; in the name of the hall it is the way on, and not the text's button.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=radio])")) return;
  event.preventDefault();
  if (!editor.contains(event.target)) return form.requestSubmit(out("hall-next"));
  event.target.blur();
  event.target.focus();
});
form.addEventListener("submit", ({ submitter }) => {
  fields.source.value = submitter?.dataset.source ?? "grid";
  changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

editor.hidden = false;
document.getElementById("numbering-place").append(document.getElementById("numbering"));
document.documentElement.classList.add("draws");
if (fields.source.value === "text" && fields.plan.ariaInvalid) document.getElementById("as-text").open = true;
else document.getElementById("as-text").open = false;
settle();
show();
