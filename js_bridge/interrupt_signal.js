// SIGINT for a Python that keeps its worker's thread.
//
// Pyodide reads its interrupt buffer and clears it in two steps. What the page writes between them is
// lost: one signal in 27 to a loop without a body. So Python's wakeup descriptor, to which C writes when
// it has a signal, counts those that arrived, and one that is gone without having arrived is sent again.

/** SIGINT, as Pyodide's interrupt buffer spells it. */
const SIGINT = 2;

const LOOK_MILLISECONDS = 20;

const SIGNAL = 0;
const ARRIVED = 1;
const BYTES = 2;

/** Python takes no other descriptor than one that doesn't block. */
const O_WRONLY_NONBLOCK = 0o4001;

/** @returns {Uint8Array} what both ends share */
export function createSharedSignal() {
  return new Uint8Array(new SharedArrayBuffer(BYTES));
}

/** The page's end. */
export class InterruptSignal {
  /** @param {Uint8Array} shared */
  constructor(shared) {
    this.shared = shared;
  }

  /** Whether Python has not taken the signal yet. */
  isWaiting() {
    return Atomics.load(this.shared, SIGNAL) === SIGINT;
  }

  /**
   * Sends it, again where it gets lost, until `taken` ends.
   *
   * @template T
   * @param {Promise<T>} taken what Python's answer settles, or the end of patience
   * @returns {Promise<T>}
   */
  async send(taken) {
    const { shared } = this;
    const before = Atomics.load(shared, ARRIVED);
    let wasGone = false; // for C tells of it a moment after it has cleared it
    const look = () => {
      const arrived = Atomics.load(shared, ARRIVED) !== before;
      const isGone = !arrived && !this.isWaiting();
      if (isGone && wasGone) {
        Atomics.store(shared, SIGNAL, SIGINT);
      }
      wasGone = isGone && !wasGone;
    };
    Atomics.store(shared, SIGNAL, SIGINT);
    const timer = setInterval(look, LOOK_MILLISECONDS);
    try {
      return await taken;
    } finally {
      clearInterval(timer);
      Atomics.store(shared, SIGNAL, 0);
    }
  }
}

/**
 * Python's end.
 *
 * @param {any} pyodide
 * @param {Uint8Array} shared
 */
export function listenToSignals(pyodide, shared) {
  const { FS } = pyodide;
  FS.createDevice("/dev", "signals", null, () => Atomics.add(shared, ARRIVED, 1));
  const { fd } = FS.open("/dev/signals", O_WRONLY_NONBLOCK);
  const signal = pyodide.pyimport("signal");
  signal.set_wakeup_fd.callKwargs(fd, { warn_on_full_buffer: false });
  signal.destroy();
  pyodide.setInterruptBuffer(shared);
}
