// How rows are named and seats numbered, as cinema/domain/seating/numbering.py does it. A row is a list of seats from the left;
// a hall a list of rows from the front, empty ones are cross aisles. Nothing is changed in place.

const WIDTH = 2;
const LETTERS = { plain: "ABCDEFGHJKLMNPQRSTUVWXYZ", all: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" };

export function* rowNames(letters) {
  if (letters === "figures") for (let n = 1; ; n++) yield String(n);
  const alphabet = [...(LETTERS[letters] ?? LETTERS.plain)];
  yield* alphabet;
  for (const first of alphabet) for (const second of alphabet) yield first + second;
}

function numbers(seats, middle, { seats: scheme, start }) {
  const count = seats.length;
  if (scheme === "left") return seats.map((_, i) => start + i);
  if (scheme === "right") return seats.map((_, i) => start + count - 1 - i);
  const left = seats.filter(({ x }) => x + WIDTH / 2 <= middle).length;
  const odd = Array.from({ length: left }, (_, i) => start + ((start + 1) % 2) + 2 * i);
  const even = Array.from({ length: count - left }, (_, i) => start + (start % 2) + 2 * i);
  return scheme === "middle" ? [...odd.reverse(), ...even] : [...odd, ...even.reverse()];
}

const same = (seat, row, number) => (seat.row === row && seat.number === number ? seat : { ...seat, row, number });

// Rows in which nothing changes stay the very same, so that nobody has to draw them again.
function relabel(row, label) {
  const seats = row.seats.map(label);
  return seats.some((seat, i) => seat !== row.seats[i]) ? { ...row, seats } : row;
}

function complete(rows, letters) {
  const taken = new Set();
  const highest = new Map();
  for (const seat of rows.flatMap((row) => row.seats)) {
    if (seat.row) taken.add(seat.row);
    highest.set(seat.row, Math.max(highest.get(seat.row) ?? 0, seat.number));
  }
  const names = rowNames(letters);
  const free = () => {
    for (;;) {
      const { value } = names.next();
      if (!taken.has(value)) return value;
    }
  };
  return rows.map((row) => {
    if (!row.seats.length) return row;
    const name = row.seats.find((seat) => seat.row)?.row ?? free();
    return relabel(row, (seat) => {
      if (seat.row && seat.number) return seat;
      highest.set(name, (highest.get(name) ?? 0) + 1);
      return same(seat, name, highest.get(name));
    });
  });
}

export function numbered(rows, numbering) {
  if (numbering.seats === "keep") return complete(rows, numbering.letters);
  const xs = rows.flatMap((row) => row.seats.map((seat) => seat.x));
  if (!xs.length) return rows;
  const middle = (Math.min(...xs) + Math.max(...xs) + WIDTH) / 2;
  const names = rowNames(numbering.letters);
  const order = numbering.rows === "back" ? [...rows].reverse() : rows;
  const done = order.map((row) => {
    if (!row.seats.length) return row;
    const name = names.next().value;
    const of = numbers(row.seats, middle, numbering);
    return relabel(row, (seat, i) => same(seat, name, of[i]));
  });
  return numbering.rows === "back" ? done.reverse() : done;
}
