// The first price of a row for all its ticket types that have none yet.

for (const cell of document.querySelectorAll(".price-copy")) cell.hidden = false;

document.addEventListener("click", ({ target }) => {
  const row = target.closest(".price-copy")?.closest("tr");
  if (!row) return;
  const [first, ...others] = row.querySelectorAll("input");
  for (const price of others) price.value ||= first.value;
});
