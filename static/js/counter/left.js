// Counts down how long seats are held, without leaving the page: <time data-left="seconds left">.

import { timeLeft } from "../clock.js";
import { textsOf } from "../texts.js";

const texts = { ...textsOf("page"), ...textsOf("counter") };
const begun = new WeakMap();

function tick() {
  for (const element of document.querySelectorAll("[data-left]")) {
    if (!begun.has(element)) begun.set(element, Date.now());
    const left = Math.ceil(Number(element.dataset.left) - (Date.now() - begun.get(element)) / 1000);
    element.textContent = left > 0 ? texts.left.replace("%s", timeLeft(left)) : texts.over;
  }
}

setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", tick);
tick();
