// A browser that sellers share: two minutes without a key or a touch lock it, and so does the server. The page stays
// below the dialog, with all that was typed.

const LOCKED_AFTER = 120;
const TOLD_EVERY = 15; // seconds, to tell the server that somebody is there

const dialog = document.getElementById("lock");
const failed = dialog.querySelector("[data-failed]");
const again = dialog.querySelector("[data-again]");
let present = Date.now();
let told = Date.now();

const seconds = (since) => (Date.now() - since) / 1000;
const post = (url) => htmx.ajax("POST", url, { source: dialog, swap: "none" });

/** Lock, then ask who sells now: a lock that came after that sign-on would undo it. */
function lock() {
  dialog.showModal();
  post(dialog.dataset.lock);
}

/** Say that the form did not come, or could not be sent, and offer to ask for it again. */
function say(isFailed) {
  failed.hidden = !isFailed;
  if (isFailed) again.focus();
}

again.addEventListener("click", () => htmx.trigger(document.body, "till-locked"));

for (const name of ["keydown", "pointerdown", "input"]) {
  document.addEventListener(
    name,
    () => {
      if (!dialog.open) present = Date.now();
    },
    { capture: true, passive: true },
  );
}

setInterval(() => {
  if (dialog.open) return;
  if (seconds(present) >= LOCKED_AFTER) {
    lock();
  } else if (present > told && seconds(told) >= TOLD_EVERY) {
    told = Date.now();
    post(dialog.dataset.present);
  }
}, 1000);

dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.addEventListener("htmx:afterRequest", ({ detail }) => {
  const isSignOn = dialog.contains(detail.elt) && detail.elt !== dialog;
  if (isSignOn) say(!detail.xhr.status || detail.xhr.status >= 500 || !document.getElementById("sign-on"));
  const isLock = detail.pathInfo.requestPath === dialog.dataset.lock;
  if (detail.xhr.status === 404) location.reload(); // shared no more: to the sign-in
  if (isLock && detail.xhr.status !== 404) htmx.trigger(document.body, "till-locked");
});
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== dialog.dataset.lock) return;
  event.preventDefault();
  lock();
});
document.body.addEventListener("till-locked", () => {
  if (!dialog.open) dialog.showModal();
});
// Below the dialog the page asks for nothing: the answer that it is locked would empty the form in it.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (dialog.open && event.target.id === "printer") event.preventDefault();
});
document.body.addEventListener("till-unlocked", () => {
  present = told = Date.now();
  dialog.close();
  if (document.activeElement?.matches("button")) document.activeElement.blur(); // keys are for the sale
});
