// The keys of the counter: letters choose a show, digits add a ticket of that type, Enter takes the best seats, then
// cash; “c” starts the card reader, or goes to the card terminal, “g” goes to the amount of a gift card, Esc drops the
// sale. A finished sale prints its tickets. Without this script the same forms work by touch and Tab.

const LETTERS = "abdefhijklmnopqrstuvwxyz"; // without c and g

const part = (name) => document.querySelector(`[data-sell="${name}"]`);
const isTyping = (target) => target.matches?.("input:not([type=radio]), textarea, select");

/** Write the letters on the tiles, and open the tickets of a sale that has just been finished. */
function show() {
  part("seats")
    ?.querySelectorAll(".sell-tile .sell-key")
    .forEach((key, number) => {
      key.textContent = LETTERS[number] ?? "";
    });
  const printing = part("print");
  if (printing && !printing.dataset.done) {
    printing.dataset.done = "1";
    window.open(printing.href, "tickets", "popup,width=420,height=700");
  }
  document.querySelector("#sell [autofocus]")?.focus();
}

function choose(key) {
  const form = part("seats");
  const tile = form?.querySelectorAll(".sell-tile input")[LETTERS.indexOf(key)];
  if (tile) tile.checked = true;
  return Boolean(tile);
}

function addTicket(digit) {
  const field = part("seats")?.querySelectorAll(".sell-type input")[digit - 1];
  if (field) field.value = Number(field.value) + 1;
  return Boolean(field);
}

/** Have the card reader ask for the card, or else go to where the reference of a terminal is typed. */
function payByCard(form) {
  const reader = form.querySelector('[value="READER"]');
  if (reader) reader.click();
  else form.elements.reference?.focus();
}

/** Act on a key outside a field that is typed in; return whether it had a meaning. */
function act(key) {
  if (/^[1-9]$/.test(key)) return addTicket(Number(key));
  if (key === "Enter" && part("seats")) {
    part("seats").requestSubmit();
    return true;
  }
  if (key === "c" && part("pay")) {
    payByCard(part("pay"));
    return true;
  }
  if (key === "g" && part("card")) {
    part("card").elements.amount.focus();
    return true;
  }
  return /^[a-z]$/.test(key) && choose(key);
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.("dialog")) return;
  if (key === "Escape" && part("drop")) {
    part("drop").requestSubmit();
    event.preventDefault();
  } else if (target.name === "amount" && "cg".includes(key) && target.form === part("pay")) {
    act(key);
    event.preventDefault();
  } else if (target.name === "reference" && key === "Enter") {
    target.form.querySelector('[value="TERMINAL"]').click(); // htmx knows what was sent by clicks only
    event.preventDefault();
  } else if (["coupon", "gift_card"].includes(target.name) && key === "Enter") {
    target.form.elements.update.click(); // a scanner types Enter, which must not take cash
    event.preventDefault();
  } else if (!isTyping(target) && !(key === "Enter" && target.matches?.("button, a, summary")) && act(key)) {
    event.preventDefault();
  }
});

// A link that opened another window gives the keys back to the sale.
document.addEventListener("click", (event) => event.target.closest?.("a[target]")?.blur());
document.addEventListener("htmx:afterSettle", show);
show();
