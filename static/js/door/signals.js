// An answer that is heard and felt: two high notes to go, one in the middle to wait, a long low one to stop.

const SIGNALS = {
  go: {
    notes: [
      [880, 0.08],
      [1320, 0.12],
    ],
    buzz: [60],
  },
  wait: { notes: [[520, 0.25]], buzz: [60, 80, 60] },
  stop: { notes: [[180, 0.6]], buzz: [300, 100, 300] },
};

let audio;

// Browsers let a page sound only after it was touched: call it when a button is pressed.
export function allowSound() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

export function signal(tone) {
  const { notes, buzz } = SIGNALS[tone] ?? SIGNALS.stop;
  navigator.vibrate?.(buzz);
  if (audio?.state !== "running") return;
  let at = audio.currentTime;
  for (const [pitch, length] of notes) {
    const note = new OscillatorNode(audio, { frequency: pitch, type: "square" });
    const volume = new GainNode(audio, { gain: 0.15 });
    note.connect(volume).connect(audio.destination);
    note.start(at);
    at += length;
    note.stop(at);
  }
}
