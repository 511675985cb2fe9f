"""Every error that pyinfer itself raises.

The shims raise the errors of the libraries they mirror (``cv2.error``, onnxruntime's
``InvalidArgument``, ...); those live beside the shims. This tree is for what those libraries
have no word for::

    Exception
    ├── PyinferError                  base of everything below
    │   ├── ManifestError             an app manifest or pins file does not say what it must
    │   ├── SetupError                a part could not be brought to this machine
    │   │   ├── DownloadError         no source had the file, or the connection failed
    │   │   └── HashMismatchError     a file arrived, but with other bytes than were pinned
    │   ├── BuildError                a bundle could not be built
    │   ├── RequirementError          nothing that runs in a browser meets what a program requires
    │   ├── ServeError                a server could not start (port in use, no such folder)
    │   ├── DeploymentError           `pyinfer doctor` found no deployment, or its server does not answer
    │   ├── RunError                  `pyinfer run` could not run the script (not the script's own errors)
    │   ├── StartError                `pyinfer.start` could not bring the engines into a running Python
    │   ├── ModelError                `pyinfer model` can't make, read or compare a model
    │   ├── EngineError               an engine failed in a way its own library has no type for
    │   ├── ModelStoreError           a model could not be fetched, verified or kept
    │   │   ├── ModelDownloadError    the server did not deliver it
    │   │   └── ModelHashError        the bytes are not the pinned ones; they were discarded
    │   └── ConversionError           a value has no counterpart on the other side of the page boundary
    └── NotImplementedError
        └── UnsupportedInBrowser      a shim's "cannot be done here": function, reason, alternative
"""

from __future__ import annotations

__all__ = [
    "BuildError",
    "ConversionError",
    "DeploymentError",
    "DownloadError",
    "EngineError",
    "HashMismatchError",
    "ManifestError",
    "ModelDownloadError",
    "ModelError",
    "ModelHashError",
    "ModelStoreError",
    "PyinferError",
    "RequirementError",
    "RunError",
    "ServeError",
    "SetupError",
    "StartError",
    "UnsupportedInBrowser",
]


class PyinferError(Exception):
    """Base of the errors that pyinfer raises on its own behalf."""


class ManifestError(PyinferError, ValueError):
    """An app manifest or pins file does not say what it must."""


class SetupError(PyinferError):
    """A part could not be brought to this machine."""


class DownloadError(SetupError, OSError):
    """No source had the file, or the connection failed."""


class HashMismatchError(SetupError):
    """A file arrived with other bytes than were pinned. The file has been discarded.

    Parameters
    ----------
    name : str
        What was fetched, and where from.
    expected, actual : str
        Hexadecimal SHA-256 digests.
    """

    def __init__(self, name: str, expected: str, actual: str) -> None:
        super().__init__(f"{name}: expected sha256 {expected}, got {actual}; the file was discarded")
        self.name = name
        self.expected = expected
        self.actual = actual


class BuildError(PyinferError):
    """A bundle could not be built."""


class RequirementError(PyinferError):
    """Nothing that runs in a browser meets a requirement, or requirements contradict each other."""


class ServeError(PyinferError):
    """A server could not start."""


class DeploymentError(PyinferError):
    """There is no deployment at an address, or its server does not answer."""


class RunError(PyinferError):
    """``pyinfer run`` could not run the script (not an error of the script's own)."""


class StartError(PyinferError):
    """``pyinfer.start`` could not bring the engines into a Python that runs already."""


class ModelError(PyinferError):
    """A model could not be converted, quantised, read or compared; no file was written."""


class EngineError(PyinferError, RuntimeError):
    """An engine failed in a way its own library has no type for."""


class ModelStoreError(PyinferError, OSError):
    """A model could not be fetched, verified or kept."""


class ModelDownloadError(ModelStoreError):
    """The server did not deliver a model."""


class ModelHashError(ModelStoreError):
    """The bytes of a model are not the pinned ones; they were discarded."""


class ConversionError(PyinferError, TypeError):
    """A value has no counterpart on the other side of the page boundary."""


class UnsupportedInBrowser(NotImplementedError):
    """What a shim cannot do in a browser; never raised for what merely went wrong.

    Parameters
    ----------
    function : str
        The name as the user wrote it, e.g. ``"cv2.VideoCapture"``.
    reason : str
        Why no browser can do it, in one clause.
    alternative : str, optional
        The nearest thing that works.
    """

    def __init__(self, function: str, reason: str, alternative: str | None = None) -> None:
        message = f"{function} is not available in a browser: {reason}"
        if alternative:
            message += f". Instead: {alternative}"
        super().__init__(message)
        self.function = function
        self.reason = reason
        self.alternative = alternative
