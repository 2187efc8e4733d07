// All coming shows follow the new plan, or none: a click instead of many. Each box works by itself without this.

const tools = document.getElementById("follow-all");
if (tools) {
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => {
    const wish = target.closest("[data-follow]")?.dataset.follow;
    if (!wish) return;
    for (const box of document.querySelectorAll("input[name=follow]:enabled")) box.checked = wish === "all";
  });
}
