"""What opencv.js lacks, on NumPy and on other functions of opencv.js: a module a family.

A module is imported when one of its functions is first called. It defines each by native's name (without the
submodule), takes what :mod:`pyinfer.browser.cv2._substitute` describes, and returns native's results.
"""

from __future__ import annotations

__all__ = ["CLASSES", "KEPT", "MODULES", "READ_MATS", "REPLACED"]

_FAMILIES = {
    "key_points": "KeyPoint_convert KeyPoint_overlap",
    "windows": (
        "currentUIFramework destroyAllWindows destroyWindow getWindowImageRect getWindowProperty imshow "
        "moveWindow namedWindow pollKey resizeWindow setWindowProperty setWindowTitle startWindowThread "
        "waitKey waitKeyEx"
    ),
    "blobs": "dnn.blobFromImages dnn.getAvailableTargets dnn.imagesFromBlob",
    "disparity": "reprojectImageTo3D",
    "epipolar": (
        "computeCorrespondEpilines convertPointsFromHomogeneous convertPointsToHomogeneous correctMatches"
        " sampsonDistance triangulatePoints"
    ),
    "calibration": "calibrateCamera",
    "rectification": "getValidDisparityROI stereoRectify",
    "essential": "decomposeEssentialMat findEssentialMat recoverPose",
    "fundamental": "findFundamentalMat",
    "projection": "composeRT decomposeProjectionMatrix matMulDeriv",
    "fisheye": (
        "fisheye.distortPoints fisheye.estimateNewCameraMatrixForUndistortRectify fisheye.solvePnP"
        " fisheye.solvePnPRansac fisheye.stereoRectify fisheye.undistortImage fisheye.undistortPoints"
    ),
    "undistortion": "calibrationMatrixValues getOptimalNewCameraMatrix undistortImagePoints undistortPoints",
    "registration": "estimateAffine3D estimateAffinePartial2D estimateTranslation2D estimateTranslation3D",
    "nms": "dnn.NMSBoxes dnn.NMSBoxesBatched dnn.NMSBoxesRotated dnn.softNMSBoxes",
    "accumulation": "accumulate accumulateProduct accumulateSquare accumulateWeighted",
    "channels": "extractChannel insertChannel",
    "decompositions": "RQDecomp3x3 SVBackSubst SVDecomp",
    "distances": "batchDistance",
    "dumps": (
        "utils.copyMatAndDumpNamedArguments utils.dumpBool utils.dumpCString utils.dumpDouble "
        "utils.dumpFloat utils.dumpInputArray utils.dumpInputArrayOfArrays utils.dumpInputOutputArray "
        "utils.dumpInt64 utils.dumpSizeT utils.dumpVec2i "
        "utils.dumpInputOutputArrayOfArrays utils.dumpInt utils.dumpRange utils.dumpRect "
        "utils.dumpRotatedRect utils.dumpString utils.dumpTermCriteria utils.dumpVectorOfDouble "
        "utils.dumpVectorOfInt utils.dumpVectorOfRect utils.generateVectorOfInt utils.generateVectorOfMat "
        "utils.generateVectorOfRect utils.nested.ExportClassName_originalName "
        "utils.nested.OriginalClassName_originalName utils.nested.testEchoBooleanFunction "
        "utils.testOverloadResolution utils.testOverwriteNativeMethod utils.testRaiseGeneralException "
        "utils.testReservedKeywordConversion utils.testRotatedRect utils.testRotatedRectVector"
    ),
    "elements": (
        "PSNR borderInterpolate cartToPolar copyTo cubeRoot fastAtan2 finiteMask patchNaNs phase scaleAdd "
        "sumElems"
    ),
    "equations": "solveCubic solveLP",
    "integrals": "integral3",
    "layout": "broadcast completeSymm flipND randShuffle transposeND",
    "ordering": "findNonZero hasNonZero reduceArgMax reduceArgMin sort sortIdx",
    "ranges": "checkRange",
    "rectangles": "boxPoints rectangleIntersectionArea",
    "samples": (
        "samples.addSamplesDataSearchPath samples.addSamplesDataSearchSubDirectory samples.findFile "
        "samples.findFileOrKeep"
    ),
    "spectra": "dct idct idft mulSpectrums phaseCorrelate",
    "state": (
        "getCPUFeaturesLine getHardwareFeatureName ipp.getIppVersion ipp.setUseIPP ipp.setUseIPP_NotExact "
        "ipp.useIPP ipp.useIPP_NotExact ocl.finish ocl.haveAmdBlas ocl.haveAmdFft ocl.haveOpenCL "
        "ocl.setUseOpenCL ocl.useOpenCL utils.fs.getCacheDirectoryForDownloads utils.logging.getLogLevel "
        "utils.logging.setLogLevel"
    ),
    "statistics": (
        "Mahalanobis PCABackProject PCACompute PCACompute2 PCAProject calcCovarMatrix mulTransposed"
    ),
    "corners": "cornerEigenValsAndVecs cornerSubPix",
    "kernels": "filter2Dp getDerivKernels getGaborKernel getGaussianKernel",
    "lines": "clipLine",
    "denoising": (
        "fastNlMeansDenoising fastNlMeansDenoisingColored fastNlMeansDenoisingColoredMulti "
        "fastNlMeansDenoisingMulti"
    ),
    "npr": "detailEnhance edgePreservingFilter pencilSketch stylization",
    "cloning": "colorChange illuminationChange seamlessClone textureFlattening",
    "boards": "drawChessboardCorners",
    "components": "connectedComponentsWithAlgorithm connectedComponentsWithStatsWithAlgorithm",
    "planes": "cvtColorTwoPlane",
    "thresholds": "thresholdWithMask",
    "alignment": "computeECC phaseCorrelateIterative",
    "hough": "HoughLinesPointSet HoughLinesWithAccumulator",
    "pyramids": "buildOpticalFlowPyramid",
    "contrast": "decolor",
    "ellipses": "getClosestEllipsePoints",
    "segmentation": "pyrMeanShiftFiltering",
    "features": "goodFeaturesToTrack goodFeaturesToTrackWithQuality",
    "text": "getTextSize",
    "flow_files": "readOpticalFlow writeOpticalFlow",
    "depths": "depthTo3d depthTo3dSparse rescaleDepth",
    "first_cameras": "initCameraMatrix2D",
    "uncalibrated": "stereoRectifyUncalibrated",
    "inverse_maps": "initInverseRectificationMap",
    "jacobians": "projectPointsSepJ",
    "blob_parameters": "dnn.blobFromImageWithParams dnn.blobFromImagesWithParams",
    "homographies": "decomposeHomographyMat filterHomographyDecompByVisibleRefpoints",
    "speckles": "filterSpeckles validateDisparity",
    "poses": "solveP3P solvePnPGeneric solvePnPRefineVVS",
}

#: Function -> the module here that has it.
MODULES = {name: family for family, names in _FAMILIES.items() for name in names.split()}

#: What opencv.js has, but wrong or in part: the function here is taken all the same.
REPLACED: frozenset[str] = frozenset({"boxPoints", "cartToPolar"})

#: What our own build has, and the functions here are taken all the same, since their results and errors
#: are native's: libc++ sorts what is equal otherwise than libstdc++; native's SIMD and its libraries round
#: otherwise, or take what C++ refuses.
KEPT = frozenset(
    {
        *("sort", "sortIdx", "dnn.softNMSBoxes"),
        *("colorChange", "illuminationChange", "seamlessClone", "textureFlattening"),
        *("dct", "idct", "fastAtan2", "phase", "getGaborKernel", "reprojectImageTo3D", "cornerSubPix"),
        *("accumulate", "accumulateProduct", "accumulateSquare", "accumulateWeighted"),
        *("computeCorrespondEpilines", "convertPointsFromHomogeneous", "convertPointsToHomogeneous"),
        *("estimateAffinePartial2D", "estimateTranslation2D", "estimateTranslation3D", "solvePnPGeneric"),
        *("filterSpeckles", "mulTransposed", "transposeND", "undistortPoints"),
        *("dnn.blobFromImageWithParams", "dnn.blobFromImagesWithParams"),
        *("dnn.Image2BlobParams", "KalmanFilter"),  # its arrays are natively the filter's own
    }
)

#: Families that ask each array where its channels are, so that it may be a cv2.Mat.
READ_MATS = frozenset({"dumps"})

#: Class -> the module here that has it.
CLASSES = {
    "KalmanFilter": "kalman",
    "Subdiv2D": "subdivision",
    "dnn.Image2BlobParams": "blob_parameters",
}
