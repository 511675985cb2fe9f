"""Networks in OpenCV's own engine."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

DATA = Path("tests/data")
INPUT = noise(1, 1, 64, 64, dtype=np.float32)


def network(name="network_64"):
    return cv2.dnn.readNetFromONNX(str(DATA / f"{name}.onnx"))


def run(net, *inputs):
    for value in inputs:
        if isinstance(value, tuple):
            net.setInput(*value)
        else:
            net.setInput(value)
    return net.forward()


def pair(net):
    net.setInput(np.array([3, 5], np.float32), "first")
    net.setInput(np.array([1, 9], np.float32), "second")
    return net


def relu():
    values = np.linspace(-2, 2, 24, dtype=np.float32)
    blob = values.reshape(1, 4, 2, 3)
    return [
        run(cv2.dnn.readNetFromTensorflow(str(DATA / "relu.pb")), values.reshape(1, 2, 3, 4)),
        run(cv2.dnn.readNetFromTensorflow(np.fromfile(DATA / "relu.pb", np.uint8)), blob),
        run(cv2.dnn.readNetFromTFLite(str(DATA / "relu.tflite")), blob),
        run(cv2.dnn.readNetFromTFLite(np.fromfile(DATA / "relu.tflite", np.uint8)), blob),
    ]


def finder(**changes):
    return cv2.FaceDetectorYN.create(str(DATA / "faces.onnx"), "", (96, 64), **changes)


def bright():
    image = np.zeros((64, 96, 3), np.uint8)
    image[20:44, 30:60] = 240
    return image


def told(found):
    return [found.getInputSize(), found.getScoreThreshold(), found.getNMSThreshold(), found.getTopK()]


def reset():
    found = cv2.FaceDetectorYN_create(str(DATA / "faces.onnx"), "", (96, 64))
    found.setInputSize((96, 50))
    found.setScoreThreshold(0.25)
    found.setNMSThreshold(0.75)
    found.setTopK(3)
    return told(found), found.detect(np.ascontiguousarray(bright()[:50]))


CASES = {
    "relu": relu,
    "faces": lambda: finder().detect(bright()),
    "faces_none": lambda: finder().detect(np.zeros((64, 96, 3), np.uint8)),
    "faces_many": lambda: finder(score_threshold=0.1, nms_threshold=0.9, top_k=40).detect(bright()),
    "faces_bytes": lambda: cv2.FaceDetectorYN.create(
        "onnx", np.fromfile(DATA / "faces.onnx", np.uint8), np.empty(0, np.uint8), (96, 64)
    ).detect(bright()),
    "faces_settings": lambda: told(finder(top_k=7, score_threshold=0.5)),
    "faces_set": reset,
    "network": lambda: run(network(), INPUT),
    "network_twice": lambda: [run(net := network(), INPUT), run(net, INPUT[..., ::-1].copy())],
    "network_batch": lambda: run(network(), noise(3, 1, 64, 64, dtype=np.float32)),
    "network_named": lambda: run(network(), (INPUT, "input", 1.0, (0, 0, 0))),
    "network_blob": lambda: run(network(), cv2.dnn.blobFromImage(noise(90, 70), 1 / 255, (64, 64))),
    "network_path": lambda: run(cv2.dnn.readNet(DATA / "network_64.onnx"), INPUT),
    "network_bytes": lambda: run(
        cv2.dnn.readNetFromONNX(np.frombuffer((DATA / "network_64.onnx").read_bytes(), np.uint8)), INPUT
    ),
    "network_framework": lambda: run(
        cv2.dnn.readNet("onnx", np.fromfile(DATA / "network_64.onnx", np.uint8)), INPUT
    ),
    "names": lambda: network("two_in_two_out").getUnconnectedOutLayersNames(),
    "outputs": lambda: pair(network("two_in_two_out")).forward(("difference", "whole")),
    "outputs_list": lambda: pair(network("two_in_two_out")).forward(["whole", "difference"]),
    "output": lambda: pair(network("two_in_two_out")).forward("whole"),
    "add": lambda: run(
        network("add_fixed"), (np.ones((2, 3), np.float32), "a"), (np.eye(2, 3, dtype=np.float32), "b")
    ),
    "target": lambda: network().setPreferableTarget(cv2.dnn.DNN_TARGET_CPU),
    "empty": lambda: network().empty(),
    "backend": lambda: network().setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV),
    "kinds": lambda: [
        cv2.dnn_Net is cv2.dnn.Net,
        type(network()) is cv2.dnn.Net,
        repr(network()).rpartition(" ")[0],
        cv2.dnn.Net.__module__,
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_dnn(case, parity):
    parity(CASES[case]())


ERRORS = {
    "nowhere": lambda: cv2.dnn.readNetFromONNX("nowhere.onnx"),
    "nowhere_net": lambda: cv2.dnn.readNet("nowhere.onnx"),
    "nowhere_format": lambda: cv2.dnn.readNet("nowhere.foo"),
    "nowhere_tflite": lambda: cv2.dnn.readNetFromTFLite("nowhere.tflite"),
    "nowhere_tensorflow": lambda: cv2.dnn.readNetFromTensorflow("nowhere.pb"),
    "nowhere_faces": lambda: cv2.FaceDetectorYN.create("nowhere.onnx", "", (100, 100)),
    "no_network": lambda: cv2.dnn.readNetFromONNX(np.zeros(4, np.uint8)),
    "no_network_file": lambda: cv2.dnn.readNetFromONNX("tests/parity/images.py"),
    "no_path": lambda: cv2.dnn.readNetFromONNX(3),
    "no_shape": lambda: network("identity_float32"),
    "faces_type": lambda: cv2.FaceDetectorYN_create(1, "", (2, 3)),
    "input_scaled": lambda: network().setInput(INPUT, "input", 0.5),
    "input_missing": lambda: network().setInput(),
    "input_name": lambda: network().setInput(INPUT, "nothing"),
    "output_name": lambda: run_output("nothing"),
    "forward_type": lambda: network().forward(3),
    "target_type": lambda: network().setPreferableTarget("a"),
    "target_missing": lambda: network().setPreferableTarget(),
    "backend_type": lambda: network().setPreferableBackend("a"),
}


def run_output(name):
    net = network()
    net.setInput(INPUT)
    return net.forward(name)


@pytest.mark.parametrize("case", ERRORS)
def test_dnn_errors(case, parity):
    parity.raised(ERRORS[case])
