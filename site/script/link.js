// A link that carries a script, compressed, behind its `#`: browsers send that part to nobody.

const KEY = "script=";
/** What a link may hold, in characters: a damaged one could swell to anything. */
const MOST = 1_000_000;

/**
 * @param {string} source
 * @returns {Promise<string>} the page's address with the script in it
 */
export async function linkTo(source) {
  const packed = new Blob([source]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const address = new URL(location.href);
  address.hash = KEY + inLetters(bytes);
  return address.href;
}

/**
 * @param {string} hash of an address
 * @returns {Promise<string | null>} null: it carries no script
 */
export async function scriptIn(hash) {
  const letters = hash.replace(/^#/, "");
  if (!letters.startsWith(KEY)) {
    return null;
  }
  try {
    const packed = new Blob([fromLetters(letters.slice(KEY.length))]).stream();
    const text = packed
      .pipeThrough(new DecompressionStream("deflate-raw"))
      .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
    let source = "";
    for (const reader = text.getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) {
        return source;
      }
      source += value;
      if (source.length > MOST) {
        await reader.cancel();
        throw new RangeError("it holds too much");
      }
    }
  } catch {
    throw new Error("The script in this link is damaged: perhaps its end is missing.");
  }
}

/** @param {Uint8Array} bytes */
function inLetters(bytes) {
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} letters */
function fromLetters(letters) {
  const text = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (each) => each.charCodeAt(0));
}
