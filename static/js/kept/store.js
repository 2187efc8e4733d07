// The tickets that are kept on this device, and the worker (static/js/worker.js) that keeps and opens them.

const TICKETS = "tickets";
const ASK = "kept-tickets-ask"; // set once a ticket was removed here: from then on, tickets are kept only if asked for

export const canKeep = () => "caches" in globalThis && Boolean(navigator.serviceWorker);
export const keepsByItself = () => !localStorage.getItem(ASK);

export const pathOf = (url) => new URL(url).pathname.match(/\/tickets\/[\w-]+\/$/)?.[0];

// Let the worker keep a `ticket` ({ path, url }) or the `list`; resolves with whether the ticket is kept, and undefined if
// the network failed.
export async function keep(worker, what) {
  const { active } = await worker;
  const { port1, port2 } = new MessageChannel();
  const reply = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  active.postMessage(what, [port2]);
  return reply;
}

export async function startWorker(url) {
  await navigator.serviceWorker.register(url);
  return navigator.serviceWorker.ready;
}

// The kept tickets, the next show first; those whose show is over are dropped.
export async function keptTickets(now = Date.now()) {
  const cache = await caches.open(TICKETS);
  const found = [];
  for (const key of await cache.keys()) {
    const response = await cache.match(key, { ignoreVary: true });
    const facts = JSON.parse(decodeURIComponent(response.headers.get("Kept-Ticket")));
    const path = pathOf(key.url);
    if (Date.parse(facts.until) <= now) await cache.delete(key);
    else found.push({ ...facts, path, url: response.url });
  }
  return found.sort((one, other) => Date.parse(one.until) - Date.parse(other.until));
}

// Remove a ticket that is no longer valid.
export async function drop(path) {
  return (await caches.open(TICKETS)).delete(path);
}

// Remove a ticket, or all, because the visitor wants that. From then on tickets are kept only if asked for.
export async function forget(path) {
  localStorage.setItem(ASK, "1");
  return path ? drop(path) : caches.delete(TICKETS);
}
