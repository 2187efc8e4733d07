// The planner: shows lie on their lanes by time, and are moved by hand or by keys. What was asked for is shown at
// once; the answer brings the days as they are, so that a refused show is back in its place. Without this file, and
// on a narrow page, the lanes are lists of links.

import { timeOfDay, writtenTime } from "./clock.js";
import { textsOf } from "./texts.js";

const STEP = 5; // minutes
const PATIENCE = 700; // milliseconds after the last key
const DAY_STARTS = 5 * 60;
const DAY_ENDS = 29 * 60; // of a trading day, in minutes
const wide = matchMedia("(min-width: 60rem)");
const planner = () => document.getElementById("planner");
const texts = textsOf("planner");

let drag = null; // what the pointer carries
let walk = null; // what the keys have moved and not sent yet
let sending = false;

const axis = () => {
  const { first, last } = planner().dataset;
  return { first: first * 60, length: (last - first) * 60 };
};

function lay(slot, { first, length } = axis()) {
  const { at, minutes, rest } = slot.dataset;
  slot.style.setProperty("--at", `${((at - first) / length) * 100}%`);
  slot.style.setProperty("--for", `${(minutes / length) * 100}%`);
  slot.style.setProperty("--rest", `${(rest / minutes) * 100}%`);
}

function layAll(root) {
  const board = planner();
  if (!board) return;
  const line = axis();
  board.classList.add("is-laid");
  // htmx copies the attributes of what has an id, a style too, which the page's policy forbids: lanes have none.
  for (const lane of root.querySelectorAll(".lane-shows")) lane.style.setProperty("--hours", line.length / 60);
  for (const slot of root.querySelectorAll(".slot")) lay(slot, line);
}

// --- One move, from what is picked up until the answer -----------------------------------------

function pickUp(link) {
  const slot = link.closest(".slot");
  return { link, slot, from: slot.parentElement, at: Number(slot.dataset.at) };
}

function put(move, lane, at) {
  const { slot, link } = move;
  slot.dataset.at = Math.min(Math.max(at, DAY_STARTS), DAY_ENDS - STEP);
  link.classList.add("is-moving");
  if (lane !== slot.parentElement) {
    move.jumping = true; // the focus leaves with the link, and comes back
    lane.append(slot);
    link.focus({ preventScroll: true });
    move.jumping = false;
  }
  lay(slot);
  const start = writtenTime(slot.dataset.at, texts.clock);
  const end = writtenTime(Number(slot.dataset.at) + Number(slot.dataset.minutes), texts.clock);
  slot.querySelector(".slot-time").textContent = start;
  slot.querySelector(".slot-end").textContent = `–${end}`;
  const text = texts.moving.replace("%s", start).replace("%e", end).replace("%h", lane.dataset.name);
  document.getElementById("planner-news").textContent = text;
}

function putBack(move) {
  put(move, move.from, move.at);
  move.link.classList.remove("is-moving");
  document.getElementById("planner-news").textContent = "";
}

async function send(move) {
  const { slot, link, from, at } = move;
  const lane = slot.parentElement;
  if (lane === from && Number(slot.dataset.at) === at) return putBack(move);
  const { shown, view } = planner().dataset;
  const { day, screen } = lane.dataset;
  const values = { day, at: timeOfDay(slot.dataset.at), screen, version: link.dataset.version, shown, view };
  const focused = document.activeElement === link;
  sending = true;
  try {
    await htmx.ajax("POST", link.dataset.move, { source: link, target: "#planner-news", swap: "none", values });
  } catch {
    // cinema.js says that the network failed
  }
  sending = false;
  if (slot.isConnected) putBack(move); // no answer came: it is where it was
  if (focused) document.getElementById(link.id)?.focus({ preventScroll: true });
}

// --- By hand -----------------------------------------------------------------------------------

document.addEventListener("pointerdown", (event) => {
  const link = event.target.closest?.("a[data-move]");
  if (!link || event.button || event.pointerType === "touch" || !wide.matches || sending) return;
  flush();
  drag = { ...pickUp(link), x: event.clientX, y: event.clientY, begun: false };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  drag.begun ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
  if (!drag.begun) return;
  const under = document.elementsFromPoint(event.clientX, event.clientY).find((part) => part.matches(".lane-shows"));
  const lane = under ?? drag.slot.parentElement;
  const forward = getComputedStyle(lane).direction === "rtl" ? -1 : 1;
  const minutes = (forward * (event.clientX - drag.x) * axis().length) / lane.clientWidth;
  put(drag, lane, Math.round((drag.at + minutes) / STEP) * STEP);
});

document.addEventListener("pointerup", () => {
  const move = drag;
  drag = null;
  if (!move?.begun) return;
  addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
  setTimeout(() => send(move)); // after the click that ends a drag
});

document.addEventListener("pointercancel", () => {
  if (drag?.begun) putBack(drag);
  drag = null;
});

// --- A free time is clicked: the form for new shows opens for it -------------------------------------

const QUARTER = 15; // minutes

document.addEventListener("click", (event) => {
  const lane = event.target;
  if (event.defaultPrevented || !lane.matches?.(".lane-shows") || !wide.matches || sending) return; // or it ends a drag
  const box = lane.getBoundingClientRect();
  const { first, length } = axis();
  const into = getComputedStyle(lane).direction === "rtl" ? box.right - event.clientX : event.clientX - box.left;
  const at = first + Math.floor((into * length) / box.width / QUARTER) * QUARTER;
  const { elements } = document.getElementById("add");
  const { day, screen } = lane.dataset;
  for (const [name, value] of Object.entries({ screen, times: timeOfDay(at), first_day: day, last_day: day })) {
    elements[name].value = value;
    elements[name].dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.getElementById("add-box").open = true;
  elements.movie.focus();
});

// Once shows are planned, the errors of the attempt before are gone from the form. Its values stay, for the next shows.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!successful || elt.id !== "add") return;
  for (const error of elt.querySelectorAll(".notice, .field-errors")) error.remove();
  for (const field of elt.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
});

// The form for new shows is as open on the next page as it was left.
const addBox = document.getElementById("add-box");
if (sessionStorage.addShows) addBox.open = sessionStorage.addShows === "open";
addBox.addEventListener("toggle", () => (sessionStorage.addShows = addBox.open ? "open" : "shut"));

// --- By keys -----------------------------------------------------------------------------------

function flush() {
  const move = walk;
  walk = null;
  clearTimeout(move?.timer);
  if (move) send(move);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const move = drag?.begun ? drag : walk;
    clearTimeout(walk?.timer);
    drag = walk = null;
    if (move) putBack(move);
    return;
  }
  const link = event.target.closest?.("a[data-move]");
  if (!link || !wide.matches || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" && walk) {
    event.preventDefault();
    return flush();
  }
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  if (sending) return;
  walk ??= pickUp(link);
  const lane = walk.slot.parentElement;
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const lanes = [...lane.closest(".plan-day").querySelectorAll(".lane-shows")];
    put(walk, lanes[lanes.indexOf(lane) + (event.key === "ArrowUp" ? -1 : 1)] ?? lane, Number(walk.slot.dataset.at));
  } else {
    const later = (event.key === "ArrowRight") !== (getComputedStyle(lane).direction === "rtl");
    const step = event.shiftKey ? 60 : STEP;
    put(walk, lane, Number(walk.slot.dataset.at) + (later ? step : -step));
  }
  clearTimeout(walk.timer);
  walk.timer = setTimeout(flush, PATIENCE);
});

document.addEventListener("focusout", (event) => {
  if (walk && event.target === walk.link && !walk.jumping) flush();
});

document.addEventListener("htmx:load", (event) => layAll(event.detail.elt.parentElement ?? document));
layAll(document);
