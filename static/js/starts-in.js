// “in 25 minutes” beside a show that begins soon: <span data-starts-in="25">. The number comes from the server;
// the browser only measures the time since, so a wrong clock does no harm.

const began = Date.now();
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numberingSystem: "latn" });

function tick() {
  const gone = (Date.now() - began) / 60_000;
  for (const note of document.querySelectorAll("[data-starts-in]")) {
    note.startsIn ??= gone + Number(note.dataset.startsIn);
    const left = Math.ceil(note.startsIn - gone);
    if (left > 0) note.textContent = words.format(left, "minute");
    else note.remove();
  }
}

export function countTheMinutes() {
  tick();
  setInterval(tick, 15_000);
  document.addEventListener("htmx:load", tick);
}
