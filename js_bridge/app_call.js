// One call of an app's function with a visitor's file.

/** How Python gets a file: as a path, as its bytes, or as an array of a picture's pixels. */
/** @typedef {"path" | "bytes" | "image"} FileForm */

/** @typedef {import("./worker_runtime.js").WorkerRuntime} WorkerRuntime */

const FORMS = ["path", "bytes", "image"];

/** A file that can't be given in the form the page asks for. Its message is for visitors. */
export class FileFormError extends Error {}

/**
 * @param {WorkerRuntime} runtime
 * @param {string} entry `module:function`
 * @param {File} file
 * @param {FileForm} form
 * @returns {Promise<any>}
 */
export async function callWithFile(runtime, entry, file, form) {
  switch (form) {
    case "path":
      return callWithPath(runtime, entry, file);
    case "bytes":
      return runtime.call(entry, file);
    case "image":
      return runtime.call(entry, await pixelsOf(file), { transfer: true });
    default:
      throw new TypeError(`file-as must be one of ${FORMS.join(", ")}, not ${JSON.stringify(form)}`);
  }
}

/**
 * The file lies in a folder of its own while the function runs, under the name that it has on the
 * visitor's disk, since scripts look at the ending.
 *
 * @param {WorkerRuntime} runtime
 * @param {string} entry
 * @param {File} file
 */
async function callWithPath(runtime, entry, file) {
  const folder = `/tmp/${crypto.randomUUID?.() ?? Math.random().toString(16).slice(2)}`;
  const path = `${folder}/${file.name.replaceAll("/", "_") || "file"}`;
  await runtime.files.write(path, file);
  try {
    return await runtime.call(entry, path);
  } finally {
    runtime.call("shutil:rmtree", folder).catch(() => {}); // a Python that has ended keeps no files
  }
}

/** @param {File} file */
async function pixelsOf(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new FileFormError(`${file.name} is no picture that this browser can open.`);
  });
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const drawing = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  drawing.drawImage(bitmap, 0, 0);
  bitmap.close();
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}
