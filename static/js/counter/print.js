// Tickets print themselves, and again on request.
const again = document.querySelector("[data-print]");
again.hidden = false;
again.addEventListener("click", () => print());
print();
