// Files in Python's working folder: dropped, chosen, written by the script.

import { find, messageOf } from "../progress.js";

/** @typedef {{ name: string, size: number }} Entry */

const MODULE = "pyinfer_demo.workbench";
const UNITS = ["bytes", "kB", "MB", "GB"];

export class Files {
  /** @type {Map<string, File>} what the visitor gave, for the next Python, too */
  #given = new Map();
  /** @type {(source: string) => void} takes a script that the visitor wants in the editor */
  openSource = () => {};

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   * @param {import("./packages.js").Packages} packages
   */
  constructor(page, runtime, packages) {
    this.runtime = runtime;
    this.packages = packages;
    this.list = find(page, "files-list");
    this.words = find(page, "files-words");
    const input = /** @type {HTMLInputElement} */ (find(page, "files-input"));
    find(page, "files-choose").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const chosen = [...(input.files ?? [])];
      input.value = "";
      void this.add(chosen);
    });
    const take = (/** @type {Event} */ event, /** @type {DataTransfer | null} */ data) => {
      if (data?.files.length) {
        event.preventDefault();
        event.stopPropagation(); // the editor would write a file's text into the script
        void this.add([...data.files]);
      }
    };
    page.addEventListener("drop", (event) => take(event, event.dataTransfer), { capture: true });
    page.addEventListener("paste", (event) => take(event, event.clipboardData), { capture: true });
    runtime.addEventListener("restart", () => this.#bringBack());
    void this.refresh();
  }

  /** @param {File[]} files */
  async add(files) {
    for (const file of files) {
      try {
        this.#say(`Adding ${file.name}…`);
        await this.runtime.write(file.name, file);
        this.#given.set(file.name, file);
        await this.runtime.call(`${MODULE}:renew`, file.name);
        this.#say(`${file.name} is in Python’s working folder.`);
        if (file.name.endsWith(".whl")) {
          const path = await this.runtime.call(`${MODULE}:path_of`, file.name);
          await this.packages.install(`emfs:${path}`, file.name);
        }
      } catch (error) {
        this.#say(`${file.name} could not be added: ${messageOf(error)}`, true);
      }
    }
    await this.refresh();
  }

  /**
   * Puts a file of the page's own there, unless the visitor gave one of that name.
   *
   * @param {string} name
   * @param {() => Promise<ArrayBuffer | Blob | Uint8Array>} fetchIt
   */
  async provide(name, fetchIt) {
    if (!(await this.#entries()).some((entry) => entry.name === name)) {
      await this.runtime.write(name, await fetchIt());
    }
  }

  /** Shows what is there now. */
  async refresh() {
    try {
      const entries = await this.#entries();
      this.list.replaceChildren(...entries.map((entry) => this.#row(entry)));
    } catch (error) {
      this.#say(messageOf(error), true);
    }
  }

  /** @returns {Promise<Entry[]>} */
  #entries() {
    return this.runtime.call(`${MODULE}:listing`);
  }

  async #bringBack() {
    try {
      for (const [name, file] of this.#given) {
        await this.runtime.write(name, file);
      }
      await this.packages.bringBack();
    } catch (error) {
      this.#say(messageOf(error), true);
    }
    await this.refresh();
  }

  /** @param {Entry} entry */
  #row({ name, size }) {
    const row = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = name;
    const amount = document.createElement("span");
    amount.className = "note";
    amount.textContent = inWords(size);
    row.append(label, amount);
    if (name.endsWith(".py")) {
      row.append(button("Edit", name, () => this.#edit(name)));
    }
    row.append(
      button("Save", name, () => this.#save(name)),
      button("Remove", name, () => this.#remove(name)),
    );
    return row;
  }

  /** @param {string} name */
  async #edit(name) {
    this.openSource(new TextDecoder().decode(await this.#read(name)));
  }

  /** @param {string} name */
  async #save(name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await this.#read(name)]));
    link.download = name.replace(/^.*\//, "");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href)); // when the browser has read the address
  }

  /** @param {string} name */
  async #remove(name) {
    this.#given.delete(name);
    await this.runtime.call(`${MODULE}:remove`, name);
    this.#say(`${name} is gone.`);
    await this.refresh();
    find(document, "files-choose").focus(); // the button that had the focus is gone, too
  }

  /** @param {string} name */
  async #read(name) {
    return this.runtime.read(await this.runtime.call(`${MODULE}:path_of`, name));
  }

  /**
   * @param {string} words
   * @param {boolean} [trouble]
   */
  #say(words, trouble = false) {
    this.words.textContent = words;
    this.words.classList.toggle("trouble", trouble);
  }
}

/**
 * @param {string} words
 * @param {string} name of the file
 * @param {() => void} act
 */
function button(words, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = words;
  made.ariaLabel = `${words} ${name}`;
  made.addEventListener("click", act);
  return made;
}

/** @param {number} size */
function inWords(size) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3));
  const amount = size / 1000 ** power;
  return `${power && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}
