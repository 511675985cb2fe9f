// Python source as it stands in a page. Pure.

/**
 * Takes away the indentation that all lines share, since markup is indented too.
 *
 * @param {string} text
 */
export function dedent(text) {
  const lines = text.split(/\r\n|\r|\n/).map((line) => (line.trim() ? line : ""));
  /** @type {string | null} */
  let shared = null;
  for (const line of lines.filter(Boolean)) {
    const [indentation] = /** @type {RegExpExecArray} */ (/^[ \t]*/.exec(line));
    shared ??= indentation;
    while (!indentation.startsWith(shared)) {
      shared = shared.slice(0, -1);
    }
  }
  const width = shared?.length ?? 0;
  return lines.map((line) => line.slice(width)).join("\n");
}
