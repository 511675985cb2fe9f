// Where moving pictures come from, and in plain words why they may not come.

import { messageOf } from "../progress.js";

/**
 * @typedef {object} Source something that a video element plays
 * @property {"camera" | "film" | "video"} kind
 * @property {string} name as a visitor knows it, at the start of a sentence
 * @property {MediaStream | null} stream
 * @property {string} url where there is no stream
 * @property {boolean} mirrored whether people expect to see themselves as in a mirror
 * @property {() => void} close gives back what it holds: the camera's light goes out
 */

/** What it was that stopped a source from being opened or played. The message is for visitors. */
export class SourceError extends Error {}

const NO_CAMERA = "There is no camera here. Play our film, or choose a video or a picture.";

/** By the name of what `getUserMedia` rejects with. */
const REFUSALS = new Map([
  ["NotAllowedError", "The camera was refused. Allow it beside the page’s address, then start it again."],
  ["SecurityError", "The camera was refused. Allow it beside the page’s address, then start it again."],
  ["NotFoundError", NO_CAMERA],
  // Of a browser that finds none which would do: WebKitGTK where there is none at all.
  ["OverconstrainedError", NO_CAMERA],
  ["NotReadableError", "The camera is there but gives no picture: another program may be using it."],
  ["AbortError", "The camera did not start. Try again."],
]);

/**
 * By the code of a MediaError.
 *
 * @type {Map<number, string>}
 */
const FAILURES = new Map([
  [MediaError.MEDIA_ERR_DECODE, "is damaged: this browser can’t play it any further"],
  [MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED, "is no video that this browser can play"],
]);

/**
 * @param {string} chosen the browser's name for it; if that is empty or gone, the one that looks away from the visitor
 * @returns {Promise<Source>}
 */
export async function openCamera(chosen) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SourceError(
      "Browsers give a camera only to pages that come over https or from this machine. Play our film, or choose a file.",
    );
  }
  let stream;
  try {
    const which = chosen ? { deviceId: { exact: chosen } } : { facingMode: { ideal: "environment" } };
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 }, ...which },
    });
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    if (chosen && name === "OverconstrainedError") {
      return openCamera("");
    }
    throw new SourceError(REFUSALS.get(name) ?? `The camera did not start: ${messageOf(error)}`);
  }
  const [track] = stream.getVideoTracks();
  return {
    kind: "camera",
    name: "The camera",
    stream,
    url: "",
    mirrored: track.getSettings().facingMode !== "environment",
    close: () => track.stop(),
  };
}

/**
 * @param {File} file
 * @returns {Source}
 */
export function openVideo(file) {
  const url = URL.createObjectURL(file);
  return {
    kind: "video",
    name: file.name,
    stream: null,
    url,
    mirrored: false,
    close: () => URL.revokeObjectURL(url),
  };
}

/**
 * @param {string} name of the file
 * @param {MediaError | null} error
 */
export function playFailure(name, error) {
  return new SourceError(`${name} ${FAILURES.get(error?.code ?? 0) ?? "can’t be played"}.`);
}
