// A hall while it is drawn: plain values, and what can be done to them. Nothing is changed in place, so that undoing is
// going back. A hall is { rows, numbering }; a row { seats, shift }; x counts half seats from the left wall.

import { numbered } from "./hall-numbering.js";

export const MOST = { seats: 1500, rows: 60, columns: 100 };
const WIDTH = 2;
const SPECIAL = { WHEELCHAIR: "w", COMPANION: "k" };

export function read(layout, numbering) {
  const rows = [];
  for (const [id, row, number, x, y, category, kind] of layout.seats) {
    while (rows.length <= y) rows.push({ seats: [], shift: 0 });
    rows[y].seats.push({ id, row, number, x, category, kind });
  }
  for (const row of rows) {
    row.seats.sort((one, other) => one.x - other.x);
    row.shift = row.seats.length ? row.seats[0].x % WIDTH : 0;
  }
  return { rows, numbering };
}

export const write = ({ rows }) =>
  JSON.stringify({
    seats: rows.flatMap(({ seats }, y) => seats.map((s) => [s.id, s.row, s.number, s.x, y, s.category, s.kind])),
  });

export const allSeats = ({ rows }) => rows.flatMap((row) => row.seats);
export const nameOf = (row) => row.seats.find((seat) => seat.row)?.row ?? "";

// How wide to draw it, in half seats: with room to go on to the right.
export function widthOf({ rows }) {
  const end = Math.max(20, ...rows.flatMap((row) => row.seats.map((seat) => seat.x + WIDTH)));
  return Math.min(WIDTH * MOST.columns, WIDTH * (Math.ceil(end / WIDTH) + 2));
}

// The places of a row from the left: seats, and between them gaps of a whole or half a seat.
export function cellsOf(row, width) {
  const cells = [];
  const shift = (row.seats.length ? row.seats[0].x : row.shift) % WIDTH;
  let x = 0;
  const gaps = (until) => {
    while (x < until) {
      const size = until - x === 1 ? 1 : WIDTH;
      cells.push({ x, size });
      x += size;
    }
  };
  gaps(shift);
  for (const seat of row.seats) {
    gaps(seat.x);
    cells.push({ x, size: WIDTH, seat });
    x += WIDTH;
  }
  gaps(width);
  return cells;
}

const withRows = (hall, rows) => ({ ...hall, rows: numbered(rows, hall.numbering) });
const withRow = (hall, y, row) => withRows(hall, hall.rows.with(y, row));
const withSeats = (row, seats) => ({ ...row, seats: seats.sort((one, other) => one.x - other.x) });
const overlaps = (x) => (seat) => Math.abs(seat.x - x) < WIDTH;

// The other half of each love seat: neighbours pair up from the left.
export function partners(seats) {
  const halves = new Map();
  let left;
  for (const seat of seats) {
    if (seat.kind !== "LOVE") left = undefined;
    else if (left && left.x + WIDTH === seat.x) {
      halves.set(left.x, seat.x).set(seat.x, left.x);
      left = undefined;
    } else left = seat;
  }
  return halves;
}

function paintSeat(seats, x, { kind, category }) {
  const fresh = { id: null, row: "", number: 0, x, category, kind };
  const there = seats.find((seat) => seat.x === x);
  const others = seats.filter((seat) => seat.x !== x);
  if (!there && others.some(overlaps(x))) return null;
  return [...others, there ? { ...there, category, kind } : fresh];
}

// A seat takes a neighbour for its other half, and never a gap: the hall does not grow, and aisles stay. A gap takes a
// gap rather than a seat.
function sidesOf({ seats }, x, halves) {
  if (halves.has(x)) return [halves.get(x)];
  const isSeat = (at) => seats.some((seat) => seat.x === at);
  const sides = [x + WIDTH, x - WIDTH].filter((at) => at >= 0 && !halves.has(at));
  return isSeat(x) ? sides.filter(isSeat) : sides.sort((one, other) => isSeat(one) - isSeat(other));
}

function paintLove(row, x, brush) {
  for (const side of sidesOf(row, x, partners(row.seats))) {
    const seats = paintSeat(row.seats, x, brush);
    const both = seats && paintSeat(seats, side, brush);
    if (both) return both;
  }
  return null;
}

// Whether a place is a gap with seats of its row on either side.
export function isAisle({ rows }, y, x) {
  const { seats } = rows[y];
  return seats.length > 0 && seats[0].x < x && x < seats.at(-1).x && !seats.some((seat) => seat.x === x);
}

// One place painted; the same hall when it cannot be.
export function paint(hall, y, x, brush) {
  const row = hall.rows[y];
  const half = partners(row.seats).get(x);
  let seats;
  if (brush.kind === "LOVE") seats = paintLove(row, x, brush);
  else {
    seats = paintSeat(row.seats, x, brush);
    if (half !== undefined) seats = seats.map((seat) => (seat.x === half ? { ...seat, kind: "STANDARD" } : seat));
  }
  return seats ? withRow(hall, y, withSeats(row, seats)) : hall;
}

export function erase(hall, y, x) {
  const row = hall.rows[y];
  const half = partners(row.seats).get(x);
  const seats = row.seats.filter((seat) => seat.x !== x && seat.x !== half);
  return seats.length === row.seats.length ? hall : withRow(hall, y, { seats, shift: row.seats[0].x % WIDTH });
}

export const insertRow = (hall, y, shift = 0) =>
  withRows(hall, [...hall.rows.slice(0, y), { seats: [], shift }, ...hall.rows.slice(y)]);
export const deleteRows = (hall, from, to) => withRows(hall, hall.rows.toSpliced(from, to - from + 1));
export function duplicateRow(hall, y) {
  const seats = hall.rows[y].seats.map((seat) => ({ ...seat, id: null, row: "", number: 0 }));
  return withRows(hall, [...hall.rows.slice(0, y + 1), { ...hall.rows[y], seats }, ...hall.rows.slice(y + 1)]);
}

const fits = (row) => row.seats.every(({ x }) => x >= 0 && x <= WIDTH * (MOST.columns - 1));

// What stands in a row from ``x`` on, further to the right by so many half seats, or back where there is room. A love
// seat moves as a whole.
export function push(hall, y, x, by) {
  const row = hall.rows[y];
  if (!row.seats.length) return withRow(hall, y, { ...row, shift: (row.shift + by + WIDTH) % WIDTH });
  const halves = partners(row.seats);
  const moves = (seat) => seat.x >= x || halves.get(seat.x) >= x;
  const stay = row.seats.filter((seat) => !moves(seat));
  const move = row.seats.filter(moves).map((seat) => ({ ...seat, x: seat.x + by }));
  const moved = withSeats(row, [...stay, ...move]);
  const free = !move.length || !stay.length || move[0].x >= stay.at(-1).x + WIDTH;
  return move.length && free && fits(moved) ? withRow(hall, y, moved) : hall;
}

// An aisle through all rows, or one less.
export function pushAll(hall, x, by) {
  let pushed = hall;
  for (const y of hall.rows.keys()) {
    if (!hall.rows[y].seats.some((seat) => seat.x >= x)) continue;
    const next = push(pushed, y, x, by);
    if (next === pushed) return hall;
    pushed = next;
  }
  return pushed;
}

export const renumber = (hall, numbering) => withRows({ ...hall, numbering }, hall.rows);
export function renameRow(hall, y, name) {
  const seats = hall.rows[y].seats.map((seat) => ({ ...seat, row: name }));
  return withRow({ ...hall, numbering: { ...hall.numbering, seats: "keep" } }, y, { ...hall.rows[y], seats });
}
export function numberSeat(hall, y, x, number) {
  const seats = hall.rows[y].seats.map((seat) => (seat.x === x ? { ...seat, number } : seat));
  return withRow({ ...hall, numbering: { ...hall.numbering, seats: "keep" } }, y, { ...hall.rows[y], seats });
}

// What is wrong, as the names of messages with what they are about; the server says the last word.
export function problems(hall) {
  const found = [];
  const names = new Set();
  const seats = allSeats(hall);
  if (seats.length > MOST.seats || hall.rows.length > MOST.rows) found.push(["tooLarge"]);
  for (const { row, number } of seats) {
    const name = `${row} ${number}`;
    if (names.has(name)) found.push(["twice", name]);
    names.add(name);
  }
  for (const row of hall.rows) {
    const halves = partners(row.seats);
    const at = new Map(row.seats.map((seat) => [seat.x, seat]));
    const lone = ({ x, category, kind }) => kind === "LOVE" && at.get(halves.get(x))?.category !== category;
    for (const { row: name, number } of row.seats.filter(lone)) found.push(["half", `${name} ${number}`]);
  }
  return found;
}

// The same hall as text; ``letters`` maps categories to theirs.
export function drawing({ rows }, letters) {
  const left = Math.min(...rows.flatMap((row) => row.seats.map((seat) => seat.x)));
  const line = ({ seats }) => {
    let text = "";
    let x = left;
    for (const seat of seats) {
      const letter = letters.get(seat.category) ?? "?";
      text += ".".repeat((seat.x - x) >> 1) + ",".repeat((seat.x - x) % WIDTH);
      text += SPECIAL[seat.kind] ?? (seat.kind === "LOVE" ? letter.toUpperCase() : letter);
      x = seat.x + WIDTH;
    }
    return text;
  };
  return rows
    .map(line)
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
}
