"""Rebuild the project's own networks, and compare their scores with the committed ones.

Run on the host: ``python site/models/train_all.py``; it needs ``pip install 'pyinfer-web[models]'``, OpenCV
and scikit-learn, and takes about ten minutes. ``--commit`` writes the scores to ``scores.json``;
``--samples FOLDER`` trains nothing and writes held-out pictures, for calibration and `pyinfer model verify`.

The same processor gives the same files. Others round otherwise, and what differs grows while a network
learns, so scores are compared up to a tolerance.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

import heart_pictures  # noqa: E402
import objects_score  # noqa: E402
import train_digits  # noqa: E402
import train_heart  # noqa: E402
import train_objects  # noqa: E402

COMMITTED = HERE / "scores.json"
NETWORKS = {"digits": train_digits.main, "heart": train_heart.main, "objects": train_objects.main}

SAMPLES = {"heart": heart_pictures.write_samples, "objects": objects_score.write_samples}
TOLERANCE = 0.03

#: Of twelve slices a single one may lie on an edge.
REFERENCE_TOLERANCE = 0.1


def is_missed(name: str, found: float, committed: float) -> bool:
    """Whether a score is another than the committed one."""
    return abs(found - committed) > (REFERENCE_TOLERANCE if "reference_" in name else TOLERANCE)


def main() -> int:
    """Train one network after the other; 1 if one has not its committed scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("networks", nargs="*", choices=[[], *NETWORKS], help="all by default")
    parser.add_argument("--commit", action="store_true", help="write the scores to scores.json")
    parser.add_argument("--samples", metavar="FOLDER", type=Path, help="write held-out pictures, and no more")
    wanted = parser.parse_args()
    if wanted.samples:
        for network, write_samples in SAMPLES.items():
            if not wanted.networks or network in wanted.networks:
                write_samples(wanted.samples / network)
        return 0
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    missed = 0
    for network in wanted.networks or NETWORKS:
        start = time.perf_counter()
        found = NETWORKS[network](HERE)
        print(f"{network}, {time.perf_counter() - start:.0f} s:")
        if wanted.commit:
            committed[network] = found
        for name, value in found.items():
            expected = committed[network][name]
            is_wrong = is_missed(name, value, expected)
            missed += is_wrong
            print(f"  {name:<24} {value:.4f}  committed {expected:.4f}{'  MISSED' if is_wrong else ''}")
    if wanted.commit:
        COMMITTED.write_text(json.dumps(committed, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
