// Which files an element takes. Pure.

/**
 * Whether a file is one of those that an `accept` attribute names, which browsers only hold choosers to.
 *
 * @param {{ name: string, type: string }} file
 * @param {string} accept `image/*, .npy`; empty: any
 */
export function isAccepted({ name, type }, accept) {
  const kinds = accept
    .split(",")
    .map((kind) => kind.trim().toLowerCase())
    .filter(Boolean);
  return (
    !kinds.length ||
    kinds.some((kind) => {
      if (kind.startsWith(".")) {
        return name.toLowerCase().endsWith(kind);
      }
      return kind.endsWith("/*") ? type.startsWith(kind.slice(0, -1)) : type === kind;
    })
  );
}
