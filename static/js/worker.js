// Opens kept tickets without a network, and their list in place of any other page. The network comes first: a kept page
// is shown only if it fails, or for a ticket if it is slow. Pages of the back office are left alone; the page of the
// door has a worker of its own.
//
// The cache TICKETS has the responses of `/tickets/<code>/kept/`, by the path of the ticket's page without a language.
// FILES has the list, in each language in which it was opened, and the styles and scripts of both.

const TICKETS = "tickets";
const FILES = "kept files";
const MOST = 10; // tickets
const PATIENCE = 4000; // milliseconds that a kept ticket waits for the network
const LIST = "/kept-tickets/";
const OTHERS = /^\/(staff|admin|api|media|static)\//;
const OF_PAGES = /(?:href|src)="(\/(?:static|accent)\/[^"]+\.(?:css|js))"/g;
const OF_SCRIPTS = /from "(\.\.?\/[^"]+)"/g;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keepPage(LIST).catch(() => undefined)); // if it fails, the next message has it kept
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A page sends what to keep, see keep() in kept/store.js; the reply is whether the ticket is kept.
addEventListener("message", (event) => {
  const { list, ticket } = event.data;
  const work = Promise.all([list && keepPage(list), ticket && keepTicket(ticket)]);
  const reply = (kept) => event.ports[0]?.postMessage(kept);
  event.waitUntil(
    work.then(
      ([, kept]) => reply(kept),
      () => reply(undefined),
    ),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (!OTHERS.test(pathname)) event.respondWith(page(request));
  } else if (/^\/(static|accent)\//.test(pathname)) {
    event.respondWith(fetch(request).catch(async () => (await kept(FILES, request.url)) ?? Response.error()));
  }
});

async function page(request) {
  const ticket = await keptTicket(request.url);
  if (!ticket) return fetch(request).catch(() => keptList(request.url));
  const loaded = fetch(request).then((response) => (response.status >= 500 ? ticket : response));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, ticket));
  return Promise.race([loaded.catch(() => ticket), late]);
}

async function kept(name, url) {
  const cache = await caches.open(name);
  return cache.match(url, { ignoreVary: true });
}

// The kept ticket whose page this is, until its show is over.
async function keptTicket(url) {
  const [path] = new URL(url).pathname.match(/\/tickets\/[\w-]+\/$/) ?? [];
  const ticket = path && (await kept(TICKETS, path));
  if (!ticket) return undefined;
  const { until } = JSON.parse(decodeURIComponent(ticket.headers.get("Kept-Ticket")));
  if (Date.parse(until) > Date.now()) return ticket;
  await (await caches.open(TICKETS)).delete(path);
  return undefined;
}

// The list of kept tickets in the language of a page, else in any.
async function keptList(url) {
  const [, prefix = ""] = new URL(url).pathname.match(/^(\/[\w-]+)\//) ?? [];
  const own = (await kept(FILES, prefix + LIST)) ?? (await kept(FILES, LIST));
  if (own) return own;
  const cache = await caches.open(FILES);
  const any = (await cache.keys()).find((each) => new URL(each.url).pathname.endsWith(LIST));
  return (any && (await cache.match(any, { ignoreVary: true }))) ?? Response.error();
}

// Keep a ticket; resolves with whether it is kept. Removes it if it is no longer valid, and the oldest beyond MOST.
async function keepTicket({ path, url }) {
  const tickets = await caches.open(TICKETS);
  const response = await fetch(url);
  if ([404, 410].includes(response.status)) await tickets.delete(path);
  if (!response.ok || !response.headers.has("Kept-Ticket")) return false;
  await keepFiles(await response.clone().text(), response.url);
  await tickets.delete(path); // so that it is the newest
  await tickets.put(path, response);
  const keys = await tickets.keys();
  await Promise.all(keys.slice(0, -MOST).map((key) => tickets.delete(key)));
  return true;
}

// Keep a page with its styles and scripts, under the address to which it led.
async function keepPage(url) {
  const response = await fetch(url);
  if (!response.ok) return;
  const text = await response.text();
  await keepFiles(text, response.url);
  const cache = await caches.open(FILES);
  // A copy, since browsers refuse a redirected response for a navigation.
  await cache.put(response.url, new Response(text, { headers: response.headers }));
}

async function keepFiles(text, base, pattern = OF_PAGES) {
  const cache = await caches.open(FILES);
  const urls = [...text.matchAll(pattern)].map(([, path]) => new URL(path, base).href);
  for (const url of new Set(urls)) {
    const response = await fetch(url);
    if (!response.ok) continue;
    if (url.endsWith(".js")) await keepFiles(await response.clone().text(), url, OF_SCRIPTS);
    await cache.put(url, response);
  }
}
