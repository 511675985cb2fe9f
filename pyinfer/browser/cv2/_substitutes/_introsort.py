"""The order in which std::sort of GNU's C++ library, which native is built with, leaves equal elements.

That library sorts by quicksort as long as a stretch has more than 16 elements, with the median of three as
the pivot, then finishes with an insertion sort, which is stable. So only the partitions need to be followed;
here all stretches of all rows are partitioned at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._arrays import Array

__all__ = ["argsort_rows"]

Indices = npt.NDArray[np.intp]

#: Up to so many elements only the insertion sort is at work.
_SHORT = 16


def argsort_rows(rows: Array) -> Indices:
    """The order of the elements of each row, equal ones as std::sort has them."""
    order = np.argsort(rows, axis=1, kind="stable")
    if rows.shape[1] <= _SHORT:
        return order
    ordered = np.take_along_axis(rows, order, 1)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(1)
    if tied.any():
        order[tied] = _partitioned_order(rows[tied])
    return order


def _partitioned_order(rows: Array) -> Indices:
    """As std::sort orders them: partitions, then a stable sort of what they left."""
    count, length = rows.shape
    values = rows.ravel().copy()
    places = np.tile(np.arange(length), count)
    first = np.arange(count) * length
    last = first + length
    for _ in range(2 * (length.bit_length() - 1)):
        if not len(first):
            break
        cut = _partition(values, places, first, last)
        first, last = np.concatenate([first, cut]), np.concatenate([cut, last])
        long = last - first > _SHORT
        first, last = first[long], last[long]
    for start, end in zip(first.tolist(), last.tolist(), strict=True):
        _heap_sort(values, places, start, end)
    rest = np.argsort(values.reshape(count, length), axis=1, kind="stable")
    return np.take_along_axis(places.reshape(count, length), rest, 1)


def _partition(values: Array, places: Indices, first: Indices, last: Indices) -> Indices:
    """Partition every stretch in place; where each is cut."""
    _median_to_first(values, places, first, last)
    pivots = values[first]
    begin = first + 1
    lengths = last - begin
    starts = np.cumsum(lengths) - lengths
    stretch = np.repeat(np.arange(len(first)), lengths)
    index = np.arange(len(stretch)) - starts[stretch] + begin[stretch]
    against = values[index], pivots[stretch]
    # From the left the search stops at what is not less than the pivot, from the right at what is not more:
    # the n-th stop from the left is swapped with the n-th from the right while the two have not met.
    left = np.flatnonzero(~(against[0] < against[1]))
    right = np.flatnonzero(~(against[0] > against[1]))
    left_counts = np.bincount(stretch[left], minlength=len(first))
    right_counts = np.bincount(stretch[right], minlength=len(first))
    left_starts = np.cumsum(left_counts) - left_counts
    right_ends = np.cumsum(right_counts)
    pairs = np.minimum(left_counts, right_counts)
    pair = np.repeat(np.arange(len(first)), pairs)
    rank = np.arange(len(pair)) - (np.cumsum(pairs) - pairs)[pair]
    from_left = index[left[left_starts[pair] + rank]]
    from_right = index[right[right_ends[pair] - 1 - rank]]
    apart = from_left < from_right
    swapped = np.bincount(pair[apart], minlength=len(first))
    one, other = from_left[apart], from_right[apart]
    for array in (values, places):
        array[one], array[other] = array[other], array[one]
    # The search from the left ends at its next stop, or where the last swap put what is not less.
    cut = last.copy()
    more = swapped < left_counts
    cut[more] = index[left[(left_starts + swapped)[more]]]
    some = swapped > 0
    met = index[right[(right_ends - swapped)[some]]]
    cut[some] = np.minimum(cut[some], met)
    return cut


def _median_to_first(values: Array, places: Indices, first: Indices, last: Indices) -> None:
    """Swap the median of the second, the middle and the last element with the first one."""
    candidates = np.stack([first + 1, first + (last - first) // 2, last - 1])
    a, b, c = values[candidates]
    median = np.where(
        a < b,
        np.where(b < c, 1, np.where(a < c, 2, 0)),
        np.where(a < c, 0, np.where(b < c, 2, 1)),
    )
    chosen = np.take_along_axis(candidates, median[None], 0)[0]
    for array in (values, places):
        array[first], array[chosen] = array[chosen], array[first]


def _heap_sort(values: Array, places: Indices, start: int, end: int) -> None:
    """What std::sort falls back to for a stretch that many partitions did not shorten."""
    keys = values[start:end].tolist()
    moved = places[start:end].tolist()

    def sift(hole: int, size: int, key: float, place: int) -> None:
        """Move the hole down to a leaf, then the element up from there."""
        top = hole
        child = hole
        while child < (size - 1) // 2:
            child = 2 * (child + 1)
            if keys[child] < keys[child - 1]:
                child -= 1
            keys[hole], moved[hole] = keys[child], moved[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * child + 1
            keys[hole], moved[hole] = keys[child], moved[child]
            hole = child
        parent = (hole - 1) // 2
        while hole > top and keys[parent] < key:
            keys[hole], moved[hole] = keys[parent], moved[parent]
            hole = parent
            parent = (hole - 1) // 2
        keys[hole], moved[hole] = key, place

    size = end - start
    for parent in range((size - 2) // 2, -1, -1):
        sift(parent, size, keys[parent], moved[parent])
    for remaining in range(size - 1, 0, -1):
        key, place = keys[remaining], moved[remaining]
        keys[remaining], moved[remaining] = keys[0], moved[0]
        sift(0, remaining, key, place)
    values[start:end] = keys
    places[start:end] = moved
