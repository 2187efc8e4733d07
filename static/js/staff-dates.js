// The chosen day in words below its field: a browser writes dates as its own language does, 03/04 here and 04/03 there.

// Plain English is written as on the rest of the page: 27 November, not November 27.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");
const words = new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC", numberingSystem: "latn" });

function tell(field) {
  const said = field.nextElementSibling?.matches(".date-words")
    ? field.nextElementSibling
    : document.createElement("output");
  said.className = "date-words form-text";
  said.htmlFor = field.id;
  said.textContent = field.value ? words.format(new Date(`${field.value.slice(0, 10)}T00:00Z`)) : "";
  if (!said.isConnected) field.after(said);
}

function tellAll(root) {
  for (const field of root.querySelectorAll(".field input:is([type=date], [type=datetime-local])")) tell(field);
}

for (const change of ["input", "change"]) {
  document.addEventListener(change, ({ target }) => {
    if (target.matches(".field input:is([type=date], [type=datetime-local])")) tell(target);
  });
}
document.addEventListener("htmx:load", ({ detail }) => tellAll(detail.elt.parentElement ?? document));
tellAll(document);
