// Sending the choice over a network that may be slow or gone: what is happening is always said, a second click does no
// harm, and after a failure the choice still stands and the button works again. The seats and the best-available form
// alike; without htmx they are sent as any form.

import { message, root, tell, texts } from "./page.js";

const PATIENCE = 4000; // milliseconds until it is said that this takes longer
const isHold = (form) => form?.matches?.("form[data-hold]") ?? false;
const isBusy = () => root.querySelector("form[data-hold][aria-busy=true]") !== null;

let waiting;
function begin(form) {
  form.ariaBusy = "true";
  tell(texts.sending);
  waiting = setTimeout(() => tell(texts.slow), PATIENCE);
}
function end(form, text) {
  clearTimeout(waiting);
  form.ariaBusy = null;
  tell(text);
}

function submit(event) {
  if (!isHold(event.target)) return;
  if (!isBusy()) return begin(event.target);
  event.preventDefault();
  event.stopPropagation();
}

// Anything but our own refusal (a proxy's page, say) is a failure and stays out of the page.
const isRefusal = ({ status, responseText }) =>
  status >= 400 && status < 500 && responseText.includes('id="seat-map-refusal"');

export function startHold() {
  document.addEventListener("submit", submit, true); // before htmx sends it
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (isHold(detail.requestConfig.elt) && !isRefusal(detail.xhr)) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail: { xhr } }) => {
    if (!isHold(target)) return;
    if (xhr.status >= 200 && xhr.status < 300) return; // on to the checkout
    end(target, isRefusal(xhr) ? "" : texts.failed);
  });
  // A refusal is read from where the eye is, and says what has been taken better than the message does.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!isHold(detail.requestConfig?.elt)) return;
    tell("");
    root.querySelector("[role=alert]")?.focus();
  });
  // The line is back: what was said of its failure is no longer true.
  addEventListener("online", () => {
    if (message() === texts.failed) tell("");
  });
}
