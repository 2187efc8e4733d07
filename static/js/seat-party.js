// “How many?”: with a party of four, one touch lights four neighbours; the next touch moves them all.
// Only seats of the touched kind are taken along, love seats in pairs; a wheelchair space or its companion's seat
// is ever only touched by itself.

const form = document.getElementById("seat-form");
const party = document.getElementById("party");
const size = () => Number(party?.querySelector(":checked").value ?? 1);
const boxOf = (label) => label.querySelector("input");
const chosen = () => [...form.querySelectorAll("input[name=seats]:checked")];

// A row as places: where each seat stands (in half seats), and whether there is an aisle before it.
function places(line) {
  let x = 0;
  return [...line.querySelectorAll(".seat")].map((label, at) => {
    const gap = Number(/(?:^| )g(\d+)/.exec(label.className)?.[1] ?? 0);
    x += gap + 2;
    return { label, box: boxOf(label), x: x - 1, aisle: at > 0 && gap > 0 };
  });
}

let middle; // of the hall: seats may come and go, but they do not move
function hallMiddle() {
  middle ??= Math.max(...[...form.querySelectorAll(".row-line")].map((line) => places(line).at(-1)?.x ?? 0)) / 2;
  return middle;
}

const ALONE = ["wheelchair", "companion"];
const kind = (label) => [...ALONE, "love"].find((name) => label.classList.contains(name)) ?? "";

// How good a window is: few aisles through it, few single seats left beside it, near the middle. Less is better.
function rate(row, free, from, count) {
  const to = from + count - 1;
  const stays = (at) => free(row[at]) && (at < from || at > to);
  const next = (at, step) => (row[at + step] && !row[step > 0 ? at + 1 : at].aisle ? at + step : -1);
  const alone = (at) => stays(at) && !stays(next(at, 1)) && !stays(next(at, -1));
  const aisles = row.slice(from + 1, to + 1).filter((seat) => seat.aisle).length;
  const singles = [next(from, -1), next(to, 1)].filter((at) => at >= 0 && alone(at)).length;
  return [aisles, singles, Math.abs((row[from].x + row[to].x) / 2 - hallMiddle())];
}
const better = (one, other) => {
  const at = one.findIndex((value, n) => value !== other[n]);
  return at >= 0 && one[at] < other[at];
};

// The seats that `count` people get around the touched one: the best window that holds it, as wide as there is.
function seatsAround(label, count, free) {
  const row = places(label.closest(".row-line"));
  const touched = row.findIndex((seat) => seat.label === label);
  const alike = (seat) => free(seat) && kind(seat.label) === kind(label);
  const holds = (seats, key) => !key || seats.some(({ box }) => box.value === key);
  const whole = (seats) => seats.every(({ box }) => holds(seats, box.dataset.partner));
  if (ALONE.includes(kind(label))) return [row[touched]];
  for (let many = count; many > 0; many -= 1) {
    let best, score;
    for (let from = Math.max(0, touched - many + 1); from <= touched; from += 1) {
      const seats = row.slice(from, from + many);
      if (seats.length < many || !seats.every(alike) || !whole(seats)) continue;
      const rated = rate(row, free, from, many);
      if (!best || better(rated, score)) [best, score] = [seats, rated];
    }
    if (best) return best;
  }
  return [row[touched]];
}

// What a touch would do: who goes (all, when everybody has a seat already) and who sits down where.
function plan(label, sitting) {
  const full = sitting.length >= size();
  const others = full ? [] : sitting;
  const free = (seat) => seat && !seat.box.disabled && !others.includes(seat.box);
  const seats = seatsAround(label, size() - others.length, free).map((seat) => seat.box);
  return { leave: full ? sitting : [], sit: seats };
}

// Before the running total hears of it.
form?.addEventListener("change", ({ target }) => {
  if (target.name !== "seats" || !target.checked || size() < 2) return;
  const { leave, sit } = plan(target.parentElement, chosen().filter((box) => box !== target));
  for (const box of leave) box.checked = false;
  for (const box of sit) box.checked = true;
}, true);
form?.addEventListener("change", ({ target }) => {
  if (target.name !== "seats" || size() < 2) return;
  const count = chosen().length;
  const news = count && count < size() ? form.dataset.party.replace("%n", count).replace("%m", size()) : "";
  document.dispatchEvent(new CustomEvent("seats:news", { detail: news }));
  preview();
});

// Which seats would light up, under the pointer or the focus.
function preview(box) {
  const label = box && !box.disabled && !box.checked && size() > 1 ? box.parentElement : undefined;
  const lit = label ? plan(label, chosen()).sit.map((each) => each.parentElement) : [];
  for (const old of form.querySelectorAll(".seat.preview")) old.classList.remove("preview");
  for (const seat of lit) seat.classList.add("preview");
}
form?.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "touch") preview(target.closest(".seat")?.querySelector("input"));
});
form?.addEventListener("pointerleave", () => preview());
form?.addEventListener("focusin", ({ target }) => preview(target.name === "seats" ? target : undefined));
const best = document.querySelector("#best-form [name=party]");
party?.addEventListener("change", () => {
  preview();
  if (best) best.value = size();
});
best?.addEventListener("change", () => {
  const same = party?.querySelector(`[value="${best.value}"]`);
  if (same) same.checked = true;
});
if (party) party.hidden = false;
