// The list of the tickets that are kept on this device. The worker shows it in place of any page that it cannot load.

import { canKeep, forget, keep, keptTickets, startWorker } from "./store.js";

const page = document.getElementById("kept-tickets");
const replacesPage = location.pathname !== page.dataset.here;

function draw(tickets) {
  const rows = tickets.map((ticket) => {
    const row = document.getElementById("kept-ticket").content.cloneNode(true);
    const link = row.querySelector("a");
    link.textContent = ticket.title;
    link.href = new URL("..", ticket.url);
    row.querySelector("[data-when]").textContent = ticket.when;
    row.querySelector("[data-seats]").textContent = ticket.seats;
    row.querySelector("button").addEventListener("click", () => forget(ticket.path).then(update));
    return row;
  });
  page.querySelector("ul").replaceChildren(...rows);
  page.querySelector("[data-none]").hidden = tickets.length > 0;
  page.querySelector("[data-forget-all]").hidden = tickets.length === 0;
}

async function update() {
  draw(await keptTickets());
}

// Load the list and the tickets anew, in case something has changed. Without a network all stays as it is.
async function refresh(tickets) {
  const worker = startWorker(page.dataset.worker);
  await keep(worker, { list: page.dataset.here });
  for (const { path, url } of tickets) await keep(worker, { ticket: { path, url } });
  await update();
}

async function start() {
  page.querySelector("[data-offline]").hidden = !replacesPage;
  page.querySelector("[data-forget-all]").addEventListener("click", () => forget().then(update));
  await update();
  if (!replacesPage) await refresh(await keptTickets());
}

if (canKeep()) start().catch(() => undefined);
else page.querySelector("[data-cannot]").hidden = false;
