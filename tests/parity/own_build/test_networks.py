"""What is done with a network around its run: models, layers, costs.

Natively the classes derived from Model write beyond their memory: they can't be compared.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

DATA = Path(__file__).parents[2] / "data"
NETWORK = str(DATA / "network_64.onnx")
RELU = str(DATA / "relu.pb")
GREY = photo(64, 64, 1)


def model(kind=cv2.dnn_Model, network=NETWORK):
    made = kind(network)
    made.setInputParams(1 / 255, (64, 64), 0.0, False, False)
    return made


def predicted():
    return model().predict(GREY)


def layers():
    network = cv2.dnn.readNetFromTensorflow(RELU)
    names = network.getLayerNames()
    layer = network.getLayer(network.getLayerId(names[0]))
    return [
        names,
        network.getLayerTypes(),
        [network.getLayersCount(kind) for kind in network.getLayerTypes()],
        (layer.name, layer.type, len(layer.blobs)),
        network.getLayer(names[0]).name,
        network.getUnconnectedOutLayers(),
        network.getUnconnectedOutLayersNames(),
    ]


def dumped():
    network = cv2.dnn.readNet(NETWORK)
    network.dumpToFile("network.dot")
    return Path("network.dot").stat().st_size > 0, len(network.dump()) > 0


def values():
    made = [cv2.dnn_DictValue(3), cv2.dnn_DictValue(0.5), cv2.dnn_DictValue("text")]
    return [
        [(each.isInt(), each.isReal(), each.isString()) for each in made],
        (made[0].getIntValue(), made[1].getRealValue(), made[2].getStringValue()),
    ]


CASES = {
    "predict": lambda: predicted(),
    "layers": lambda: layers(),
    "dumpToFile": lambda: dumped(),
    "DictValue": lambda: values(),
}
ERRORS = {
    "no_network": lambda: cv2.dnn_Model("missing.onnx"),
    "empty": lambda: cv2.dnn_Model(NETWORK).predict(np.zeros((0, 0), np.uint8)),
    "layer": lambda: cv2.dnn.readNetFromTensorflow(RELU).getLayer(99),
    "tokenizer": lambda: cv2.dnn.Tokenizer.load("missing.json"),
    "tracker": lambda: cv2.TrackerNano_create(),
    "recognizer": lambda: cv2.FaceRecognizerSF_create("missing.onnx", ""),
    "no_tensor": lambda: cv2.dnn.readTensorFromONNX("missing.pb"),
}


@pytest.mark.parametrize("case", CASES)
def test_networks(case, parity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
