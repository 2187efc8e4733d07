// Where the places of a hall lie on the grid of the drawing board. Pure functions: no page, no state.

import { cellsOf, widthOf } from "./hall-model.js";

// The place of row `y` that covers `x`, or the last one.
export function placeAt(hall, y, x) {
  const cells = cellsOf(hall.rows[y], widthOf(hall));
  return cells.find((cell) => x >= cell.x && x < cell.x + cell.size) ?? cells.at(-1);
}

// The places in a rectangle between two corners; a half gap is no place to paint.
export function within(hall, { from, to }) {
  const [top, bottom] = [from.y, to.y].sort((a, b) => a - b);
  const [left, right] = [from.x, to.x].sort((a, b) => a - b);
  const places = [];
  for (let y = top; y <= Math.min(bottom, hall.rows.length - 1); y++) {
    for (const { x, size } of cellsOf(hall.rows[y], widthOf(hall))) {
      if (size === 2 && x + 1 >= left && x <= right + 1) places.push({ y, x });
    }
  }
  return places;
}
