// Halls for tests, drawn as text: "a" a seat of category 1, "b" of category 2, "." a gap, "," half a gap; "w" and "k" a
// wheelchair space and a companion's seat, "L" half a love seat, all of category 1.

import { read, renumber } from "../../static/js/hall-model.js";

const KINDS = { w: "WHEELCHAIR", k: "COMPANION", L: "LOVE" };
export const PLAIN = { seats: "left", rows: "front", letters: "plain", start: 1 };

export function hall(drawing, numbering = {}) {
  const seats = [];
  for (const [y, line] of drawing.split("\n").entries()) {
    let x = 0;
    for (const sign of line) {
      if (!".,".includes(sign)) seats.push([null, "", 0, x, y, sign === "b" ? 2 : 1, KINDS[sign] ?? "STANDARD"]);
      x += sign === "," ? 1 : 2;
    }
  }
  const scheme = { ...PLAIN, ...numbering };
  return renumber(read({ seats }, scheme), scheme);
}

// The names of its seats, row by row: “A1 A2”.
export const names = ({ rows }) => rows.map(({ seats }) => seats.map(({ row, number }) => row + number).join(" "));
