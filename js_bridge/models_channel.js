// News among an origin's pages and workers: what is stored of models has changed.

const NAME = "pyinfer-models";

/** @type {BroadcastChannel | null} */
let sender = null;

/** Tells every page of this origin, this one too. */
export function tellModelsChange() {
  sender ??= openChannel();
  sender?.postMessage(null);
}

/**
 * @param {() => void} listener
 * @returns {() => void} what ends it
 */
export function hearModelsChange(listener) {
  const channel = openChannel();
  channel?.addEventListener("message", listener);
  return () => channel?.close();
}

/** Where the browser refuses (site data blocked) it stores nothing either, and nothing changes. */
function openChannel() {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return null;
  }
}
