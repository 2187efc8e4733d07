// Choosing seats beside the plain form: the running total and the limit. seat-map-live.js keeps the map true.

const form = document.getElementById("seat-form");
const map = document.getElementById("seat-map");
const newsOut = document.getElementById("seat-news");
const seatsOut = document.getElementById("chosen-seats");
const totalOut = document.getElementById("chosen-total");

// Other scripts of this page tell the news, and that seats have changed, as events.
document.addEventListener("seats:news", (event) => say(event.detail));
document.addEventListener("seats:changed", () => summarise());

const chosen = () => [...form.querySelectorAll("input[name=seats]:checked")];

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
