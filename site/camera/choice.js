// Which camera, where there are several. Browsers tell their names once one of them was allowed.

import { find } from "../progress.js";
import { openCamera } from "./sources.js";

export class CameraChoice {
  /** The camera that the visitor chose, by the browser's name for it; empty where nobody did. */
  #chosen = "";

  /**
   * @param {Document} page
   * @param {() => void} onChange called when another one is chosen
   */
  constructor(page, onChange) {
    this.place = find(page, "camera-choice");
    this.select = /** @type {HTMLSelectElement} */ (find(page, "camera-which"));
    this.select.addEventListener("change", () => {
      this.#chosen = this.select.value;
      onChange();
    });
  }

  /** Opens the chosen camera: at first the one that looks away from the visitor, if there is such a one. */
  async open() {
    const source = await openCamera(this.#chosen);
    const [track] = source.stream?.getVideoTracks() ?? [];
    await this.#offer(track?.getSettings().deviceId ?? "");
    navigator.mediaDevices.ondevicechange = () => this.#offer(this.select.value);
    return source;
  }

  /** @param {string} current the camera that is open, or was open last */
  async #offer(current) {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
    this.select.replaceChildren(
      ...cameras.map(({ label, deviceId }, k) => new Option(label || `Camera ${k + 1}`, deviceId)),
    );
    this.select.value = current;
    this.place.toggleAttribute("data-offered", cameras.length > 1);
  }
}
