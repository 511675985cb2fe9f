"""Writes models in the ORT format, as ``onnxruntime.tools.convert_onnx_models_to_ort`` does.

Run it from anywhere: ``python tests/data/make_ort_models.py``. Its output is committed, and running it
again changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort

HERE = Path(__file__).parent

if __name__ == "__main__":
    for name in ("add_symbolic", "default_scale"):
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_session_config_entry("session.save_model_format", "ORT")
        options.optimized_model_filepath = str(HERE / f"{name}.ort")
        ort.InferenceSession(HERE / f"{name}.onnx", options, providers=["CPUExecutionProvider"])
