// The seat map beside its plain form: the running total, the limit, and staying true while others book.

const form = document.getElementById("seat-form");
const map = document.getElementById("seat-map");

if (form) {
  const seatsOut = document.getElementById("chosen-seats");
  const totalOut = document.getElementById("chosen-total");
  const empty = seatsOut.textContent;
  const texts = form.dataset;

  const chosen = () => [...form.querySelectorAll("input[name=seats]:checked")];
  const label = (box) => box.dataset.label;

  function money(amount) {
    const digits = Number.isInteger(amount) ? { maximumFractionDigits: 0 } : {};
    return new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: texts.currency, ...digits }).format(amount);
  }

  // Prices are summed in hundredths: a sum of fractions would not be exact.
  let news = "";
  function summarise() {
    const boxes = chosen();
    const cents = boxes.reduce((sum, box) => sum + Math.round(Number(box.dataset.price) * 100), 0);
    const seats = boxes.map(label).join(" · ") || (news ? "" : empty);
    seatsOut.textContent = [news, seats].filter(Boolean).join(" ");
    totalOut.textContent = boxes.length ? money(cents / 100) : "";
  }

  form.addEventListener("change", (event) => {
    const tooMany = chosen().length > Number(texts.max);
    if (tooMany) event.target.checked = false;
    news = tooMany ? texts.tooMany : "";
    summarise();
  });

  // A seat that changes elsewhere: a choice made here survives it, unless the seat is gone.
  const lost = [];
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const before = event.detail.target.querySelector?.("input[name=seats]");
    const after = event.detail.fragment.querySelector?.("input[name=seats]");
    if (!before || !after) return;
    if (before.checked && after.disabled) lost.push(label(before));
    if (before.checked && !after.disabled) after.setAttribute("checked", "");
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (lost.length) news = lost.splice(0).map((seat) => texts.taken.replace("%s", seat)).join(" ");
    summarise();
  });

  // Nobody looks at a hidden tab, so it need not ask.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.id === "seat-map-pulse") event.preventDefault();
  });

  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = "true";
    news = texts.sending;
    summarise();
  });

  // The hall starts where the eye would: at its middle.
  const hall = map.querySelector(".hall");
  hall.scrollLeft = (hall.scrollWidth - hall.clientWidth) / 2;
  document.getElementById("error")?.focus();
  summarise();
}
