// Whether the server can be reached: asked all the time, so that a break is said within three seconds. Until it is back
// nothing is sent and the page is not left, so nothing typed is lost. A payment that was under way is asked for by its
// key.

import { textsOf } from "../texts.js";
import { EVERY, PATIENCE } from "./heartbeat.js";

const LONGEST = 10_000; // milliseconds for which a request may take
const UNDER_WAY = "sell-under-way";

const texts = textsOf("counter");
const notice = document.querySelector("[data-connection]");
const outcome = notice.dataset.connection; // where to ask for a payment; empty on pages that take none
let online = true;

htmx.config.timeout = LONGEST;

function say(text, isLost) {
  notice.textContent = text;
  notice.className = `notice ${isLost ? "notice-error" : "notice-ok"}`;
  notice.hidden = !text;
}

function mark() {
  for (const button of document.querySelectorAll("main button, main a.btn")) {
    if (online) button.removeAttribute("aria-disabled");
    else button.setAttribute("aria-disabled", "true");
  }
}

/** Ask what became of the payment whose answer was lost. */
function resolve() {
  const key = sessionStorage.getItem(UNDER_WAY);
  if (!key || !outcome) return;
  say(texts.asking, false);
  const where = { target: "#sell", select: "#sell", swap: "outerHTML settle:0ms" };
  htmx.ajax("GET", `${outcome}?key=${encodeURIComponent(key)}`, where).catch(() => {}); // then it is asked again
}

function set(isOnline) {
  if (online === isOnline) return;
  online = isOnline;
  say(online ? texts.back : texts.lost, !online);
  mark();
  if (online) resolve();
}

async function ask() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    set(answer.ok);
  } catch {
    set(false);
  }
}

async function watch() {
  if (!document.hidden) await ask();
  setTimeout(watch, EVERY);
}

/** Whether an element is in the part of the page that would send something or leave it. */
const isHeld = (target) => !online && target.closest("main") && !target.closest("dialog");

for (const name of ["submit", "click"]) {
  document.addEventListener(
    name,
    (event) => {
      const target = name === "click" ? event.target.closest?.("a[href], button") : event.target;
      if (!target || !isHeld(target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      notice.scrollIntoView({ block: "nearest" });
    },
    true,
  );
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const key = detail.elt.matches?.('[data-sell="pay"]') && detail.elt.elements.key?.value;
  if (key) sessionStorage.setItem(UNDER_WAY, key);
});
document.addEventListener("htmx:afterRequest", ({ detail: { xhr, pathInfo } }) => {
  if (!xhr.status) {
    set(false);
    return;
  }
  if (xhr.status >= 500) return; // it may have been booked nevertheless
  sessionStorage.removeItem(UNDER_WAY);
  if (outcome && pathInfo.requestPath.startsWith(outcome))
    say(xhr.getResponseHeader("HX-Reswap") ? texts.nothing : texts.booked, false);
  else if (online) say("");
});
document.addEventListener("htmx:afterSettle", mark);
addEventListener("offline", () => set(false));
addEventListener("online", ask);

resolve(); // of a page that was closed meanwhile
watch();
