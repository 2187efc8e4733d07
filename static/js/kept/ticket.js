// The page of a ticket: keep it on this device, and show whether it is kept; remove it once it is no longer valid.

import { canKeep, drop, forget, keep, keepsByItself, pathOf, startWorker } from "./store.js";

const box = document.getElementById("kept");
const path = pathOf(location.href);

function show(isKept) {
  box.hidden = false;
  for (const part of box.querySelectorAll("[data-if]")) part.hidden = (part.dataset.if === "kept") !== isKept;
}

async function start() {
  if (!box.dataset.url) return drop(path);
  const worker = startWorker(box.dataset.worker);
  const keepIt = async () =>
    show(await keep(worker, { ticket: { path, url: box.dataset.url }, list: box.dataset.list }));
  box.querySelector("[data-keep]").addEventListener("click", keepIt);
  box.querySelector("[data-forget]").addEventListener("click", async () => {
    await forget(path);
    show(false);
  });
  return keepsByItself() ? keepIt() : show(false);
}

if (canKeep()) start().catch(() => undefined); // the ticket is on the page all the same
