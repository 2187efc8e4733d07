// The worker that opens kept tickets without a network, in a browser of the test's own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/js/worker.js", import.meta.url), "utf8");
const SITE = "https://cinema.example";
const LATER = new Date(Date.now() + 3600_000).toISOString();
const EARLIER = new Date(Date.now() - 1000).toISOString();
const code = (number) => `Abcdefghij_0123456789${number}`;

class FakeCache {
  entries = new Map();
  key = (request) => new URL(request.url ?? request, SITE).href;
  match = async (request) => this.entries.get(this.key(request))?.clone();
  put = async (request, response) => this.entries.set(this.key(request), response);
  delete = async (request) => this.entries.delete(this.key(request));
  keys = async () => [...this.entries.keys()].map((url) => ({ url }));
}

// A browser with the worker. `site` maps paths to responses, or functions that make them; any other path fails as
// without a network.
function browser(site = {}) {
  const stores = new Map();
  const listeners = {};
  const caches = {
    open: async (name) => stores.get(name) ?? stores.set(name, new FakeCache()).get(name),
  };
  const fetch = async (request) => {
    const url = new URL(request.url ?? request, SITE);
    const answer = site[url.pathname];
    if (!answer) throw new TypeError("Failed to fetch");
    const response = await (typeof answer === "function" ? answer() : answer.clone());
    Object.defineProperty(response, "url", { value: url.href });
    response.clone = () => Object.defineProperty(Response.prototype.clone.call(response), "url", { value: url.href });
    return response;
  };
  const location = new URL("/worker.js", SITE);
  const globals = { caches, fetch, location, URL, Response, Promise, Date, JSON, Set, decodeURIComponent };
  vm.runInNewContext(SOURCE, {
    ...globals,
    setTimeout: (call, _wait, value) => setTimeout(call, 20, value),
    addEventListener: (name, listen) => {
      listeners[name] = listen;
    },
    skipWaiting: () => undefined,
    clients: { claim: () => undefined },
  });
  return {
    site,
    store: (name) => caches.open(name),
    async tell(data) {
      let work;
      let said;
      const ports = [{ postMessage: (answer) => (said = answer) }];
      listeners.message({ data, ports, waitUntil: (promise) => (work = promise) });
      await work;
      return said;
    },
    async open(path, mode = "navigate") {
      let answer;
      const request = { url: SITE + path, method: "GET", mode };
      listeners.fetch({ request, respondWith: (promise) => (answer = promise) });
      return answer && (await answer.then((response) => response));
    },
    keep(number = 0, prefix = "") {
      const path = `/tickets/${code(number)}/`;
      return this.tell({ ticket: { path, url: `${prefix}${path}kept/` } });
    },
  };
}

function ticket(text = "a ticket", until = LATER) {
  const facts = encodeURIComponent(JSON.stringify({ title: "लंचबॉक्स", when: "", seats: "A 1", until }));
  return new Response(text, { headers: { "Kept-Ticket": facts } });
}

const list = (links = "") => new Response(`the list ${links}`);
const keptPath = (number = 0) => `/tickets/${code(number)}/kept/`;
const pagePath = (number = 0) => `/tickets/${code(number)}/`;

test("a kept ticket opens without a network, in any language", async () => {
  const phone = browser({ [keptPath()]: ticket() });
  assert.equal(await phone.keep(), true);

  for (const path of [pagePath(), `/de${pagePath()}`]) assert.equal(await (await phone.open(path)).text(), "a ticket");
});

test("the network comes first, unless it fails or is slow", async () => {
  const phone = browser({ [keptPath()]: ticket(), [pagePath()]: new Response("its page") });
  await phone.keep();

  assert.equal(await (await phone.open(pagePath())).text(), "its page");
  phone.site[pagePath()] = new Response("", { status: 502 });
  assert.equal(await (await phone.open(pagePath())).text(), "a ticket");
  phone.site[pagePath()] = () => new Promise(() => undefined);
  assert.equal(await (await phone.open(pagePath())).text(), "a ticket");
});

test("a ticket is kept until its show is over", async () => {
  const phone = browser({ [keptPath()]: ticket("a ticket", EARLIER), "/kept-tickets/": list() });
  await phone.keep();
  await phone.tell({ list: "/kept-tickets/" });

  assert.equal(await (await phone.open(pagePath())).text(), "the list ");
  assert.deepEqual(await (await phone.store("tickets")).keys(), []);
});

for (const status of [404, 410]) {
  test(`a ticket that is answered by ${status} is dropped`, async () => {
    const phone = browser({ [keptPath()]: ticket() });
    await phone.keep();
    phone.site[keptPath()] = new Response("", { status });

    assert.equal(await phone.keep(), false);
    assert.deepEqual(await (await phone.store("tickets")).keys(), []);
  });
}

test("a failure of the server or the network leaves a kept ticket as it is", async () => {
  const phone = browser({ [keptPath()]: ticket() });
  await phone.keep();
  phone.site[keptPath()] = new Response("", { status: 503 });
  assert.equal(await phone.keep(), false);
  delete phone.site[keptPath()];
  assert.equal(await phone.keep(), undefined);

  assert.equal(await (await phone.open(pagePath())).text(), "a ticket");
});

test("of more than ten tickets the oldest go", async () => {
  const numbers = [...Array(11).keys()];
  const phone = browser(Object.fromEntries(numbers.map((number) => [keptPath(number), ticket()])));
  for (const number of numbers) await phone.keep(number);
  const kept = (await (await phone.store("tickets")).keys()).map(({ url }) => new URL(url).pathname);

  assert.deepEqual(kept, numbers.slice(1).map(pagePath));
});

test("a page that is no ticket is not kept as one", async () => {
  const phone = browser({ [keptPath()]: new Response("please sign in") });

  assert.equal(await phone.keep(), false);
  assert.deepEqual(await (await phone.store("tickets")).keys(), []);
});

test("without a network every other page is the list of tickets, in its language where it was seen", async () => {
  const phone = browser({ "/kept-tickets/": list(), "/de/kept-tickets/": new Response("die Liste") });
  await phone.tell({ list: "/kept-tickets/" });
  assert.equal(await (await phone.open("/de/")).text(), "the list ");
  await phone.tell({ list: "/de/kept-tickets/" });

  assert.equal(await (await phone.open("/de/shows/7/")).text(), "die Liste");
  assert.equal(await (await phone.open("/shows/7/")).text(), "the list ");
});

test("styles and scripts of what is kept are kept, and the scripts that those import", async () => {
  const phone = browser({
    "/kept-tickets/": list('<link href="/static/css/a.1.css"><script src="/static/js/kept/list.2.js"></script>'),
    "/static/css/a.1.css": new Response("css"),
    "/static/js/kept/list.2.js": new Response('import { keep } from "./store.3.js";'),
    "/static/js/kept/store.3.js": new Response("store"),
  });
  await phone.tell({ list: "/kept-tickets/" });
  for (const path of Object.keys(phone.site)) delete phone.site[path];

  assert.equal(await (await phone.open("/static/css/a.1.css", "no-cors")).text(), "css");
  assert.equal(await (await phone.open("/static/js/kept/store.3.js", "cors")).text(), "store");
  assert.equal((await phone.open("/static/js/other.js", "cors")).type, "error");
});

test("the back office, other requests and other sites are left alone", async () => {
  const phone = browser();

  assert.equal(await phone.open("/staff/theatres/galaxy/door/"), undefined);
  assert.equal(await phone.open("/shows/7/seats/", "cors"), undefined);
});
