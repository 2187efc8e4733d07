// What every page needs beside htmx: the truth after the back button, and a word when the network fails.

// A page kept in the browser's memory may show seats and holds that are long gone.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const messages = document.getElementById("messages");
const failure = document.createElement("p");
failure.className = "notice notice-error";
failure.textContent = messages.dataset.failure;

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!event.detail.elt.dataset.quiet) messages.append(failure);
  });
}
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) failure.remove();
});

// The chosen day may be far along its row.
document.addEventListener("htmx:load", () => {
  for (const day of document.querySelectorAll(".day[aria-current]")) {
    const row = day.parentElement;
    row.scrollLeft = day.offsetLeft - (row.clientWidth - day.offsetWidth) / 2;
  }
});
