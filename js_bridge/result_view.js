// Draws what a function gave: text, pictures, tables, files.

import { inBytes } from "./models_panel_words.js";
import { make, makeButton } from "./panel_elements.js";
import { pixelsOf } from "./picture_pixels.js";
import { descriptionOf } from "./result_description.js";

/** @typedef {import("./picture_pixels.js").ChannelOrder} ChannelOrder */
/** @typedef {import("./result_description.js").Description} Description */

/**
 * @param {unknown} value what `call` gave
 * @param {ChannelOrder} order of the channels of pictures
 * @returns {Node[]} nothing for None
 */
export function viewsOf(value, order) {
  return draw(descriptionOf(value), order, "Picture");
}

/**
 * @param {ImageData} image
 * @param {string} name
 */
export function pictureOf(image, name) {
  const canvas = make("canvas", { class: "picture", part: "picture", role: "img" });
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.ariaLabel = `${name}, ${image.width} by ${image.height} pixels`;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return figure(canvas, name, `${image.width} × ${image.height}`);
}

/**
 * @param {Description} description
 * @param {ChannelOrder} order
 * @param {string} name
 * @returns {Node[]}
 */
function draw(description, order, name) {
  switch (description.kind) {
    case "nothing":
      return [];
    case "text":
      return [make("p", { class: "text" }, description.text)];
    case "picture":
      return [drawArray(description.array, order, name)];
    case "file":
      return [description.type ? drawFile(description, name) : offer(description)];
    case "table":
      return [drawTable(description)];
    case "fields":
      return [drawFields(description, order)];
  }
}

/**
 * @param {import("./picture_pixels.js").PageArray} array
 * @param {ChannelOrder} order
 * @param {string} name
 */
function drawArray(array, order, name) {
  const { width, height, pixels } = pixelsOf(array, order);
  return pictureOf(new ImageData(pixels, width, height), name);
}

/**
 * A picture as a file. It is drawn rather than linked, which a page's policy for images may forbid.
 *
 * @param {Extract<Description, { kind: "file" }>} file
 * @param {string} name
 */
function drawFile(file, name) {
  const canvas = make("canvas", { class: "picture", part: "picture", role: "img", "aria-label": name });
  const caption = figure(canvas, name, file.words);
  createImageBitmap(new Blob([file.bytes], { type: file.type })).then(
    (bitmap) => {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      canvas.ariaLabel = `${name}, ${bitmap.width} by ${bitmap.height} pixels`;
      bitmap.close();
    },
    () => caption.replaceWith(offer(file)), // it only begins like a picture
  );
  return caption;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {string} words
 */
function figure(canvas, name, words) {
  const button = makeButton("Save", { "aria-label": `Save ${name}` }, () => {
    canvas.toBlob((blob) => blob && save(blob, `${name.toLowerCase()}.png`));
  });
  return make("figure", {}, canvas, make("figcaption", {}, make("span", {}, words), button));
}

/** @param {Extract<Description, { kind: "file" }>} file */
function offer({ bytes, name }) {
  return make(
    "p",
    { class: "text" },
    makeButton(`Save ${name} (${inBytes(bytes.length)})`, {}, () => save(new Blob([bytes]), name)),
  );
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = make("a", { download: name });
  link.href = URL.createObjectURL(blob);
  link.click();
  // The browser has read the address when the click's task has ended.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** @param {Extract<Description, { kind: "table" }>} table */
function drawTable({ columns, rows, left }) {
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)));
  const body = rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))));
  const table = make("table", { part: "table" }, make("tbody", {}, ...body));
  if (columns.length) {
    table.prepend(make("thead", {}, head));
  }
  // What is scrolled must be reachable by the keyboard.
  const frame = make(
    "div",
    { class: "scrolled", tabindex: "0", role: "group", "aria-label": "Table" },
    table,
  );
  if (left) {
    frame.append(make("p", { class: "text" }, `… and ${left} more`));
  }
  return frame;
}

/**
 * @param {Extract<Description, { kind: "fields" }>} description
 * @param {ChannelOrder} order
 */
function drawFields({ fields, left }, order) {
  const list = make("dl", {});
  for (const [name, description] of fields) {
    const views = draw(description, order, name);
    list.append(make("dt", {}, name), make("dd", {}, ...(views.length ? views : ["–"])));
  }
  if (left) {
    list.append(make("dt", {}, "…"), make("dd", {}, `and ${left} more`));
  }
  return list;
}
