"""pyinfer: an unedited NumPy + cv2 + onnxruntime script, running in a web page.

Imports on bare CPython and in Pyodide alike, and imports nothing but the standard library.
"""

__version__ = "0.1.0"
