"""The package's name and version."""

__all__ = ["package_name"]

package_name = "onnxruntime"
__version__ = "1.30.0"
