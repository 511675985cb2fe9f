// Archives as `pyinfer build` writes them: zip files whose members are stored, not deflated.

/** @typedef {[path: string, offset: number, size: number]} Member */

const END = 0x06054b50;
const END_SIZE = 22;
const ENTRY = 0x02014b50;
const LOCAL_HEADER_SIZE = 30;

/**
 * Where each file lies in an archive.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Member[]}
 */
export function membersOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_SIZE;
  if (end < 0 || view.getUint32(end, true) !== END) {
    throw new Error("this is no archive of pyinfer build");
  }
  const text = new TextDecoder();
  /** @type {Member[]} */
  const members = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== ENTRY || view.getUint16(at + 10, true) !== 0) {
      throw new Error("this is no archive of pyinfer build");
    }
    const size = view.getUint32(at + 24, true);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((place) =>
      view.getUint16(at + place, true),
    );
    const local = view.getUint32(at + 42, true);
    const offset =
      local + LOCAL_HEADER_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const path = text.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (!path.endsWith("/")) {
      members.push([path, offset, size]);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return members;
}
