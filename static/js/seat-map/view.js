// Map or list: the same checkboxes in another dress. The links work without this; with it nothing is loaded anew.

import { form, part, root } from "./page.js";

// The hall starts where the eye would: at the seats chosen, or at its middle.
function centre() {
  const hall = root.querySelector(".hall");
  hall.scrollLeft = (hall.scrollWidth - hall.clientWidth) / 2;
  const box = hall.querySelector("input:checked")?.parentElement.getBoundingClientRect();
  const view = hall.getBoundingClientRect();
  if (box) hall.scrollLeft += (box.left + box.right - view.left - view.right) / 2;
}

function show(link, links) {
  root.classList.toggle("as-list", link.dataset.view === "list");
  for (const other of links) other.ariaCurrent = other === link ? "true" : null;
  history.replaceState(history.state, "", link.href);
  form.action = link.dataset.action;
  centre();
}

export function startView() {
  const links = part("views").querySelectorAll("a[data-view]");
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // in a window of its own
      event.preventDefault();
      show(link, links);
    });
  }
  centre();
}
