// For other websites: puts the programme of a cinema in place of this script, as high as it is.
//
//     <script src="https://tickets.example/embed.js" data-theatre="the-rex" async></script>
//
// Without data-theatre it is the programme of all theatres; data-language="de" asks for another language than the
// cinema's own. It needs no other file, and sets no cookie.

(() => {
  const script = document.currentScript;
  const { origin } = new URL(script.src);
  const { theatre, language } = script.dataset;
  const part = (name) => (name ? `${encodeURIComponent(name)}/` : "");
  const frame = document.createElement("iframe");
  frame.src = `${origin}/${part(language)}embed/programme/${part(theatre)}`;
  frame.title = script.dataset.title ?? "Programme";
  frame.style.cssText = "display: block; inline-size: 100%; block-size: 40rem; border: 0;";
  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const height = Number(event.data?.cinemaHeight);
    if (height > 0) frame.style.blockSize = `${height}px`;
  });
  script.replaceWith(frame);
})();
