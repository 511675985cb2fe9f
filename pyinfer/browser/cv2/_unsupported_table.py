"""Why a browser's OpenCV lacks what it lacks, and what comes nearest, family by family."""

from __future__ import annotations

__all__ = ["REASONS"]

_FRAMES = (
    "the page's JavaScript takes the frames (getUserMedia, or a <video> drawn on a canvas) and hands each "
    'to Python: `pyodide.call("module:function", imageData)`'
)
_SESSION = "onnxruntime.InferenceSession on the same network in ONNX format"
_FEATURES = "cv2.ORB with cv2.BFMatcher"
_OWN_FORMAT = "json or numpy.savez"
_CALIBRATE_ONCE = (
    "calibrate once on a desktop and load the matrices from a file: undistort, initUndistortRectifyMap, "
    "remap, projectPoints and solvePnP work here"
)

#: Reason, nearest alternative or None, and patterns of the names below ``cv2``. The first that fits counts.
REASONS: tuple[tuple[str, str | None, str], ...] = (
    (
        "cameras and videos belong to the page's JavaScript",
        _FRAMES,
        "VideoCapture* IStreamReader videoio_registry.*",
    ),
    (
        "no video encoder can be reached from Python in a page",
        "cv2.imwriteanimation, or cv2.imwrite for each frame; in JavaScript, MediaRecorder on a canvas",
        "VideoWriter*",
    ),
    (
        "a page has its own sliders and buttons, which OpenCV can't make",
        '<input type="range">, whose value the page passes along with `pyodide.call`',
        "*Trackbar* createButton",
    ),
    (
        "what the mouse does belongs to the page's JavaScript",
        "pointer events of the canvas that shows the window, which the page passes along with `pyodide.call`",
        "setMouseCallback selectROI*",
    ),
    (
        "only windows made with Qt have it",
        "cv2.putText on the image before cv2.imshow",
        "addText displayOverlay displayStatusBar",
    ),
    (
        "no page can use CUDA",
        "the function of the same name below cv2, on NumPy arrays; for networks, onnxruntime",
        "cuda.*",
    ),
    ("no page has OpenCL", "NumPy arrays, for which every function works", "ocl.*"),
    (
        "networks are run by onnxruntime here",
        "convert the network to ONNX and open it with onnxruntime.InferenceSession",
        "dnn.readNetFromT* dnn.readNetFromModelOptimizer dnn.Net_readFromModelOptimizer",
    ),
    (
        "networks are run by onnxruntime here",
        "onnxruntime.InferenceSession(path), with cv2.dnn.blobFromImage before it",
        "dnn.readNet* dnn.Net dnn.writeTextGraph",
    ),
    (
        "networks are run by onnxruntime here",
        "onnxruntime.InferenceSession, with cv2.dnn.blobFromImage before it and cv2.dnn.NMSBoxes behind it",
        "dnn.*Model dnn.TextDetectionModel_*",
    ),
    (
        "networks are run by onnxruntime here, which has its own operators",
        "express the layer by ONNX operators, or split the network and compute the layer with NumPy",
        "dnn_*egisterLayer dnn.Layer dnn.DictValue",
    ),
    (
        "no page has OpenVINO or its devices",
        "onnxruntime.InferenceSession",
        "dnn.*InferenceEngine* dnn.releaseHDDLPlugin dnn.resetMyriadDevice",
    ),
    ("opencv.js is built without it", "numpy.load of the tensor saved as .npy", "dnn.readTensorFromONNX"),
    (
        "opencv.js is built without it",
        "a tokenizer in Python, with onnxruntime for the network",
        "dnn.Tokenizer*",
    ),
    (
        "networks are run by onnxruntime here",
        f"{_SESSION}; cv2.warpAffine aligns the face",
        "FaceRecognizerSF*",
    ),
    (
        "networks are run by onnxruntime here",
        f"{_SESSION}; cv2.dnn.blobFromImage and cv2.dnn.NMSBoxes work here",
        "FaceDetectorYN*",
    ),
    (
        "networks are run by onnxruntime here",
        f"cv2.TrackerMIL, or {_SESSION}",
        "TrackerDaSiamRPN* TrackerNano* TrackerVit*",
    ),
    (
        "networks are run by onnxruntime here",
        f"{_FEATURES}, or {_SESSION}",
        "ALIKED* DISK* LightGlueMatcher*",
    ),
    ("opencv.js is built without it", _FEATURES, "SIFT* AffineFeature* MSER* Feature2D SimpleBlobDetector*"),
    (
        "opencv.js is built without it",
        "cv2.ORB or cv2.goodFeaturesToTrack",
        "ORB* FastFeature* GFTTDetector*",
    ),
    (
        "opencv.js is built without approximate nearest neighbours",
        "cv2.BFMatcher; for points, scipy.spatial.cKDTree",
        "FlannBasedMatcher* flann.* ANNIndex* DescriptorMatcher* BFMatcher*",
    ),
    ("opencv.js is built without it", "cv2.circle at each keypoint's pt", "drawKeypoints"),
    (
        "opencv.js is built without it",
        "cv2.hconcat of both images, and cv2.line for each match",
        "drawMatches*",
    ),
    (
        "opencv.js is built without stitching",
        "cv2.ORB, cv2.BFMatcher, cv2.findHomography and cv2.warpPerspective",
        "Stitcher* detail.* PyRotationWarper WarperCreator",
    ),
    (
        "opencv.js is built without stereo vision",
        "a network for disparity or depth in onnxruntime",
        "Stereo*",
    ),
    (
        "opencv.js is built without point clouds and volumes",
        "NumPy, on the arrays of points themselves",
        "Octree* Odometry* Volume* RgbdNormals* findPlanes registerDepth warpFrame "
        "loadPointCloud savePointCloud loadMesh saveMesh triangleRasterize* TriangleRasterizeSettings",
    ),
    (
        "opencv.js is built without OpenCV's own file format",
        _OWN_FORMAT,
        "FileStorage FileNode",
    ),
    (
        "opencv.js is built without colour checkers",
        "numpy.linalg.lstsq on measured and wanted colours",
        "ccm.* mcc.* correctChromaticAberration loadChromaticAberrationParams",
    ),
    (
        "opencv.js is built without this part of calibration",
        _CALIBRATE_ONCE,
        "calibrat* registerCameras* fisheye.* stereo* "
        "CirclesGridFinderParameters *hessboard* findCirclesGrid find4QuadCornerSubpix",
    ),
    (
        "opencv.js is built without this part of pose and epipolar geometry",
        "cv2.findHomography, cv2.solvePnPRansac and cv2.estimateAffine2D; NumPy for the rest",
        "UsacParams",
    ),
    (
        "opencv.js is built without denoising",
        "cv2.bilateralFilter, cv2.medianBlur or cv2.GaussianBlur",
        "denoise_TVL1",
    ),
    (
        "opencv.js is built without it",
        "cv2.mean and cv2.LUT, exposure by exposure",
        "create*Debevec create*Robertson createMergeMertens createAlignMTB createTonemap* "
        "*Debevec *Robertson MergeMertens MergeExposures Align* CalibrateCRF Tonemap*",
    ),
    (
        "opencv.js is built without it",
        "cv2.calcOpticalFlowFarneback or cv2.calcOpticalFlowPyrLK",
        "*OpticalFlow* VariationalRefinement*",
    ),
    (
        "opencv.js is built without it",
        "cv2.absdiff with an average of the frames before, or cv2.createBackgroundSubtractorMOG2",
        "*BackgroundSubtractor*",
    ),
    (
        "opencv.js is built without it",
        "cv2.findTransformECC, one scale at a time",
        "findTransformECC* ECCParameters",
    ),
    (
        "opencv.js is built without it",
        "cv2.matchTemplate with turned and scaled templates",
        "*GeneralizedHough*",
    ),
    (
        "opencv.js is built without it",
        "cv2.HoughLinesP on the result of cv2.Canny",
        "*LineSegmentDetector HoughLines*",
    ),
    ("opencv.js is built without it", "cv2.HoughCircles", "HoughCircles*"),
    ("opencv.js is built without it", "cv2.equalizeHist", "createCLAHE CLAHE"),
    ("opencv.js is built without it", "the pure Python package segno", "QRCodeEncoder*"),
    (
        "opencv.js is built without it",
        "onnxruntime with a network that finds codes",
        "QRCode* GraphicalCodeDetector barcode.* aruco.*",
    ),
    ("opencv.js is built without it", "scipy.sparse.csgraph.minimum_spanning_tree", "buildMST MSTEdge"),
    ("opencv.js is built without it", "scipy.optimize.linprog", "EMD"),
    ("opencv.js is built without it", "numpy.linalg.eig", "eigenNonSymmetric"),
    ("opencv.js is built without it", "cv2.integral or cv2.integral2", "integral*"),
    ("opencv.js is built without it", "cv2.connectedComponents", "connectedComponents*"),
    (
        "opencv.js is built without it",
        "cv2.fitEllipse, cv2.minAreaRect, cv2.rotatedRectangleIntersection and cv2.approxPolyN",
        "minEnclosingConvexPolygon",
    ),
    (
        "opencv.js is built without it",
        "cv2.grabCut or cv2.watershed",
        "segmentation.*",
    ),
    (
        "opencv.js draws with Hershey fonts only",
        "cv2.putText without a FontFace, or PIL.ImageDraw with a font of your own",
        "FontFace",
    ),
    ("it only serves OpenCV's own tests", None, "utils.* AsyncArray"),
    (
        "it is a part of how the desktop package is loaded",
        "nothing need be called: cv2 is loaded",
        "bootstrap",
    ),
    (
        "opencv.js has one thread, and no backend to choose",
        "nothing need be switched: results do not depend on it",
        "parallel.*",
    ),
    ("opencv.js is built without it", "numpy.ndarray", "MatShape"),
    (
        "opencv.js has the classes that are derived from it, without this",
        "one of those classes, such as cv2.ORB",
        "Algorithm",
    ),
    (
        "opencv.js has the classes that are derived from it, without this",
        "the first of what update() returns: whether the object was found",
        "Tracker",
    ),
)
