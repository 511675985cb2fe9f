// The order in which GNU's C++ library, which native OpenCV is built with, leaves what std::nth_element and
// std::partition move: an order that C++ does not fix.

/**
 * @typedef {object} Scored
 * @property {number} response
 */

export function createSelection() {
  /** @type {any[]} */
  let items = [];

  /** @param {number} i @param {number} j */
  const isBefore = (i, j) => items[i].response > items[j].response;

  /** @param {number} i @param {number} j */
  function swap(i, j) {
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }

  /** @param {number} a @param {number} b @param {number} c */
  function medianOf(a, b, c) {
    if (isBefore(a, b)) {
      if (isBefore(b, c)) {
        return b;
      }
      return isBefore(a, c) ? c : a;
    }
    if (isBefore(a, c)) {
      return a;
    }
    return isBefore(b, c) ? c : b;
  }

  /** @param {number} first @param {number} last @returns {number} where the parts meet */
  function divide(first, last) {
    swap(first, medianOf(first + 1, first + Math.floor((last - first) / 2), last - 1));
    let [left, right] = [first + 1, last];
    for (;;) {
      while (isBefore(left, first)) {
        left += 1;
      }
      right -= 1;
      while (isBefore(first, right)) {
        right -= 1;
      }
      if (left >= right) {
        return left;
      }
      swap(left, right);
      left += 1;
    }
  }

  /** @param {number} first @param {number} last */
  function insertionSort(first, last) {
    for (let i = first + 1; i < last; i += 1) {
      const item = items[i];
      let at = i;
      while (at > first && item.response > items[at - 1].response) {
        items[at] = items[at - 1];
        at -= 1;
      }
      items[at] = item;
    }
  }

  /**
   * Moves `item` into the hole of a heap whose top is the least good.
   *
   * @param {number} first
   * @param {number} hole
   * @param {number} size
   * @param {any} item
   */
  function adjustHeap(first, hole, size, item) {
    const top = hole;
    let child = hole;
    while (child < Math.floor((size - 1) / 2)) {
      child = 2 * (child + 1);
      if (isBefore(first + child, first + child - 1)) {
        child -= 1;
      }
      items[first + hole] = items[first + child];
      hole = child;
    }
    if (size % 2 === 0 && child === (size - 2) / 2) {
      child = 2 * child + 1;
      items[first + hole] = items[first + child];
      hole = child;
    }
    let parent = Math.floor((hole - 1) / 2);
    while (hole > top && items[first + parent].response > item.response) {
      items[first + hole] = items[first + parent];
      hole = parent;
      parent = Math.floor((hole - 1) / 2);
    }
    items[first + hole] = item;
  }

  /** @param {number} first @param {number} middle @param {number} last */
  function heapSelect(first, middle, last) {
    const size = middle - first;
    for (let parent = Math.floor((size - 2) / 2); size > 1 && parent >= 0; parent -= 1) {
      adjustHeap(first, parent, size, items[first + parent]);
    }
    for (let i = middle; i < last; i += 1) {
      if (isBefore(i, first)) {
        const item = items[i];
        items[i] = items[first];
        adjustHeap(first, 0, size, item);
      }
    }
  }

  /** @param {number} nth */
  function selectNth(nth) {
    let [first, last] = [0, items.length];
    let depth = 2 * Math.floor(Math.log2(last));
    while (last - first > 3) {
      if (depth === 0) {
        heapSelect(first, nth + 1, last);
        swap(first, nth);
        return;
      }
      depth -= 1;
      const cut = divide(first, last);
      if (cut <= nth) {
        first = cut;
      } else {
        last = cut;
      }
    }
    insertionSort(first, last);
  }

  /** @param {number} first @param {number} least @returns {number} where those begin that are worse */
  function partition(first, least) {
    let last = items.length;
    for (;;) {
      while (first < last && items[first].response >= least) {
        first += 1;
      }
      if (first === last) {
        return first;
      }
      last -= 1;
      while (first < last && items[last].response < least) {
        last -= 1;
      }
      if (first === last) {
        return first;
      }
      swap(first, last);
      first += 1;
    }
  }

  return {
    /**
     * The best, and those that are as good as the last of them: KeyPointsFilter::retainBest.
     *
     * @template {Scored} T
     * @param {T[]} scored
     * @param {number} count
     * @returns {T[]}
     */
    retainBest(scored, count) {
      if (count < 0 || scored.length <= count) {
        return scored;
      }
      if (count === 0) {
        return [];
      }
      items = [...scored];
      selectNth(count - 1);
      const end = partition(count, items[count - 1].response);
      return items.slice(0, end);
    },
  };
}
