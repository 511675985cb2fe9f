"""ONNX's own node tests: natively, through the onnxruntime shim, and through onnxruntime-web's JavaScript."""
