"""Switches and reports of parts that a build may have."""

from __future__ import annotations

from pathlib import Path

import cv2


def test_log_level(parity):
    logging = cv2.utils.logging
    start = logging.getLogLevel()
    parity(
        [
            start,
            logging.setLogLevel(logging.LOG_LEVEL_ERROR),
            logging.getLogLevel(),
            logging.setLogLevel(start),
        ]
    )


def test_log_level_errors(parity):
    parity.raised(lambda: cv2.utils.logging.setLogLevel("high"))


def test_opencl(parity):
    ocl = cv2.ocl
    parity([ocl.haveOpenCL(), ocl.useOpenCL(), ocl.setUseOpenCL(False), ocl.haveAmdFft(), ocl.finish()])
    assert not ocl.haveAmdBlas()


def test_opencl_errors(parity):
    parity.raised(lambda: cv2.ocl.setUseOpenCL("no"))


def test_no_cuda(parity):
    parity(cv2.cuda.getCudaEnabledDeviceCount())


def test_ipp_can_be_switched_off(parity):
    used = cv2.ipp.useIPP()
    parity([cv2.ipp.setUseIPP(False), cv2.ipp.useIPP(), cv2.ipp.useIPP_NotExact()])
    cv2.ipp.setUseIPP(used)
    cv2.ipp.setUseIPP_NotExact(False)
    assert isinstance(cv2.ipp.getIppVersion(), str)


def test_hardware(parity):
    parity([cv2.getHardwareFeatureName(feature) for feature in range(-1, 520)])
    assert isinstance(cv2.getCPUFeaturesLine(), str)


def test_hardware_errors(parity):
    parity.raised(lambda: cv2.getHardwareFeatureName(1.0))


def test_cache():
    assert Path(cv2.utils.fs.getCacheDirectoryForDownloads()).is_dir()
    assert cv2.utils.fs.getCacheDirectoryForDownloads().endswith("/opencv/5.x/downloads/")
