"""Clock, version and threads."""

from __future__ import annotations

import time

import cv2
import numpy as np

from tests.parity.images import photo


def test_version(parity):
    parity(
        [
            cv2.getVersionString(),
            cv2.getVersionMajor(),
            cv2.getVersionMinor(),
            cv2.getVersionRevision(),
        ]
    )


def test_default_hint(parity):
    parity(cv2.getDefaultAlgorithmHint())
    assert cv2.getDefaultAlgorithmHint() == cv2.ALGO_HINT_ACCURATE


def test_ticks_measure_seconds(parity):
    parity(cv2.getTickFrequency())
    began = cv2.getTickCount()
    time.sleep(0.05)
    assert 0.04 < (cv2.getTickCount() - began) / cv2.getTickFrequency() < 30
    assert isinstance(cv2.getCPUTickCount(), int)


def test_tick_meter(parity):
    meter = cv2.TickMeter()
    meter.stop()
    parity([meter.getCounter(), meter.getFPS(), meter.getAvgTimeSec(), meter.getTimeTicks()])
    for _ in range(2):
        meter.start()
        time.sleep(0.02)
        meter.stop()
    meter.stop()
    assert meter.getCounter() == 2
    assert meter.getTimeTicks() >= meter.getLastTimeTicks() > 0
    # Multiplied as OpenCV does it: dividing back would not always give the same float.
    assert (meter.getTimeMilli(), meter.getTimeMicro()) == (
        meter.getTimeSec() * 1e3,
        meter.getTimeMilli() * 1e3,
    )
    assert (meter.getLastTimeMilli(), meter.getLastTimeMicro()) == (
        meter.getLastTimeSec() * 1e3,
        meter.getLastTimeMilli() * 1e3,
    )
    assert abs(meter.getAvgTimeMilli() * meter.getFPS() - 1000) < 1e-6
    meter.reset()
    assert (meter.getCounter(), meter.getTimeSec()) == (0, 0.0)


def test_switches_are_taken(parity):
    optimized, threads = cv2.useOptimized(), cv2.getNumThreads()
    cv2.setUseOptimized(False)
    switched = cv2.useOptimized()
    cv2.setUseOptimized(optimized)
    cv2.setNumThreads(1)
    single = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    parity([optimized, switched, single])
    assert isinstance(cv2.getThreadNum(), int)  # outside of a parallel region native gives any number
    assert cv2.getNumberOfCPUs() >= 1
    assert isinstance(cv2.checkHardwareSupport(1), bool)


def test_work_is_done_whatever_threads_are_asked_for(parity):
    threads = cv2.getNumThreads()
    large = np.tile(photo(), (20, 20, 1))
    sums = []
    try:
        for count in (0, 1, 2, 64, -1):
            cv2.setNumThreads(count)
            sums.append([cv2.boxFilter(large, -1, (5, 5)).mean(axis=(0, 1)), cv2.getNumThreads() >= 1])
    finally:
        cv2.setNumThreads(threads)
    parity(sums)


def test_build_information():
    # The rest is of the machine that built it.
    lines = cv2.getBuildInformation().splitlines()
    assert lines[1].startswith(f"General configuration for OpenCV {cv2.getVersionString()} ==")
    assert any(line.startswith("  OpenCV modules:") for line in lines)
