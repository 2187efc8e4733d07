// The seat map stays true while others book: by the server's event stream, or by asking.

import { summarise } from "./choice.js";
import { settle } from "./keys.js";
import { boxes, boxOf, data, form, message, part, tell, texts } from "./page.js";

const ASK_EVERY = 3000; // milliseconds, while the stream is cut

const updates = () => part("updates");
const isUpdate = (event) => event.detail.elt.dataset?.seatMap === "updates";
const seatIn = (element) => element.querySelector?.("input[name=seats]");
export const isLive = () => updates() !== null;

// --- What changes on the map ------------------------------------------------------------------------------------------

// An update for all calls a held seat somebody else's; by the mark of its holder we know our own.
function claim(box) {
  if (!data.holder || box.dataset.holder !== data.holder) return;
  box.closest("label").classList.replace("held", "mine");
  box.disabled = false;
  box.setAttribute("checked", "");
  box.setAttribute("aria-label", box.getAttribute("aria-label").replace(texts.held, texts.mine));
}

// A seat that changes elsewhere: a choice made here survives it, unless the seat is gone.
const lost = [];
function replace({ detail }) {
  const before = seatIn(detail.target);
  const after = seatIn(detail.fragment);
  if (!before || !after) return;
  claim(after);
  if (before.checked && after.disabled) lost.push(before.dataset.label);
  if (before.checked && !after.disabled) after.setAttribute("checked", "");
}

// A hall that was rebuilt comes as a whole: what was chosen here stays chosen where it still can be had.
let kept = [];
function keep({ detail }) {
  if (detail.target?.dataset?.seatMap === "map") kept = boxes(":checked");
}
function restore({ detail }) {
  if (detail.target?.dataset?.seatMap !== "map") return;
  for (const { value, dataset } of kept.splice(0)) {
    const box = boxOf(value);
    if (box && !box.disabled) box.checked = true;
    else lost.push(dataset.label);
  }
}

function changed() {
  if (lost.length)
    tell(
      lost
        .splice(0)
        .map((seat) => texts.taken.replace("%s", seat))
        .join(" "),
    );
  summarise();
  reloadWhenSeatsReturn();
  settle();
}

// A page of a sold-out show has no button to press.
function reloadWhenSeatsReturn() {
  if (!part("sold-out") || part("waiting")?.contains(document.activeElement)) return; // whoever is typing goes on
  if (boxes(":enabled").length) location.reload();
}

function watchSeats() {
  document.addEventListener("htmx:oobBeforeSwap", replace);
  document.addEventListener("htmx:beforeSwap", keep);
  document.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("htmx:afterSettle", changed);
}

// --- Asking -----------------------------------------------------------------------------------------------------------

const ask = () => updates() && htmx.trigger(updates(), "ask");
const noLongerStale = () => message() === texts.stale && tell("");

// Nobody looks at a hidden tab, so it need not ask; and what nobody asked for fails where it is looked at.
function watchRequests() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && isUpdate(event)) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // Who was refused seats wants to know at once which ones are gone; a stream tells it by itself.
    if (!isUpdate(event)) return event.detail.xhr?.status === 409 && !source && ask();
    if (event.detail.failed) tell(texts.stale);
    else noLongerStale();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isUpdate(event) && event.detail.isError) event.detail.shouldSwap = false;
  });
}

// --- The stream: it goes on from the revision the map shows; while it is cut, the map is kept true by asking ------------

let source;
let asking;
function watchStream() {
  htmx.createEventSource = (url) => {
    source = new EventSource(`${url}?since=${form.elements.since.value}`);
    return source;
  };
  document.addEventListener("htmx:sseError", () => {
    if (!document.hidden) ask();
    asking ??= setInterval(ask, ASK_EVERY);
  });
  document.addEventListener("htmx:sseOpen", () => {
    clearInterval(asking);
    asking = undefined;
    noLongerStale();
  });
  // A browser opens only a few lines to one house, so a tab nobody looks at gives its own up.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !source) return ask();
    if (document.hidden) source?.close();
    else if (updates() && source.readyState === EventSource.CLOSED) {
      const fresh = updates().cloneNode();
      updates().replaceWith(fresh);
      htmx.process(fresh);
    }
  });
}

export function startLive() {
  watchSeats();
  watchRequests();
  watchStream();
}
