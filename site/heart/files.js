// Files of a series: chosen, or dropped, with all that lies in dropped folders.

/**
 * Calls `take` with all files that are chosen or dropped at once.
 *
 * @param {HTMLElement} part where they may be dropped
 * @param {[HTMLElement, HTMLInputElement][]} choices buttons, and the inputs that they open
 * @param {(files: File[]) => void} take
 */
export function takeFiles(part, choices, take) {
  const takeAll = (/** @type {File[]} */ files) => {
    const visible = files.filter(isMeant);
    if (visible.length) {
      take(visible);
    }
  };
  for (const [button, input] of choices) {
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      takeAll(files);
    });
  }
  part.addEventListener("dragover", (event) => {
    event.preventDefault();
    part.dataset.over = "";
  });
  part.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && part.contains(event.relatedTarget))) {
      delete part.dataset.over;
    }
  });
  part.addEventListener("drop", async (event) => {
    event.preventDefault();
    delete part.dataset.over;
    if (event.dataTransfer) {
      takeAll(await droppedFiles(event.dataTransfer));
    }
  });
}

/**
 * The name by which a visitor knows a file.
 *
 * @param {File} file
 */
export function nameOf(file) {
  return file.webkitRelativePath || file.name;
}

/**
 * Neither what systems leave in folders nor a disc's table of contents is a slice, nor did anybody mean it.
 *
 * @param {File} file
 */
function isMeant({ name }) {
  return !name.startsWith(".") && name !== "DICOMDIR" && name !== "Thumbs.db";
}

/**
 * @param {DataTransfer} transfer is empty after the first `await`
 * @returns {Promise<File[]>}
 */
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) {
    return plain;
  }
  const found = await Promise.all(entries.map((entry) => (entry ? filesBelow(entry) : [])));
  return found.flat();
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function filesBelow(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => /** @type {any} */ (entry).file(resolve, reject))];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const files = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) {
      return files;
    }
    files.push(...(await Promise.all(some.map(filesBelow))).flat());
  }
}
