// The choice in words and as a sum. Pure functions: no page, no state.

// “M 1–3, 6 · N 9” from [{ row, number }]: neighbours by number together, so that ten seats still fit on a telephone.
export function brief(seats) {
  const rows = new Map();
  for (const { row, number } of seats) rows.set(row, [...(rows.get(row) ?? []), number]);
  return [...rows].map(([row, numbers]) => `${row} ${runs(numbers)}`).join(" · ");
}

// “1–3, 6” from [6, 1, 3, 2].
export function runs(numbers) {
  const found = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    if (found.at(-1)?.at(-1) === number - 1) found.at(-1).push(number);
    else found.push([number]);
  }
  return found.map((run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : run[0])).join(", ");
}

// The price of [{ key, price, freeWith }]; `freeWith` lists the wheelchair spaces of which each lets one companion in
// free. The `fee` for an order is added if it costs anything. Summed in hundredths: a sum of fractions would not be
// exact.
export function total(seats, fee = 0) {
  const spaces = new Set(seats.map(({ key }) => key));
  const isFree = ({ freeWith = [] }) => freeWith.some((space) => spaces.delete(space));
  const hundredths = (seat) => (isFree(seat) ? 0 : Math.round(seat.price * 100));
  const sum = seats.reduce((before, seat) => before + hundredths(seat), 0);
  return (sum && sum + Math.round(fee * 100)) / 100;
}
