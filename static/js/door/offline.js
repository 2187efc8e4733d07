// Scanning without a network: a list of the tickets, the scans that wait, and what the page says of both.

import { newKey } from "./codes.js";
import { codeIn, indexed, judge, moves, ticketIn } from "./list.js";
import { dropScan, eraseLists, keepList, keepScan, keptList, keptScans } from "./store.js";

const REFRESH = 60_000; // milliseconds between two lists
const OLDEST = 12 * 60 * 60_000; // milliseconds after which a list is not used any more
const AGAIN = 5000; // milliseconds after a scan without a network until it is looked for again
const AT_ONCE = 100; // scans of one request
const UNDO_WITHIN = 60_000; // milliseconds

// `urls` are those of the list, of merging, of the worker and of the decoder of pictures; `token` reads and renews the
// form's token; `say` is called with the state after every change.
export async function startOffline(urls, token, say) {
  let list;
  let index = new Map();
  let moved = new Map(); // the states of seats that have moved since the list was made, by their keys
  let number = Math.max(0, ...(await waiting()).map((each) => each.number ?? 0)); // of the last scan
  const recent = new Map(); // scans without a network that can be undone, by their keys
  let online = navigator.onLine;
  let looking;

  async function take(found) {
    if (!found || Date.now() - found.got > OLDEST) return;
    list = found;
    index = indexed(found);
    moved = moves(await waiting());
  }

  function waiting() {
    return keptScans(urls.list);
  }

  async function tell() {
    say({ online, at: list?.got, tickets: index.size, waiting: (await waiting()).length });
  }

  async function erase() {
    list = undefined;
    index = new Map();
    await eraseLists();
    const worker = await navigator.serviceWorker?.getRegistration();
    worker?.active?.postMessage({ erase: true });
  }

  async function refresh() {
    try {
      await merge();
      const response = await fetch(urls.list, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
      online = true;
      // Signed out, or no role here any more.
      if (response.type === "opaqueredirect" || response.status === 404 || response.status === 403) await erase();
      if (response.ok) {
        const found = { ...(await response.json()), got: Date.now() };
        await keepList(urls.list, found);
        await take(found);
      }
    } catch {
      online = false;
    }
    await tell();
  }

  async function merge() {
    for (let scans = await waiting(); scans.length; scans = await waiting()) {
      const part = scans.slice(0, AT_ONCE);
      const body = JSON.stringify({
        scans: part.map(({ place, number, restores, ...scan }) => scan),
        sent_at: Date.now(),
      });
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token.get() };
      const response = await fetch(urls.merging, { method: "POST", body, headers });
      const renewed = response.status === 403 && response.headers.get("X-CSRFToken");
      if (renewed && renewed !== token.get()) {
        token.set(renewed); // somebody signed in again
        continue;
      }
      if (!response.ok) return;
      const { outcomes } = await response.json();
      for (const key of Object.keys(outcomes)) await dropScan(key);
    }
  }

  async function keep(scan) {
    number += 1;
    await keepScan({ ...scan, number, place: urls.list });
    for (const [key, state] of moves([scan])) moved.set(key, state);
  }

  // Judge a scan by the list and keep it; undefined without a list.
  async function scan(text, key, leaving) {
    online = false;
    clearTimeout(looking);
    looking = setTimeout(refresh, AGAIN);
    if (!list) return undefined;
    const now = Date.now();
    const code = codeIn(text);
    const ticket = code && (await ticketIn(index, list, code));
    const wrong = list.now - list.got; // by how much this phone's clock was wrong when it got the list
    const verdict = ticket
      ? judge(ticket, now + wrong, moved, { reentry: list.reentry, leaving })
      : { outcome: code ? "UNKNOWN" : "UNREADABLE", seats: [] };
    const seats = verdict.seats.map((seat) => seat.key);
    const kept = { key, outcome: verdict.outcome, scanned_at: now, seats };
    if (ticket) Object.assign(kept, { fingerprint: ticket.fingerprint, salt: list.salt, show: ticket.show.pk });
    await keep(kept);
    if (["ADMITTED", "LEFT"].includes(verdict.outcome)) recent.set(key, { scan: kept, at: performance.now() });
    await tell();
    return { ...verdict, show: ticket?.show, language: ticket?.language };
  }

  // Undo a scan that was judged without a network; false if that is too late. It waits in the queue like a scan.
  async function undo(key) {
    const { scan: done, at } = recent.get(key) ?? {};
    if (!done || performance.now() - at > UNDO_WITHIN) return false;
    recent.delete(key);
    const restores = done.outcome === "LEFT" ? "i" : "";
    await keep({ ...done, key: newKey(), outcome: "UNDONE", scanned_at: Date.now(), undoes: key, restores });
    if (online) await refresh();
    else await tell();
    return true;
  }

  await take(await keptList(urls.list));
  const note = (seats, state) => {
    for (const key of seats) moved.set(key, state);
  };
  const door = { scan, undo, moved: note, isOnline: () => online };
  begin();
  return door;

  async function begin() {
    addEventListener("online", refresh);
    addEventListener("offline", () => {
      online = false;
      tell();
    });
    setInterval(refresh, REFRESH);
    await refresh();
    await startWorker(urls.worker, urls.decoder).catch(() => undefined); // the list serves without it
  }
}

async function startWorker(url, decoder) {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(url);
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const files = [...loaded, new URL(decoder, location).href];
  active.postMessage({ keep: [...new Set(files.filter((name) => new URL(name).pathname.startsWith("/static/")))] });
}
