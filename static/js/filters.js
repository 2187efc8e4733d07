// The choices say what the list below them shows: one that did not reach the server is taken back.

const form = document.getElementById("filters");
const read = () => Object.fromEntries([...form.querySelectorAll("select")].map(({ name, value }) => [name, value]));
const isOurs = ({ detail }) => form.contains(detail.elt);

let shown = read();
document.addEventListener("htmx:afterRequest", (event) => {
  if (isOurs(event) && event.detail.successful) shown = read();
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (isOurs(event)) for (const select of form.querySelectorAll("select")) select.value = shown[select.name] ?? "";
  });
}
