// In the frame on another website: tells the page around it how high this one is, now and whenever that changes.

const tell = () => parent.postMessage({ cinemaHeight: document.documentElement.offsetHeight }, "*");

if (parent !== window) new ResizeObserver(tell).observe(document.documentElement);
