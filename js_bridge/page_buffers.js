// The byte buffers of the values that are crossing between the page and Python right now.

/** Buffers by call: those that came with it, and those that its result will take along. */
export class PageBuffers {
  constructor() {
    /** @type {Map<number, { incoming: Uint8Array[], outgoing: Uint8Array[] }>} */
    this.calls = new Map();
    this.lastCall = 0;
  }

  /**
   * @param {Uint8Array[]} incoming
   * @returns {number} the call's number
   */
  open(incoming) {
    this.lastCall += 1;
    this.calls.set(this.lastCall, { incoming, outgoing: [] });
    return this.lastCall;
  }

  /**
   * Python: the bytes of one argument.
   *
   * @param {number} call
   * @param {number} index
   */
  incoming(call, index) {
    return this.calls.get(call)?.incoming[index];
  }

  /**
   * Python: a new buffer of the result, to be filled at once.
   *
   * @param {number} call
   * @param {number} size in bytes
   */
  outgoing(call, size) {
    const bytes = new Uint8Array(size);
    this.calls.get(call)?.outgoing.push(bytes);
    return bytes;
  }

  /**
   * @param {number} call
   * @returns {Uint8Array[]} what the result takes along
   */
  close(call) {
    const outgoing = this.calls.get(call)?.outgoing ?? [];
    this.calls.delete(call);
    return outgoing;
  }

  /** How many calls are under way. */
  liveCount() {
    return this.calls.size;
  }
}
