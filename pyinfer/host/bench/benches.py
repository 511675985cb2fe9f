"""The list of benches: a new one is a function that takes a `Machine` and yields measurements."""

from __future__ import annotations

from .heart import measure_heart
from .heart_series import measure_heart_series
from .image_files import measure_image_files
from .inference import measure_inference
from .measurement import Bench
from .memory import measure_memory
from .opencv import measure_pipelines, measure_resize, measure_small_call
from .opencv_engines import measure_opencv_engines
from .preprocessing import measure_preprocessing
from .start import measure_start

__all__ = ["BENCHES"]

BENCHES = {
    "resize": Bench("cv2.resize, the tutorials' recipe, and JavaScript", measure_resize),
    "small-call": Bench("what a call costs that has nothing to do", measure_small_call),
    "pipelines": Bench("what inference scripts are made of, and the same by hand", measure_pipelines),
    "opencv-engines": Bench("forty functions in each build of OpenCV", measure_opencv_engines),
    "image-files": Bench("image files by opencv.js and by Python's codecs", measure_image_files),
    "inference": Bench("session.run in Python and in JavaScript", measure_inference),
    "preprocessing": Bench("a picture's preprocessing in NumPy and in the network", measure_preprocessing),
    "heart": Bench("a network beside native onnxruntime, where its folder is there", measure_heart),
    "heart-series": Bench("a CT series from pixels to the heart, and the same by hand", measure_heart_series),
    "start": Bench("from an empty profile to the first inference, beside PyScript", measure_start),
    "memory": Bench("what a large model takes of memory, and how fast it is read", measure_memory),
}
