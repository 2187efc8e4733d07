// The seat map beside its plain form: the running total, the limit, and staying true while others book.

const form = document.getElementById("seat-form");
const map = document.getElementById("seat-map");
const newsOut = document.getElementById("seat-news");
const seatsOut = document.getElementById("chosen-seats");
const totalOut = document.getElementById("chosen-total");

const chosen = () => [...form.querySelectorAll("input[name=seats]:checked")];
const isPulse = (event) => event.detail.elt.id === "seat-map-pulse";

function say(news) {
  if (newsOut.textContent !== news) newsOut.textContent = news;
}

function money(amount) {
  const digits = Number.isInteger(amount) ? { maximumFractionDigits: 0 } : {};
  const style = { style: "currency", currency: form.dataset.currency, ...digits };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
}

// “M 1–3, 6 · N 9”: neighbours by number together, so that ten seats still fit on a telephone.
function brief(boxes) {
  const rows = new Map();
  for (const box of boxes) {
    const row = box.closest(".row-line").querySelector(".row-name").textContent;
    const number = Number(box.nextElementSibling.textContent);
    const runs = rows.get(row) ?? rows.set(row, []).get(row);
    if (runs.at(-1)?.at(-1) === number - 1) runs.at(-1).push(number);
    else runs.push([number]);
  }
  const words = (run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : run[0]);
  return [...rows].map(([row, runs]) => `${row} ${runs.map(words).join(", ")}`).join(" · ");
}

// Prices are summed in hundredths: a sum of fractions would not be exact.
const prompt = seatsOut?.textContent;
function summarise() {
  if (!seatsOut) return;
  const boxes = chosen();
  const cents = boxes.reduce((sum, box) => sum + Math.round(Number(box.dataset.price) * 100), 0);
  seatsOut.textContent = boxes.length === 1 ? boxes[0].dataset.label : brief(boxes) || prompt;
  totalOut.textContent = boxes.length ? money(cents / 100) : "";
}

form?.addEventListener("change", (event) => {
  const tooMany = chosen().length > Number(form.dataset.max);
  if (tooMany) event.target.checked = false;
  say(tooMany ? form.dataset.tooMany : "");
  summarise();
});

// A seat that changes elsewhere: a choice made here survives it, unless the seat is gone.
const lost = [];
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const before = event.detail.target.querySelector?.("input[name=seats]");
  const after = event.detail.fragment.querySelector?.("input[name=seats]");
  if (!before || !after) return;
  if (before.checked && after.disabled) lost.push(before.dataset.label);
  if (before.checked && !after.disabled) after.setAttribute("checked", "");
});
document.addEventListener("htmx:afterSettle", () => {
  if (lost.length) say(lost.splice(0).map((seat) => form.dataset.taken.replace("%s", seat)).join(" "));
  summarise();
});

// Nobody looks at a hidden tab, so it need not ask; and what nobody asked for fails where it is looked at.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && isPulse(event)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPulse(event)) return;
  if (event.detail.failed) say(form.dataset.stale);
  else if (newsOut.textContent === form.dataset.stale) say("");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPulse(event) && event.detail.isError) event.detail.shouldSwap = false;
});

form?.addEventListener("submit", (event) => {
  if (form.ariaBusy === "true") return event.preventDefault();
  form.ariaBusy = "true";
  say(form.dataset.sending);
});

// The hall starts where the eye would: at its middle.
const hall = map?.querySelector(".hall");
if (hall) hall.scrollLeft = (hall.scrollWidth - hall.clientWidth) / 2;
document.getElementById("error")?.focus();
summarise();
