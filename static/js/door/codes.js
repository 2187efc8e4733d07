// Keys of scans, and the code that stays before the camera.

const AGAIN_AFTER = 4000; // milliseconds without the code until it counts as scanned again

// The idempotency key of a scan: 128 random bits.
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Returns a function that says whether what the camera sees at a time (in milliseconds) is a new scan: a code that
// is held before it counts once, and again only after it was away for a while.
export function onlyNew() {
  let last;
  let seen = 0;
  return (text, now) => {
    const isNew = text !== last || now - seen > AGAIN_AFTER;
    last = text;
    seen = now;
    return isNew;
  };
}
