"""Finds the heart in CT slices: an ordinary desktop script, which knows nothing of browsers.

python heart_ct.py FOLDER      a folder with model.onnx and slices/img_<N>.png
"""

import re
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

SIDE = 64
SMALLEST_AREA = 200


def locate(session, image):
    """Largest area of the network's answer, and its bounding rectangle if that is a heart."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    (answer,) = session.run(None, {session.get_inputs()[0].name: small[None, None]})
    _, mask = cv2.threshold(answer[0, 0], 0, 255, cv2.THRESH_BINARY)
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return 0, None
    largest = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(largest)
    return area, cv2.boundingRect(largest) if area >= SMALLEST_AREA else None


def main():
    folder = Path(sys.argv[1])
    session = ort.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    slices = {int(re.search(r"\d+", path.name)[0]): path for path in (folder / "slices").glob("img_*.png")}
    print("| slice | largest area | rectangle |")
    print("|---|---|---|")
    for number in sorted(slices):
        area, rectangle = locate(session, cv2.imread(str(slices[number])))
        print(f"| {number} | {area} | {' '.join(map(str, rectangle)) if rectangle else 'none'} |")


if __name__ == "__main__":
    main()
