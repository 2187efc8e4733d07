// The seat map stays true while others book: by the server's event stream, or by asking.

const form = document.getElementById("seat-form");
const newsOut = document.getElementById("seat-news");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const pulse = () => document.getElementById("seat-map-pulse");
const isPulse = (event) => event.detail.elt.id === "seat-map-pulse";

// News told to all calls a held seat somebody else's; by the mark of its holder we know our own.
function claim(label, box) {
  if (!form.dataset.holder || box.dataset.holder !== form.dataset.holder) return;
  label.classList.replace("held", "mine");
  box.disabled = false;
  box.setAttribute("checked", "");
  box.setAttribute("aria-label", box.getAttribute("aria-label").replace(form.dataset.held, form.dataset.mine));
}

// A seat that changes elsewhere: a choice made here survives it, unless the seat is gone.
const lost = [];
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const before = event.detail.target.querySelector?.("input[name=seats]");
  const after = event.detail.fragment.querySelector?.("input[name=seats]");
  if (!before || !after) return;
  claim(after.closest("label"), after);
  if (before.checked && after.disabled) lost.push(before.dataset.label);
  if (before.checked && !after.disabled) after.setAttribute("checked", "");
});
// A hall that was rebuilt comes as a whole: what was chosen here stays chosen where it still can be had.
let kept = [];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "seat-map") kept = [...detail.target.querySelectorAll("input[name=seats]:checked")];
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id !== "seat-map") return;
  for (const { value, dataset } of kept.splice(0)) {
    const box = document.getElementById(`s${value}`)?.querySelector("input:enabled");
    if (box) box.checked = true;
    else lost.push(dataset.label);
  }
});
document.addEventListener("htmx:afterSettle", () => {
  if (lost.length) tell("seats:news", lost.splice(0).map((seat) => form.dataset.taken.replace("%s", seat)).join(" "));
  tell("seats:changed");
});

// Asking. Nobody looks at a hidden tab, so it need not ask; and what nobody asked for fails where it is looked at.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && isPulse(event)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPulse(event)) return;
  if (event.detail.failed) tell("seats:news", form.dataset.stale);
  else if (newsOut.textContent === form.dataset.stale) tell("seats:news", "");
});
// Who was refused seats wants to know at once which ones are gone; a stream tells it by itself.
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPulse(event) && event.detail.xhr?.status === 409 && !source) ask();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPulse(event) && event.detail.isError) event.detail.shouldSwap = false;
});

const ask = () => pulse() && htmx.trigger(pulse(), "ask");

// The stream goes on from the revision the map shows; while it is cut, the map is kept true by asking.
const ASK_EVERY = 3000; // milliseconds
let source, asking;
htmx.createEventSource = (url) => {
  source = new EventSource(`${url}?since=${document.getElementById("seat-map-revision").value}`);
  return source;
};
document.addEventListener("htmx:sseError", () => {
  if (!document.hidden) ask();
  asking ??= setInterval(ask, ASK_EVERY);
});
document.addEventListener("htmx:sseOpen", () => {
  clearInterval(asking);
  asking = undefined;
  if (newsOut.textContent === form.dataset.stale) tell("seats:news", "");
});

// A browser opens only a few lines to one house, so a tab nobody looks at gives its own up.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !source) return ask();
  if (document.hidden) source?.close();
  else if (pulse() && source.readyState === EventSource.CLOSED) {
    const fresh = pulse().cloneNode();
    pulse().replaceWith(fresh);
    htmx.process(fresh);
  }
});
