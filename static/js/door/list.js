// The list of a door for a time without a network: found by the fingerprint of a ticket's code, opened with the code.
// cinema/domain/door_lists.py writes it and says how.

const FINGERPRINT = 12; // bytes
const BLOCK = 32; // bytes of the keystream that one HMAC gives
const LINK = /\/tickets\/([A-Za-z0-9_-]+)/;
const CODE = /^[A-Za-z0-9_-]{22}$/;

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
export const base64 = (array) => btoa(String.fromCharCode(...array));
const text = (letters) => new TextEncoder().encode(letters);

// The code of a ticket in what was scanned, or "".
export function codeIn(scanned) {
  const found = scanned.match(LINK)?.[1] ?? scanned.trim();
  return CODE.test(found) ? found : "";
}

// The entries of a list by their fingerprints: each has its show and what is sealed.
export function indexed(list) {
  const found = new Map();
  for (const show of list.shows) {
    for (const ticket of show.tickets) {
      const whole = bytes(ticket);
      found.set(base64(whole.subarray(0, FINGERPRINT)), { show, sealed: whole.subarray(FINGERPRINT) });
    }
  }
  return found;
}

async function hmac(code) {
  const key = await crypto.subtle.importKey("raw", text(code), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (...parts) => new Uint8Array(await crypto.subtle.sign("HMAC", key, joined(parts)));
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function opened(sealed, sign, salt) {
  const plain = new Uint8Array(sealed.length);
  for (let at = 0; at < sealed.length; at += BLOCK) {
    const stream = await sign(Uint8Array.of(at / BLOCK), text("s"), salt);
    for (let i = at; i < Math.min(at + BLOCK, sealed.length); i++) plain[i] = sealed[i] ^ stream[i - at];
  }
  return new TextDecoder().decode(plain);
}

// The ticket with this code on an indexed list: its fingerprint, show, seats and the guest's language ("" for the
// site's); undefined if it is not there.
export async function ticketIn(index, list, code) {
  const sign = await hmac(code);
  const salt = bytes(list.salt);
  const fingerprint = base64((await sign(text("f"), salt)).subarray(0, FINGERPRINT));
  const entry = index.get(fingerprint);
  if (!entry) return undefined;
  const lines = (await opened(entry.sealed, sign, salt)).split("\n");
  const seats = lines.map((line) => {
    const [name, key, type, state] = line.split("\t");
    return { name, key: Number(key), type: list.types[type] ?? "", state };
  });
  const language = list.languages?.[lines[0].split("\t")[4]] ?? "";
  return { fingerprint, show: entry.show, seats, language };
}

// The states of seats by their keys after these scans of the phone, the earliest first.
export function moves(scans) {
  const moved = new Map();
  for (const { outcome, seats, restores } of scans) {
    const state = { ADMITTED: "i", LEFT: "o", UNDONE: restores }[outcome];
    if (state !== undefined) for (const key of seats) moved.set(key, state);
  }
  return moved;
}

// What becomes of a ticket at `now`, in milliseconds by the server's clock. `moved` has the states, by their keys, of
// seats that have moved since the phone got the list: "i" (inside), "o" (left) or "".
export function judge(ticket, now, moved, { reentry = false, leaving = false } = {}) {
  if (now < ticket.show.opens) return { outcome: "TOO_EARLY", seats: ticket.seats };
  if (now >= ticket.show.ends) return { outcome: "OVER", seats: ticket.seats };
  const stateOf = ({ key, state }) => moved.get(key) ?? state;
  if (leaving) {
    const inside = ticket.seats.filter((seat) => stateOf(seat) === "i");
    return inside.length ? { outcome: "LEFT", seats: inside } : { outcome: "NOT_INSIDE", seats: ticket.seats };
  }
  const seats = ticket.seats.filter((seat) => stateOf(seat) === "" || (stateOf(seat) === "o" && reentry));
  return seats.length ? { outcome: "ADMITTED", seats } : { outcome: "ALREADY", seats: ticket.seats };
}
