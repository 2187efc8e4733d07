// Amounts of money as the server writes them: `style` is cinema.money.Style as JSON.

export function money(amount, style) {
  const [whole, fraction] = Math.abs(amount)
    .toFixed(Number.isInteger(amount) ? 0 : 2)
    .split(".");
  const number = grouped(whole, style) + (fraction ? style.decimal + fraction : "");
  return (amount < 0 ? style.minus : style.before) + number + style.after;
}

function grouped(digits, { group, sizes: [first, others] }) {
  const groups = [];
  for (let end = digits.length, size = first; end > 0; end -= size, size = groups.length === 1 ? others : size) {
    groups.unshift(digits.slice(Math.max(0, end - size), end));
  }
  return groups.join(group);
}
