// The seat map stays true while others book.

const form = document.getElementById("seat-form");
const newsOut = document.getElementById("seat-news");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const isPulse = (event) => event.detail.elt.id === "seat-map-pulse";

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
  if (lost.length) tell("seats:news", lost.splice(0).map((seat) => form.dataset.taken.replace("%s", seat)).join(" "));
  tell("seats:changed");
});

// Nobody looks at a hidden tab, so it need not ask; and what nobody asked for fails where it is looked at.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && isPulse(event)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPulse(event)) return;
  if (event.detail.failed) tell("seats:news", form.dataset.stale);
  else if (newsOut.textContent === form.dataset.stale) tell("seats:news", "");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPulse(event) && event.detail.isError) event.detail.shouldSwap = false;
});
