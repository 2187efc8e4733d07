// Which neighbours a party gets around one seat. Pure functions: no page, no state.
//
// A row is a list of seats { key, x, aisle, kind, partner, free } from left to right: `x` is where the seat stands, in
// half seats; `aisle` whether there is one before it; `partner` the key of a love seat's other half.

const ALONE = ["wheelchair", "companion"]; // only ever chosen by themselves

// How good the window of `count` seats at `from` is: few aisles through it, few single seats left beside it, near the
// middle of the hall. Less is better.
export function rate(row, { from, count, middle }) {
  const to = from + count - 1;
  const stays = (at) => row[at]?.free && (at < from || at > to);
  const next = (at, step) => (row[at + step] && !row[step > 0 ? at + 1 : at].aisle ? at + step : -1);
  const alone = (at) => stays(at) && !stays(next(at, 1)) && !stays(next(at, -1));
  const aisles = row.slice(from + 1, to + 1).filter((seat) => seat.aisle).length;
  const singles = [next(from, -1), next(to, 1)].filter((at) => at >= 0 && alone(at)).length;
  return [aisles, singles, Math.abs((row[from].x + row[to].x) / 2 - middle)];
}

const isBetter = (one, other) => {
  const at = one.findIndex((value, n) => value !== other[n]);
  return at >= 0 && one[at] < other[at];
};

// The best window with the seat at `touched`, as wide as there is, up to `count` seats: all of the touched kind, love
// seats in pairs.
export function seatsAround(row, touched, { count, middle }) {
  if (ALONE.includes(row[touched].kind)) return [row[touched]];
  const alike = (seat) => seat.free && seat.kind === row[touched].kind;
  const whole = (seats) => seats.every(({ partner }) => !partner || seats.some(({ key }) => key === partner));
  for (let many = count; many > 0; many -= 1) {
    let best;
    let score;
    for (let from = Math.max(0, touched - many + 1); from <= touched; from += 1) {
      const seats = row.slice(from, from + many);
      if (seats.length < many || !seats.every(alike) || !whole(seats)) continue;
      const rated = rate(row, { from, count: many, middle });
      if (!best || isBetter(rated, score)) [best, score] = [seats, rated];
    }
    if (best) return best;
  }
  return [row[touched]];
}
