"""Another name of :mod:`.onnxruntime_pybind11_state`, as in native onnxruntime."""

from .onnxruntime_pybind11_state import *  # noqa: F403
from .onnxruntime_pybind11_state import __all__ as __all__
