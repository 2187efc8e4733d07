// Counts down how long seats are held: <time data-countdown="seconds left">.
//
// The server says how many seconds are left; the browser only measures how many have gone by, so a wrong clock does
// no harm. Of the two measures the larger counts: the precise one stands still while a laptop sleeps.

import { timeLeft } from "./clock.js";
import { textsOf } from "./texts.js";

const texts = textsOf("page");
const WARN_AT = 120; // seconds before the end
const began = { steady: performance.now(), wall: Date.now() };
const elapsed = () => Math.max(performance.now() - began.steady, Date.now() - began.wall) / 1000;

function show(element) {
  element.endsAt ??= elapsed() + Number(element.dataset.countdown);
  const left = Math.max(0, Math.ceil(element.endsAt - elapsed()));
  element.textContent = texts.left.replace("%s", timeLeft(left));
  const warning = element.parentElement.querySelector(".countdown-warning > [hidden]");
  if (warning && left <= WARN_AT) warning.hidden = false;
  return left;
}

// The end is the server's to tell: the hold may have been given more time in another tab.
function ask() {
  clearInterval(timer);
  setTimeout(() => location.replace(location.pathname + location.search), 1000);
}

function tick() {
  const ended = [...document.querySelectorAll("[data-countdown]")].filter((element) => show(element) === 0);
  if (ended.some((element) => Number(element.dataset.countdown) > 0)) ask();
}

const timer = setInterval(tick, 1000);
tick();
document.addEventListener("htmx:load", tick);
