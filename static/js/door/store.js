// What a phone keeps at the door, in IndexedDB: the list of tickets, and the scans that the server has not seen yet.

const NAME = "door";

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("list");
    request.result.createObjectStore("scans", { keyPath: "key" });
  };
  return promised(request);
}

async function within(store, mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(store, mode);
    const result = await promised(work(transaction.objectStore(store)));
    if (mode === "readwrite") {
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    }
    return result;
  } finally {
    database.close();
  }
}

// Each theatre has a list and scans of its own.
export const keepList = (place, list) => within("list", "readwrite", (store) => store.put(list, place));
export const keptList = (place) => within("list", "readonly", (store) => store.get(place));
export const eraseLists = () => within("list", "readwrite", (store) => store.clear());

export const keepScan = (scan) => within("scans", "readwrite", (store) => store.put(scan));
export const dropScan = (key) => within("scans", "readwrite", (store) => store.delete(key));
// The earliest first.
export const keptScans = async (place) =>
  (await within("scans", "readonly", (store) => store.getAll()))
    .filter((scan) => scan.place === place)
    .sort((one, other) => (one.number ?? 0) - (other.number ?? 0));
