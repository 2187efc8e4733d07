// A second click on a paying button waits for the first. (It would be harmless: the form carries a key.)

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
}

// The Enter key in the coupon field takes the code, and does not pay the total before it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[name=coupon]")) return;
  event.preventDefault();
  htmx.trigger(event.target, "change");
});

// The Enter key in the field of a gift card takes the card, and does not pay the total before it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[name=gift_card]")) return;
  event.preventDefault();
  document.getElementById("take-card").click();
});

// A ticket type chosen before htmx was there, or brought back by the browser, counts as well.
document.addEventListener("htmx:load", ({ target }) => {
  const selects = [...target.querySelectorAll("select[form=checkout]")];
  const changed = selects.find((select) => !select.selectedOptions[0].defaultSelected);
  if (changed) htmx.trigger(changed, "change");
});
