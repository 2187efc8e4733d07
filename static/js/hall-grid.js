// The hall on the drawing board as a grid of places: one tab stop, from which the arrows walk; drawn anew row by row.

import { cellsOf, nameOf, partners, widthOf } from "./hall-model.js";
import { placeAt, within } from "./hall-places.js";
import { textsOf } from "./texts.js";

const grid = document.getElementById("hall-grid");
const said = textsOf("hall-editor");
export const ranks = new Map(); // of categories, by their keys
export const names = new Map();
const drawn = []; // what stands in each line of the grid now

const KIND_WORDS = { WHEELCHAIR: "wheelchair", COMPANION: "companion", LOVE: "love" };

function words(row, y, cell) {
  if (!cell.seat) return said.gap.replace("%r", nameOf(row) || y + 1);
  const { row: name, number, category, kind } = cell.seat;
  const what = [names.get(category), said[KIND_WORDS[kind]]].filter(Boolean).join(", ");
  return said.seat.replace("%r", name).replace("%n", number).replace("%w", what);
}

function drawCell(row, y, cell, halves) {
  const place = document.createElement("div");
  place.role = "gridcell";
  place.tabIndex = -1;
  place.dataset.x = cell.x;
  place.dataset.y = y;
  place.ariaLabel = words(row, y, cell);
  if (!cell.seat) {
    place.className = cell.size === 1 ? "editor-gap is-half" : "editor-gap";
    return place;
  }
  const kind = cell.seat.kind.toLowerCase();
  place.className = `seat free c${ranks.get(cell.seat.category)}${kind === "standard" ? "" : ` ${kind}`}`;
  const partner = halves.get(cell.x);
  if (partner !== undefined) place.classList.add(partner > cell.x ? "love-start" : "love-end");
  place.append(Object.assign(document.createElement("b"), { textContent: cell.seat.number }));
  return place;
}

function drawRow(row, y, width) {
  const line = document.createElement("div");
  line.role = "row";
  line.className = row.seats.length ? "editor-row" : "editor-row is-aisle";
  const head = document.createElement("span");
  head.role = "rowheader";
  head.className = "row-name";
  head.textContent = nameOf(row) || "·";
  const halves = partners(row.seats);
  line.append(head, ...cellsOf(row, width).map((cell) => drawCell(row, y, cell, halves)));
  return line;
}

// Only rows that are not the same as before are drawn.
export function draw(hall) {
  const width = widthOf(hall);
  hall.rows.forEach((row, y) => {
    if (drawn[y]?.row === row && drawn[y].width === width) return;
    const line = drawRow(row, y, width);
    if (drawn[y]) drawn[y].line.replaceWith(line);
    else grid.append(line);
    drawn[y] = { row, width, line };
  });
  for (const { line } of drawn.splice(hall.rows.length)) line.remove();
}

const element = (y, x) => drawn[y]?.line.querySelector(`[data-x="${x}"]`);

// The one place that Tab reaches, and what is selected.
export function mark(hall, cursor, selection) {
  for (const place of grid.querySelectorAll("[tabindex='0'], [aria-selected]")) {
    place.tabIndex = -1;
    place.ariaSelected = null;
  }
  for (const { y, x } of selection ? within(hall, selection) : []) element(y, x).ariaSelected = "true";
  const here = element(cursor.y, placeAt(hall, cursor.y, cursor.x).x);
  here.tabIndex = 0;
  return here;
}

export const whereIs = (target) => {
  const place = target?.closest?.("[data-x]");
  return place && grid.contains(place) ? { y: Number(place.dataset.y), x: Number(place.dataset.x) } : undefined;
};
