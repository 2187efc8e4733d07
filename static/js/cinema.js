// What every page needs beside htmx: the truth after the back button, a word when the network fails, and form tokens
// that stay good.

import { countTheMinutes } from "./starts-in.js";
import { textsOf } from "./texts.js";

countTheMinutes();

// A page kept in the browser's memory may show seats and holds that are long gone.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const messages = document.getElementById("messages");
const failure = document.createElement("p");
failure.className = "notice notice-error";
failure.textContent = textsOf("page").failed;

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!event.detail.elt.dataset.quiet) messages.append(failure);
  });
}
addEventListener("online", () => failure.remove());
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) failure.remove();
});

// Signing in in another tab makes this page's form token stale: the refusal brings a new one, and the request is
// repeated, once.
let repeated;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.getResponseHeader("X-CSRFToken")) detail.shouldSwap = false;
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr, requestConfig } }) => {
  const token = xhr.getResponseHeader("X-CSRFToken");
  if (repeated === elt) {
    repeated = undefined;
    return;
  }
  if (!token) return;
  repeated = elt;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
  const cause = requestConfig.triggeringEvent;
  queueMicrotask(() => (elt.requestSubmit ? elt.requestSubmit(cause?.submitter) : htmx.trigger(elt, cause?.type)));
});

// Kept tickets (static/js/kept/) are removed at sign-out, here too since not every browser supports Clear-Site-Data.
document.querySelector(".sign-out")?.addEventListener("submit", () => globalThis.caches?.delete("tickets"));

// An app on the home screen shows the list of kept tickets when there is no network, not the browser's error page.
if (matchMedia("(display-mode: minimal-ui), (display-mode: standalone)").matches) {
  navigator.serviceWorker?.register("/worker.js");
}

// The chosen day may be far along its row.
document.addEventListener("htmx:load", () => {
  for (const day of document.querySelectorAll(".days-day[aria-current]")) {
    const row = day.parentElement;
    row.scrollLeft = day.offsetLeft - (row.clientWidth - day.offsetWidth) / 2;
  }
});
