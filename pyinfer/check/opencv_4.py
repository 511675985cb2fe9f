"""Names that programs written for OpenCV 4 use, and OpenCV 5's main modules don't have: where they are now.

Found by asking opencv-contrib-python 4.14 and both packages of version 5 what they have.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

__all__ = ["DROPPED", "dropped"]

_CONTRIB = "in OpenCV 5 only opencv-contrib-python has it, and no browser has that"
_GONE = "OpenCV 5 does not have it any more"
_DETECTORS = "a network for the same objects in onnxruntime"

#: Reason, nearest alternative, and patterns of names below ``cv2``. The first that fits counts.
DROPPED: tuple[tuple[str, str, str], ...] = (
    (
        _CONTRIB,
        _DETECTORS,
        "CascadeClassifier* BaseCascadeClassifier* CASCADE_* HOGDescriptor* HOGDESCRIPTOR_* groupRectangles "
        "face.* face_* text.* text_* dpm.* dpm_* linemod.* linemod_* saliency.* saliency_*",
    ),
    (_CONTRIB, "scikit-learn, which Pyodide carries", "ml ml.* ml_*"),
    (
        _GONE,
        "convert the network to ONNX and open it with onnxruntime.InferenceSession",
        "dnn.readNetFromCaffe dnn.readNetFromDarknet dnn.readNetFromTorch dnn.shrinkCaffeModel "
        "dnn.readTorchBlob",
    ),
    (_GONE, "onnxruntime.InferenceSession", "dnn.DNN_* dnn.Net.* dnn_Net.* TrackerGOTURN*"),
    (
        "OpenCV 5 moved it to the xfeatures2d module of opencv-contrib-python, which no browser has",
        "cv2.ORB with cv2.BFMatcher",
        "AKAZE* KAZE* BRISK* Agast* AGAST_* BOW* xfeatures2d xfeatures2d.* xfeatures2d_*",
    ),
    (
        "only opencv-contrib-python has it; OpenCV itself has the class ArucoDetector since 4.7",
        "cv2.aruco.ArucoDetector(dictionary, parameters).detectMarkers(image)",
        "aruco.detectMarkers aruco.refineDetectedMarkers",
    ),
    (
        "only opencv-contrib-python has it",
        "cv2.solvePnP on the marker's corners, which are known",
        "aruco.estimatePose* aruco.getBoardObjectAndImagePoints aruco.EstimateParameters* "
        "aruco_EstimateParameters aruco.ARUCO_C*",
    ),
    (
        "only opencv-contrib-python has it",
        "cv2.aruco.CharucoDetector",
        "aruco.interpolateCornersCharuco aruco.detectCharucoDiamond aruco.drawCharucoDiamond "
        "aruco.testCharucoCornersCollinear aruco.calibrateCamera* aruco.drawPlanarBoard",
    ),
    (
        "OpenCV 4.7 renamed it",
        "cv2.aruco.getPredefinedDictionary, DetectorParameters() and CharucoBoard((x, y), ...)",
        "aruco.Dictionary_get aruco.DetectorParameters_create aruco.CharucoBoard_create "
        "aruco.GridBoard_create aruco.Board_create aruco.drawMarker aruco.custom_dictionary*",
    ),
    (
        _CONTRIB,
        "cv2.TrackerMIL",
        "TrackerCSRT* TrackerKCF* TRACKER_KCF_* legacy legacy.* legacy_* Tracker*_create",
    ),
    (
        "opencv-contrib-python has it below cv2.legacy, and no browser has that",
        "cv2.TrackerMIL",
        "MultiTracker*",
    ),
    (_CONTRIB, "cv2.createBackgroundSubtractorMOG2", "bgsegm bgsegm.* bgsegm_*"),
    (_GONE, "cv2.warpPolar, without and with cv2.WARP_POLAR_LOG", "linearPolar logPolar"),
    (_GONE, "numpy.ndarray.astype(numpy.float16)", "convertFp16"),
    (_GONE, "cv2.SOLVEPNP_EPNP, which these two meant for long", "SOLVEPNP_DLS SOLVEPNP_UPNP"),
    (
        _GONE,
        "",
        "calibrateHandEye calibrateRobotWorldHandEye rectify3Collinear undistortPointsIter CALIB_NINTRINSIC",
    ),
    (_GONE, "the constants of the same name below cv2", "fisheye.CALIB_*"),
    (_GONE, "cv2.VideoCapture's other back ends natively; a page has none", "CAP_*"),
    (_GONE, "", "haveOpenVX useOpenVX setUseOpenVX"),
    (
        _CONTRIB,
        "the functions that the graph would call",
        "gapi gapi.* gapi_* gin G[A-Z]* MediaF* MEDIA_F* RMat_* RMAT_* empty_*_desc "
        "detail.ArgKind_* detail.ARG_KIND_* detail.OpaqueKind_* detail.OPAQUE_KIND_* detail.strip",
    ),
    (
        "OpenCV 3 renamed it",
        "cv2.ORB_create, or `create` of another class",
        "FeatureDetector_create DescriptorExtractor_create",
    ),
    ("no page can use CUDA", "the function of the same name below cv2, on NumPy arrays", "cuda.*"),
    ("it was the extension module of older wheels", "import cv2", "cv2"),
    (
        "OpenCV 3 dropped it, with the interface of version 1",
        "the function of the same name below cv2",
        "cv cv.* CV_*",
    ),
    (
        _CONTRIB,
        "",
        "ximgproc ximgproc.* ximgproc_* xphoto xphoto.* xphoto_* optflow optflow.* optflow_* "
        "bioinspired* dnn_superres* wechat_qrcode* img_hash* quality quality.* quality_* rgbd* "
        "structured_light* phase_unwrapping* plot plot.* plot_* line_descriptor* omnidir* multicalib* "
        "stereo stereo.* stereo_* superres* videostab* tracking.* reg reg.* reg_* rapid* hfs* fuzzy* "
        "ft ft.* motempl* intensity_transform* datasets* kinfu* large_kinfu* dynafu* colored_kinfu* "
        "ppf_match_3d* signal signal.* face text dpm linemod saliency "
        "*ShapeTransformer* *CostExtractor* *DistanceExtractor* createAffineTransformer AffineTransformer "
        "ccm.* mcc.CCheckerDraw* mcc_* mcc.DetectorParameters* cuda.SURF* detail.*Tracker* detail.TRACKER_* "
        "detail.CV_FEATURE_* detail.C[vV]*eature* cuda_SURF_CUDA",
    ),
)


def dropped(name: str) -> tuple[str, str] | None:
    """Reason and alternative of a name below ``cv2``; None if no OpenCV had it that programs are written for.

    It is only asked of names that OpenCV 5 does not have.
    """
    for reason, alternative, patterns in DROPPED:
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return reason, alternative
    return None
