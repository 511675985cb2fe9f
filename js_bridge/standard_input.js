// Standard input for Python, which reads it synchronously.

/** The status by which the server says that there is a signal instead of input. */
const INTERRUPTED = 409;

/**
 * What `pyodide.setStdin` takes.
 *
 * @param {{
 *   stdin?: string | Uint8Array | null,
 *   stdinURL?: string | null,
 *   terminal?: import("./engine_room.js").Terminal,
 * }} source
 * @param {() => void} beforeWaiting called before Python waits for more: a prompt must be seen
 */
export function standardInput({ stdin, stdinURL, terminal }, beforeWaiting) {
  /** @type {Uint8Array} */
  let rest = typeof stdin === "string" ? new TextEncoder().encode(stdin) : (stdin ?? new Uint8Array());
  let open = Boolean(stdinURL);
  return {
    isatty: terminal?.stdin ?? false,
    /** @param {Uint8Array} buffer */
    read(buffer) {
      if (!rest.length && open && stdinURL) {
        beforeWaiting();
        rest = requestChunk(stdinURL);
        open = rest.length > 0;
      }
      const piece = rest.subarray(0, buffer.length);
      buffer.set(piece);
      rest = rest.subarray(piece.length);
      return piece.length;
    },
  };
}

/**
 * Asks the server for the next bytes and waits for them, which only a worker may do.
 *
 * @param {string} url
 */
function requestChunk(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status === INTERRUPTED) {
    throw Object.assign(new Error("interrupted"), { code: "EINTR" });
  }
  if (request.status !== 200) {
    throw new Error(`standard input: the server answered ${request.status}`);
  }
  return new Uint8Array(request.response);
}
