// A file that is too large is refused before it travels: the form says how large it may be.

import { textsOf } from "./texts.js";

for (const form of document.querySelectorAll("form[data-largest]")) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    const check = () => {
      const tooLarge = input.files[0]?.size > Number(form.dataset.largest);
      input.setCustomValidity(tooLarge ? textsOf("upload").tooLarge : "");
      if (tooLarge) input.reportValidity();
    };
    input.addEventListener("change", check);
    check(); // a file may have been chosen before this script was there
  }
}
