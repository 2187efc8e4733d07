// The texts of a script in the language of the page, as the server wrote them (cinema/templatetags/script_texts.py).

export const textsOf = (name) => JSON.parse(document.getElementById(`${name}-texts`).textContent);
