// Output that the page can read while Python keeps the worker's thread: a ring in shared memory.
//
// The writer announces itself once; from then on the reader looks by itself, until it finds nothing
// new. So a flood costs a message a burst, nothing that was written waits for the writer to come
// round again, and a writer that is faster than the page, or than whom the page hands its output
// to, waits.

/** @typedef {import("./output.js").StreamName} StreamName */

const CAPACITY = 1 << 20; // a power of two: positions count on and wrap
const HEADER = 5; // one byte for the stream, four for the length
const LARGEST_PIECE = CAPACITY / 4;
const LOOK_MILLISECONDS = 10;
const WAIT_MILLISECONDS = 1000;

// Words at the start of the memory.
const WRITTEN = 0;
const READ = 1;
const ANNOUNCED = 2;
const CONTROL_BYTES = 16;

/** @type {StreamName[]} */
const STREAMS = ["stdout", "stderr"];

/** @returns {SharedArrayBuffer} */
export function createSharedOutput() {
  return new SharedArrayBuffer(CONTROL_BYTES + CAPACITY);
}

/** The worker's end. */
export class SharedOutputWriter {
  /**
   * @param {SharedArrayBuffer} memory
   * @param {() => void} announce tells the reader that there is something
   */
  constructor(memory, announce) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.ring = new Uint8Array(memory, CONTROL_BYTES);
    this.announce = announce;
    this.header = new DataView(new ArrayBuffer(HEADER));
  }

  /**
   * @param {StreamName} stream
   * @param {Uint8Array} data
   */
  write(stream, data) {
    for (let start = 0; start < data.length; start += LARGEST_PIECE) {
      this.writePiece(STREAMS.indexOf(stream), data.subarray(start, start + LARGEST_PIECE));
    }
  }

  /**
   * @param {number} stream
   * @param {Uint8Array} piece
   */
  writePiece(stream, piece) {
    const { control, ring, header } = this;
    this.waitForRoom(HEADER + piece.length);
    header.setUint8(0, stream);
    header.setUint32(1, piece.length);
    let position = control[WRITTEN];
    for (const bytes of [new Uint8Array(header.buffer), piece]) {
      const start = position & (CAPACITY - 1);
      const untilEnd = bytes.subarray(0, CAPACITY - start);
      ring.set(untilEnd, start);
      ring.set(bytes.subarray(untilEnd.length), 0);
      position = (position + bytes.length) | 0;
    }
    Atomics.store(control, WRITTEN, position);
    if (Atomics.exchange(control, ANNOUNCED, 1) === 0) {
      this.announce();
    }
  }

  /** @param {number} needed */
  waitForRoom(needed) {
    const { control } = this;
    for (;;) {
      const read = Atomics.load(control, READ);
      if (CAPACITY - ((control[WRITTEN] - read) | 0) >= needed) {
        return;
      }
      Atomics.wait(control, READ, read, WAIT_MILLISECONDS);
    }
  }

  /** Nothing is ever held back. */
  flush() {}
}

/** The page's end. */
export class SharedOutputReader {
  /**
   * @param {SharedArrayBuffer} memory
   * @param {import("./output.js").OutputSink} receive
   * @param {() => boolean} isUrgent whether no pause counts: what waits for room hears no signal
   */
  constructor(memory, receive, isUrgent) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.ring = new Uint8Array(memory, CONTROL_BYTES);
    this.receive = receive;
    this.isUrgent = isUrgent;
    /** How many of those who were given output have asked for a pause. */
    this.pauses = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Called when the writer has announced something. */
  announced() {
    this.drain();
    this.timer ??= setTimeout(() => this.look(), LOOK_MILLISECONDS);
  }

  look() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pauses && !this.isUrgent()) {
      return; // the last pause's end looks again
    }
    if (!this.drain()) {
      Atomics.store(this.control, ANNOUNCED, 0);
      if (!this.drain()) {
        return;
      }
      Atomics.store(this.control, ANNOUNCED, 1);
    }
    this.timer = setTimeout(() => this.look(), LOOK_MILLISECONDS);
  }

  /**
   * Takes everything that has been written so far; neighbours of one stream as one piece.
   *
   * @returns {boolean} whether there was anything
   */
  drain() {
    const { control } = this;
    const written = Atomics.load(control, WRITTEN);
    let position = control[READ];
    if (position === written) {
      return false;
    }
    const records = this.copy(position, (written - position) | 0);
    Atomics.store(control, READ, written);
    Atomics.notify(control, READ);
    const view = new DataView(records.buffer);
    let stream = records[0];
    let length = 0;
    for (position = 0; position < records.length; ) {
      if (records[position] !== stream) {
        this.hand(STREAMS[stream], records.slice(0, length));
        stream = records[position];
        length = 0;
      }
      const size = view.getUint32(position + 1);
      // Closes the gap that the header leaves; what lies before has been read already.
      records.copyWithin(length, position + HEADER, position + HEADER + size);
      length += size;
      position += HEADER + size;
    }
    this.hand(STREAMS[stream], records.slice(0, length));
    return true;
  }

  /**
   * @param {StreamName} stream
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  hand(stream, bytes) {
    const pause = this.receive(stream, bytes);
    if (pause) {
      this.pauses += 1;
      pause.then(() => {
        this.pauses -= 1;
        this.timer ??= setTimeout(() => this.look());
      });
    }
  }

  /**
   * @param {number} position
   * @param {number} length
   */
  copy(position, length) {
    const start = position & (CAPACITY - 1);
    const bytes = new Uint8Array(length);
    const untilEnd = this.ring.subarray(start, Math.min(start + length, CAPACITY));
    bytes.set(untilEnd);
    bytes.set(this.ring.subarray(0, length - untilEnd.length), untilEnd.length);
    return bytes;
  }

  /** Takes what is left, and looks no more. */
  close() {
    clearTimeout(this.timer);
    this.drain();
  }
}
