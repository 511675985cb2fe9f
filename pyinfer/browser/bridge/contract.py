"""Every JavaScript capability that Python may use; ``storage_contract`` has the model store's.

``js_bridge/python_module.js`` mirrors both modules name by name. Two classes implement it: the
Pyodide bridge (the real engines) and the fake one of the unit tests (native cv2 and onnxruntime
behind the same calls, so that marshalling is checked by numbers on plain CPython).

Values that cross are numbers, strings, None and :class:`~.codec.HeapView`; things that must be
given back cross as integer identifiers, which Python wraps in :class:`~.handles.JsHandle`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from .codec import HeapView
from .storage_contract import Storage

__all__ = [
    "Bridge",
    "ExecutionProviders",
    "JpegCodec",
    "OnnxRuntimeEngine",
    "OpenCVEngine",
    "PageBuffers",
    "Storage",
    "Windows",
]


class OpenCVEngine(Protocol):
    """opencv.js, as the cv2 shim uses it.

    An ndarray crosses as its ``id()``: its header and its elements are read, and written, where they lie
    in Python's heap, so it must live as long as the call. An object of one of its classes (a detector, a
    network) is known by an integer, from a call that returns it until :meth:`release`. Files, the working
    folder and the standard streams are Python's own.
    Methods do not raise: where the docstring says so they return None or False, and :meth:`failure` has
    the reason.
    """

    def functions(self) -> str:
        """The names of all functions this build has, separated by spaces."""

    def isLater(self, name: str) -> bool:
        """Whether a function, or what a class has, comes with the networks, and these are not there yet.

        See :meth:`Bridge.wait_for_networks`.
        """

    def members(self, name: str) -> str:
        """The methods, properties and static methods of a class, separated by spaces."""

    def prepare(self, element_types: str, probe: int) -> str:
        """Tell what element types there are, before the first call and when networks have come.

        Parameters
        ----------
        element_types : str
            JSON: ``depths`` (OpenCV's code by ``dtype.num``), ``channelShift``, ``channelsMax``.
        probe : int
            The id of an ndarray.

        Returns
        -------
        str
            What is read of the probe, as JSON: ``address``, ``number`` (``dtype.num``), ``shape``,
            ``strides``, ``contiguous``, ``writeable``.
        """

    def stage(self, *flat: object) -> None:
        """Take the first of the next call's flat arguments: JavaScript takes some ten thousand at once."""

    def call(self, name: str, layout: str, *flat: object) -> str | None:
        """Call a function, constructor or method, read or write a property; None on failure.

        Parameters
        ----------
        name : str
            As opencv.js has it, overload suffix included (``"norm1"``); ``"new ORB"``, ``"ORB#detect"``,
            ``"aruco_Dictionary.getByteListFromBits"`` (static), ``"get aruco_Dictionary#markerSize"``,
            ``"set aruco_Dictionary#markerSize"``: where a ``#`` stands, the object is the first argument.
        layout : str
            One letter for each C++ argument, telling how many of ``flat`` make it up. One id each: ``a``
            an array that is read, ``d`` the same, its last axis never the channels, ``w`` an array that
            is written to (of an image that is drawn into, only the part that can be touched is copied).
            Ids preceded by their count, 0 for an absent array: ``v`` arrays that are
            read, ``u`` the same, no last axis for channels, ``y`` arrays that are written to. ``k``
            numbers that stand for an array, preceded by their count; ``n`` ``b`` ``s`` ``e`` a number,
            boolean, string, enumeration value; ``z`` Size (2), ``p`` Point (2), ``g`` Range (2), ``t``
            TermCriteria (3), ``r`` Rect (4), ``c`` Scalar (4), ``R`` RotatedRect (5), ``M`` Moments (24),
            ``i`` numbers preceded by their count, ``S`` strings preceded by theirs; ``B`` bytes, the id
            of an array of them; ``O`` an object by its integer, ``A`` objects by theirs, preceded by their
            count; ``W`` lists of ids, preceded by their count, each by its own; ``P`` structures that are
            read: the class of the vector, the id of an array of their bytes, and counts preceded by their
            count (for a vector of vectors), ``U`` the same, written to; ``K`` a new vector of the class that
            is named.
            Without any of ``flat``: ``-`` an absent array, ``o`` a new Mat, ``V`` a new MatVector, ``I``
            ``F`` ``D`` ``Q`` new vectors of int, float, double,
            Point, ``x`` an object to be filled in.

        Returns
        -------
        str or None
            The returned value, if any, then all outputs in C++ order, separated by ``"\\x1f"``: a Mat as
            ``type,size,size...`` (nothing if it holds no data), a MatVector as ``count;Mat;Mat...``, ``=``
            for arrays that were given and have been written to, structures as a Mat of bytes, before it and
            a ``;`` the counts for a vector of vectors, an object as its integer, several as theirs, separated
            by commas, strings as JSON, all else as
            numbers separated by commas.
        """

    def fetch(self, *arrays: int) -> bool:
        """Copy Mats of the last call's report, those with data, each to an array of its form: once.

        As many as there are arrays; the others are for the next fetch.

        Returns
        -------
        bool
            False on failure. In any case those Mats are freed.
        """

    def release(self, *objects: int) -> None:
        """Free objects."""

    def failure(self) -> str:
        """Why the last failure came about: JSON with ``kind`` and ``msg``.

        ``kind`` is ``"opencv"`` for a ``cv::Exception`` (then there is ``code`` too; of our own build also
        ``err``, ``func``, ``file`` and ``line``), ``"std"`` for another C++ exception (``msg`` is what it
        says; of npm's build, its mangled type), ``"array"`` for an array that OpenCV does not take or that
        can't be copied as it is, else a JavaScript error's name.
        """

    def heapEnd(self) -> int:
        """How far the engine's heap is in use, in bytes: it grows by what is left behind."""

    def liveCount(self) -> int:
        """How many Mats have not been fetched, and objects not been released."""


class OnnxRuntimeEngine(Protocol):
    """onnxruntime-web's WebAssembly module, as the onnxruntime shim uses it.

    Sizes are in bytes, element types are ONNX's numbers.
    A call that fails raises an exception with ``name == "OnnxRuntimeError"`` whose ``message`` is
    JSON: ``{"code": <OrtErrorCode>, "message": ...}``.
    """

    def allocate(self, size: int) -> int:
        """Room in the engine's heap; a buffer."""

    def bufferView(self, buffer: int, start: int, size: int) -> HeapView:
        """A piece of a buffer."""

    def releaseBuffer(self, buffer: int) -> None: ...

    def externalDataView(self, name: str, size: int) -> HeapView:
        """The bytes of a file of weights beside the next session's model."""

    def externalDataFile(self, name: str, path: str) -> None:
        """The file at ``path``, read where it lies, as one of weights beside the next session's model."""

    def releaseExternalData(self) -> None:
        """Forget every file of weights."""

    def createSession(self, buffer: int, options: str) -> int:
        """A session of the model in ``buffer``, which may be released afterwards.

        ``options`` is JSON: graphOptimizationLevel, enableCpuMemArena, enableMemPattern,
        executionMode, logId, logSeverityLevel, logVerbosityLevel, config (strings by key),
        freeDimensions (sizes by name), numThreads (0: no wish), enableProfiling, executionProviders (each
        ``[the engine's name, options]``, the CPU left out). The first session fixes the threads.
        """

    def describeSession(self, session: int) -> str:
        """JSON: ``inputs`` and ``outputs``, each a list of ``[name, element type, shape]``.

        A dimension is a size, a name or null; element type 0 is something other than a tensor.
        """

    def releaseSession(self, session: int) -> None: ...

    def endProfiling(self, session: int) -> str:
        """The profile of a session that was created with ``enableProfiling``, which it ends.

        Native's name for the file without its prefix, a line break, and what stands in the file.
        """

    def threadCount(self) -> int:
        """Threads that every session computes with; 0 until the first session."""

    def openRun(self, session: int, signature: str) -> int:
        """Room for the inputs of a run.

        ``signature`` is JSON: ``inputs``, each ``[name, element type, shape, size]``, and the names of
        the ``outputs``. The engine remembers signatures by their text.
        """

    def inputView(self, run: int, index: int) -> HeapView:
        """The bytes of an input."""

    def setInputStrings(self, run: int, index: int, strings: str) -> None:
        """The elements of an input of strings, as a JSON list in C order."""

    def execute(self, run: int, options: str) -> str:
        """Run the model; element type and shape of each output: ``"1:1,1,64,64;7:3"``.

        ``options`` is empty or JSON: logId, logSeverityLevel, logVerbosityLevel, terminate, config.
        Element type 0 is something other than a tensor.
        """

    def outputView(self, run: int, index: int, size: int) -> HeapView:
        """The bytes of an output."""

    def outputStrings(self, run: int, index: int) -> str:
        """The elements of an output of strings, as a JSON list in C order."""

    def closeRun(self, run: int) -> None:
        """Give back inputs and outputs."""

    def createValue(self, elementType: int, shape: str, size: int) -> int:
        """A tensor of ``size`` bytes in the engine's heap, to be filled; ``shape`` is a JSON list."""

    def createStringValue(self, shape: str, strings: str) -> int:
        """A tensor of strings, both as JSON lists."""

    def sliceValue(self, value: int, elementType: int, shape: str, size: int) -> int:
        """A tensor that shows the first ``size`` bytes of one that :meth:`createValue` made."""

    def valueView(self, value: int, size: int) -> HeapView:
        """The bytes of a value."""

    def valueStrings(self, value: int) -> str:
        """The elements of a value of strings, as a JSON list in C order."""

    def valueAddress(self, value: int) -> int:
        """Where the bytes of a value begin in the engine's heap."""

    def runValues(self, session: int, request: str, options: str) -> str:
        """Run the model on values; value, element type and shape of each output: ``"7=1:1,64;8=7:3"``.

        ``request`` is JSON: ``inputs`` and ``outputs``, each a list of ``[name, value]``. An output's
        value is written into; 0 asks for a new one. ``options`` as for :meth:`execute`.
        """

    def releaseValue(self, value: int) -> None: ...

    def memorySize(self) -> int:
        """The size of the engine's memory in bytes, which never shrinks."""

    def heapEnd(self) -> int:
        """How far the engine's heap is in use, in bytes: it grows by what is left behind."""

    def liveCount(self) -> int:
        """How many buffers, sessions, runs, values and files of weights have not been released."""


class ExecutionProviders(Protocol):
    """What onnxruntime-web computes with besides the CPU, and the engine that knows how.

    That engine is a build of its own, with a heap of its own: a value of one engine is not known to the
    other. It answers when the device does, so Python waits, which takes a browser with promise
    integration (JSPI) and an asynchronous call from the page.
    """

    def available(self) -> str:
        """The providers that the browser has and Python can wait for now, separated by spaces."""

    def engine(self) -> OnnxRuntimeEngine:
        """The engine, downloaded the first time; every call that takes time on a device waits.

        Raises
        ------
        Exception
            It could not be downloaded or started.
        """


class JpegCodec(Protocol):
    """libjpeg-turbo, as the cv2 shim's image reading uses it.

    Pillow decodes JPEG with other arithmetic: up to 34 grey levels away from native OpenCV.
    """

    def stage(self, size: int) -> HeapView:
        """Room for a compressed image of ``size`` bytes."""

    def decode(self) -> str | None:
        """Decode the staged image: ``"width,height,components,broken"``, or None if nothing could be.

        A broken image (``broken`` is 1) has its rows up to the break, and grey below.
        """

    def pixels(self) -> HeapView:
        """The decoded image, rows from the top, RGB or grey; good until the next call."""

    def release(self) -> None:
        """Free the staged and the decoded image."""

    def liveCount(self) -> int:
        """How many images have not been released."""


class PageBuffers(Protocol):
    """The byte buffers of the values that are crossing between the page and Python."""

    def incoming(self, call: int, index: int) -> HeapView:
        """Bytes of one argument of a call."""

    def outgoing(self, call: int, size: int) -> HeapView:
        """A new buffer of ``size`` bytes that a call's result takes along."""

    def liveCount(self) -> int:
        """How many calls are under way."""


class Windows(Protocol):
    """What OpenCV calls windows: canvases of the page, and listeners to its ``imshow`` event."""

    def displays(self, name: str) -> bool:
        """Whether the page shows the window of that name, as it said before its last call."""

    def stage(self, name: str, width: int, height: int) -> HeapView:
        """Room for a window's image: RGBA, rows from the top."""

    def show(self) -> None:
        """Show the staged image. Of several that come faster than a screen's the last is shown."""

    def change(self, change: str) -> None:
        """Change a window.

        ``change`` is JSON: ``name`` (null: all windows), and ``size`` (``width`` and ``height`` in CSS
        pixels), ``title`` or ``closed``.
        """

    def hearsKeys(self) -> bool:
        """Whether keys come while Python has the thread: in an isolated page's worker."""

    def nextKey(self, milliseconds: float) -> int:
        """The next key that was pressed, or -1.

        Waits for it, at most so long (a negative number: for ever); on the main thread not at all.
        """


class Bridge(Protocol):
    """The door to JavaScript.

    The first use of :attr:`opencv`, :attr:`onnxruntime`, :attr:`execution_providers` or :attr:`jpeg` waits
    until the engine is loaded, and raises :class:`~pyinfer.errors.EngineError` where Python can't wait for
    it, or it can't be loaded.
    """

    @property
    def opencv(self) -> OpenCVEngine: ...

    @property
    def onnxruntime(self) -> OnnxRuntimeEngine: ...

    @property
    def execution_providers(self) -> ExecutionProviders: ...

    @property
    def jpeg(self) -> JpegCodec: ...

    @property
    def storage(self) -> Storage: ...

    @property
    def page(self) -> PageBuffers: ...

    @property
    def windows(self) -> Windows: ...

    def wait_for_networks(self) -> None:
        """Wait for the part of :attr:`opencv` that has its neural networks: our own build's comes by itself.

        Raises
        ------
        EngineError
            As for the engines.
        """

    def renew_onnxruntime(self) -> None:
        """Wait for the engine that takes the place of :attr:`onnxruntime`, if that has stopped.

        Does nothing where Python can't wait.
        """

    def sleep(self, seconds: float) -> None:
        """Block the worker's thread, except for KeyboardInterrupt."""

    def stop_waiting(self, task: asyncio.Task[Any]) -> None:
        """End a task's wait for an engine, if it waits for one, by KeyboardInterrupt."""

    async def imports_done(self) -> None:
        """Wait until no import waits for an engine: a module that it has not ended can't be imported."""

    async def evaluate(self, source: str, namespace: dict[str, Any], filename: str) -> object:
        """Run source with top-level ``await``; the value of its last expression."""

    async def load_engine(self, name: str) -> None:
        """Load ``"opencv"``, ``"networks"``, ``"onnxruntime"`` or ``"jpeg"``, if that is not loaded yet.

        Raises
        ------
        EngineError
            It could not be downloaded or started.
        """

    def fetch_now(self, url: str) -> bytes:
        """What a server answers, without the event loop: for imports.

        Raises
        ------
        OSError
            It does not answer, or not with the file.
        """

    async def load_package(self, name: str) -> None:
        """Load a package of the bundle's lock file, silently.

        Raises
        ------
        OSError
            It can't be fetched, or is not what the lock file says.
        """
