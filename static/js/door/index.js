// The page of a door: scans are sent without leaving it, by the camera or by a scanner that types.

import { textsOf } from "../texts.js";
import { watchCamera } from "./camera.js";
import { newKey, onlyNew } from "./codes.js";
import { allowSound, signal } from "./signals.js";

const PATIENCE = 4000; // milliseconds for an answer
const texts = textsOf("door");
const form = document.getElementById("door-scan");
const input = document.getElementById("door-text");
const answer = document.getElementById("door-answer");
const camera = document.getElementById("door-camera");

// Read aloud at once, for it is an alert; heard and felt by its tone.
function show(html) {
  answer.innerHTML = html;
  htmx.process(answer);
  const tone = answer.querySelector("[data-tone]")?.dataset.tone;
  if (tone) signal(tone);
}

function refuse(text) {
  const section = document.createElement("section");
  section.className = "door-answer door-stop";
  section.dataset.tone = "stop";
  section.setAttribute("role", "alert");
  const heading = document.createElement("h2");
  heading.textContent = text;
  section.append(heading);
  answer.replaceChildren(section);
  signal("stop");
}

const post = (body) =>
  fetch(form.action, {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    signal: AbortSignal.timeout(PATIENCE),
  });

// A scan is sent again with its key, so it is the same scan if the first try arrived.
async function scan(text) {
  const body = new URLSearchParams(new FormData(form));
  body.set("text", text);
  body.set("key", newKey());
  form.ariaBusy = "true";
  try {
    const response = await post(body).catch(() => post(body));
    if (response.ok || response.status === 400 || response.status === 409) show(await response.text());
    else refuse(response.status === 404 || response.status === 403 ? texts.signedOut : texts.failed);
  } catch {
    refuse(texts.offline);
  } finally {
    form.ariaBusy = null;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const text = input.value.trim();
  input.value = "";
  input.focus();
  if (text) scan(text);
});

// What is undone or decided by hand is sent by htmx; its answer sounds the same.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const tone = target === answer && answer.querySelector("[data-tone]")?.dataset.tone;
  if (tone) signal(tone);
});

const video = camera.querySelector("video");
const button = camera.querySelector("button");
const note = camera.querySelector("[role=status]");
let stop;

async function toggle() {
  allowSound();
  if (stop) {
    stop();
    stop = undefined;
  } else {
    const isNew = onlyNew();
    const found = (text) => isNew(text, performance.now()) && scan(text);
    try {
      stop = await watchCamera(video, camera.dataset.decoder, found);
      note.textContent = "";
    } catch {
      note.textContent = texts.noCamera;
    }
  }
  video.hidden = !stop;
  button.textContent = stop ? texts.stopCamera : texts.startCamera;
}

if (navigator.mediaDevices) {
  camera.hidden = false;
  button.addEventListener("click", toggle);
}
