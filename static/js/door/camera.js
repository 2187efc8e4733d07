// Codes before the camera, by the browser's own detector or else by jsQR (static/vendor/jsqr).

const PAUSE = 120; // milliseconds between two looks
const WIDEST = 640; // pixels of a picture that jsQR looks through

// Some browsers have the detector, but not the service behind it.
async function nativeDetector() {
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return undefined;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  } catch {
    return undefined;
  }
}

async function jsDetector(url) {
  await import(url); // which sets globalThis.jsQR
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    if (!canvas.width) return undefined;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return globalThis.jsQR(data, width, height, { inversionAttempts: "attemptBoth" })?.data;
  };
}

// Show the camera in `video` and call `found` with each text seen, until the returned function is called.
// Throws what getUserMedia() throws if there is no camera, or it is not allowed.
export async function watchCamera(video, decoderUrl, found) {
  const picture = { facingMode: "environment", width: { ideal: 1280 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: picture });
  video.srcObject = stream;
  await video.play();
  const detect = (await nativeDetector()) ?? (await jsDetector(decoderUrl));
  const awake = await navigator.wakeLock?.request("screen").catch(() => undefined);
  let timer;
  const look = async () => {
    const text = await detect(video).catch(() => undefined);
    if (text) found(text);
    if (stream.active) timer = setTimeout(look, PAUSE);
  };
  look();
  return () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    awake?.release();
  };
}
