// Sending the choice over a network that may be slow or gone: what is happening is always said, a second click does no
// harm, and after a failure the choice still stands and the button works again. The seats and the best-available form
// alike; without htmx they are sent as any form.

const PATIENCE = 4000; // milliseconds until it is said that this takes longer
const words = document.getElementById("seat-form")?.dataset;
const tell = (news) => document.dispatchEvent(new CustomEvent("seats:news", { detail: news }));
const isHold = (form) => form?.matches?.("form[data-hold]") ?? false;
const isBusy = () => document.querySelector("form[data-hold][aria-busy=true]") !== null;

let waiting;
function begin(form) {
  form.ariaBusy = "true";
  tell(words.sending);
  waiting = setTimeout(() => tell(words.slow), PATIENCE);
}
function end(form, news) {
  clearTimeout(waiting);
  form.ariaBusy = null;
  tell(news);
}

// The line is back: what was said of its failure is no longer true.
addEventListener("online", () => {
  if (document.getElementById("seat-news")?.textContent === words?.failed) tell("");
});

// Before htmx hears of it.
document.addEventListener("submit", (event) => {
  if (!isHold(event.target)) return;
  if (!isBusy()) return begin(event.target);
  event.preventDefault();
  event.stopPropagation();
}, true);

// Anything but our own refusal (a proxy's page, say) is a failure and stays out of the page.
const isRefusal = (xhr) => xhr.status >= 400 && xhr.status < 500 && xhr.responseText.includes('id="seat-refusal"');
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (isHold(detail.requestConfig.elt) && !isRefusal(detail.xhr)) detail.shouldSwap = false;
});
document.addEventListener("htmx:afterRequest", ({ target, detail: { xhr } }) => {
  if (!isHold(target)) return;
  if (xhr.status >= 200 && xhr.status < 300) return; // on to the checkout
  end(target, isRefusal(xhr) ? "" : words.failed);
});

// A refusal is read from where the eye is, and says what has been taken better than the news does.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!isHold(detail.requestConfig?.elt)) return;
  tell("");
  document.getElementById("error")?.focus();
});
