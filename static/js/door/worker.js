// Keeps the page of a door and its files for a time without a network. The network comes first; nothing is kept of
// searches and answers, so no name lies on the phone.

const CACHE = "door";
const page = new URL("./", location).href;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// The page says which files it has loaded.
addEventListener("message", (event) => {
  const { keep, erase } = event.data;
  if (erase) event.waitUntil(caches.delete(CACHE));
  else if (keep) event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([page, ...keep])));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const isPage = request.mode === "navigate" && request.url.split("#")[0] === page;
  const isFile = new URL(request.url).pathname.startsWith("/static/");
  if (!isPage && !isFile) return;
  event.respondWith(
    fetch(request).catch(async () => (await caches.match(isPage ? page : request)) ?? Response.error()),
  );
});
