// What the scripts of a seat map share: the parts of the page, and the data the server wrote for them.

export const part = (name) => document.querySelector(`[data-seat-map="${name}"]`);
export const form = part("form");
export const root = form.closest(".seats");

// `limit` (how many seats may be chosen), `holder` (the mark of the buyer's own holds), `fee` (for an order), `money`
// (see money.js), `texts`.
export const data = JSON.parse(document.getElementById("seat-map-data").textContent);
export const { texts } = data;

// Labels come and go with the live map, so they are looked up anew each time.
export const isSeat = (element) => element?.matches?.("input[name=seats]") ?? false;
export const boxes = (state = "") => [...form.querySelectorAll(`input[name=seats]${state}`)];
export const boxOf = (key) => form.querySelector(`input[name=seats][value="${key}"]`);
export const rowName = (line) => line.querySelector(".row-name").textContent;
export const seatNumber = (box) => Number(box.nextElementSibling.textContent);

// One line with a message above the button, read out politely.
const output = part("message");
export const message = () => output.textContent;
export function tell(text) {
  if (output.textContent !== text) output.textContent = text;
}
