// The page of a door: scans are sent without leaving it, by the camera or by a scanner that types, and judged by a list
// while there is no network.

import { textsOf } from "../texts.js";
import { refusal, written } from "./answers.js";
import { watchCamera } from "./camera.js";
import { newKey, onlyNew } from "./codes.js";
import { startOffline } from "./offline.js";
import { allowSound, signal } from "./signals.js";

const PATIENCE = 2500; // milliseconds for an answer
const texts = textsOf("door");
const form = document.getElementById("door-scan");
const input = document.getElementById("door-text");
const answer = document.getElementById("door-answer");
const camera = document.getElementById("door-camera");
const state = document.getElementById("door-state");
let offline;

const token = {
  get: () => form.elements.csrfmiddlewaretoken.value,
  set: (value) => {
    for (const each of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) each.value = value;
  },
};

// Read aloud at once, for it is an alert; heard and felt by its tone.
function signalled() {
  const found = answer.querySelector("[data-tone]");
  if (!found) return;
  signal(found.dataset.tone);
  const { seats, state } = found.dataset;
  if (seats) offline?.moved(seats.split(" ").map(Number), state);
}

function show(...content) {
  answer.replaceChildren(...content);
  signalled();
}

function showPage(html) {
  answer.innerHTML = html;
  htmx.process(answer);
  signalled();
}

async function post(body) {
  body.set("csrfmiddlewaretoken", token.get());
  const headers = { "HX-Request": "true" };
  return fetch(form.action, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
}

// Sent again with its key, a scan is the same scan if the first try arrived. Who signed in again has another token.
async function sent(body) {
  const response = await post(body).catch((error) => {
    if (error.name === "TimeoutError") throw error;
    return post(body);
  });
  const renewed = response.status === 403 && response.headers.get("X-CSRFToken");
  if (!renewed) return response;
  token.set(renewed);
  return post(body);
}

// The answer to a scan without a network; who was let in or out by mistake is undone from it.
async function judgedOffline(text, key, leaving) {
  const judged = await offline?.scan(text, key, leaving);
  if (!judged) return refusal(texts.offline);
  const canUndo = judged.outcome === "ADMITTED" || judged.outcome === "LEFT";
  const undo = async () => {
    const { seats, show: at } = judged;
    const done = await offline.undo(key);
    show(done ? written({ outcome: "UNDONE", seats, show: at }, texts) : refusal(texts.undoTooLate));
  };
  return written(judged, texts, canUndo ? undo : undefined);
}

async function scan(text) {
  const key = newKey();
  const body = new URLSearchParams(new FormData(form));
  body.set("text", text);
  body.set("key", key);
  form.ariaBusy = "true";
  try {
    if (offline && !offline.isOnline()) throw new Error("offline");
    const response = await sent(body);
    if (response.ok || response.status === 400 || response.status === 409) showPage(await response.text());
    else show(refusal(response.status === 404 || response.status === 403 ? texts.signedOut : texts.failed));
  } catch {
    show(await judgedOffline(text, key, body.get("direction") === "OUT"));
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
  if (target === answer) signalled();
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

// Whether there is a network, how old the list is, and how many scans wait for it.
function say({ online, at, tickets, waiting }) {
  const clock = { hour: "numeric", minute: "2-digit", numberingSystem: "latn", timeZone: state.dataset.zone };
  const time = at && new Date(at).toLocaleTimeString(document.documentElement.lang.replace(/^en$/, "en-GB"), clock);
  const list = at ? texts.list.replace("%t", time).replace("%n", tickets) : texts.noList;
  const queue = waiting ? texts.waiting.replace("%n", waiting) : "";
  state.textContent = [online ? texts.online : texts.noNetwork, list, queue].join(" ").trim();
  state.classList.toggle("is-offline", !online);
}

const { list, merging, worker } = state.dataset;
if (crypto.subtle && globalThis.indexedDB) {
  state.hidden = false;
  startOffline({ list, merging, worker, decoder: camera.dataset.decoder }, token, say).then((started) => {
    offline = started;
  });
}
