// Answers that the page writes itself, in the words of the server's (templates/staff/door/_words.html).

const TONES = { ADMITTED: "go", LEFT: "go", TOO_EARLY: "wait", NOT_INSIDE: "wait", UNDONE: "wait" };

const element = (name, className, text) =>
  Object.assign(document.createElement(name), { className, textContent: text });

// The answer to a scan that was judged without a network; `texts` are those of the page. `undo`, if it is given, is
// called by a button.
export function written({ outcome, seats = [], show, language }, texts, undo) {
  const tone = TONES[outcome] ?? "stop";
  const section = element("section", `door-answer door-${tone}`, "");
  section.dataset.tone = tone;
  section.setAttribute("role", "alert");
  section.append(element("h2", "", texts[outcome].replace("%n", seats.length)));
  if (language) section.append(element("p", "", texts.language.replace("%s", language)));
  if (seats.length) {
    section.append(element("p", "door-seats", seats.map(({ name }) => name).join(", ")));
    const types = Object.entries(Object.groupBy(seats, ({ type }) => type)).filter(([type]) => type);
    section.append(element("p", "", types.map(([type, all]) => `${all.length} × ${type}`).join(", ")));
  }
  if (show) section.append(element("p", "", show.name));
  if (show?.age && outcome === "ADMITTED") section.append(element("p", "door-age", texts.age.replace("%s", show.age)));
  if (outcome === "UNKNOWN") section.append(element("p", "", texts.notListed));
  if (outcome === "UNREADABLE") section.append(element("p", "", texts.onlyCodes));
  section.append(element("p", "", texts.withoutNetwork));
  if (undo) {
    const button = element("button", "btn", texts.undo);
    button.type = "button";
    button.addEventListener("click", undo);
    section.append(button);
  }
  return section;
}

// A refusal in one sentence.
export function refusal(text) {
  const section = element("section", "door-answer door-stop", "");
  section.dataset.tone = "stop";
  section.setAttribute("role", "alert");
  section.append(element("h2", "", text));
  return section;
}
