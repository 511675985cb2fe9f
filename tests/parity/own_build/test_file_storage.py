"""OpenCV's own files: what calibrations and detectors are kept in."""

from __future__ import annotations

import gc
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

CAMERA = np.array([[800.5, 0, 320], [0, 810.25, 240], [0, 0, 1]])
DISTORTION = np.array([[0.1, -0.2, 0.001, 0, 0.05]])
KINDS = ("None", "Seq", "Map", "Int", "Real", "String", "Named")


def filled(fs):
    fs.write("camera", CAMERA)
    fs.write("distortion", DISTORTION)
    fs.write("count", 7)
    fs.write("large", 2**40)
    fs.write("flag", True)
    fs.write("error", 0.125)
    fs.write("name", "left: 'one' & <two>")
    fs.write("files", ["a.png", "b.png"])
    fs.write("image", noise(3, 4, 3))
    fs.writeComment("a remark")
    fs.startWriteStruct("inner", cv2.FileNode_MAP)
    fs.write("x", 1)
    fs.write("y", -2.5)
    fs.endWriteStruct()
    fs.startWriteStruct("list", cv2.FileNode_SEQ + cv2.FileNode_FLOW)
    for value in (3, 1, 2):
        fs.write("", value)
    fs.endWriteStruct()


def written(name, *flags):
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_WRITE, *flags)
    filled(fs)
    fs.release()
    text = Path(name).read_bytes()
    return text.decode() if not name.endswith(".gz") else len(text) > 100


def described(node):
    kinds = [
        getattr(node, f"is{kind}")() for kind in ("None", "Seq", "Map", "Int", "Real", "String", "Named")
    ]
    return [node.name(), node.type(), node.empty(), node.size(), kinds]


def read(name):
    written(name)
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    root = fs.root()
    names = root.keys()
    inner, items = fs.getNode("inner"), fs.getNode("list")
    return [
        fs.isOpened(),
        fs.getFormat(),
        names,
        fs.getFirstTopLevelNode().name(),
        [described(root.getNode(key)) for key in names],
        fs.getNode("camera").mat(),
        fs.getNode("image").mat(),
        fs.getNode("count").real(),
        fs.getNode("error").real(),
        fs.getNode("name").string(),
        [fs.getNode("files").at(i).string() for i in range(2)],
        [inner.getNode("x").real(), inner.getNode("y").real(), inner.keys(), inner.rawSize()],
        [items.at(i).real() for i in range(items.size())],
        [fs.getNode("missing").empty(), fs.getNode("missing").mat(), fs.getNode("name").real()],
    ]


def in_memory(name):
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_WRITE | cv2.FILE_STORAGE_MEMORY)
    filled(fs)
    return fs.releaseAndGetString()


def read_from_memory(text):
    fs = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    camera = fs.getNode("camera")
    return camera.mat(), fs.getNode("count").real()


def appended(name):
    written(name)
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_APPEND)
    fs.write("more", 5)
    fs.release()
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    return fs.getNode("more").real(), Path(name).read_text()


def forgotten(name):
    """The end of the file is written with the last reference to it."""
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_WRITE)
    fs.write("a", 1)
    del fs
    gc.collect()
    return Path(name).read_text()


def opened_again(name):
    fs = cv2.FileStorage()
    states = [fs.isOpened(), fs.open(name, cv2.FILE_STORAGE_WRITE)]
    fs.write("a", 1)
    states.append(fs.open("other.json", cv2.FILE_STORAGE_WRITE))
    fs.write("b", 2)
    fs.release()
    return [*states, fs.isOpened(), Path(name).read_text(), Path("other.json").read_text()]


def node_of_a_forgotten_node(name):
    written(name)
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    node = fs.getNode("inner").getNode("y")
    gc.collect()
    return node.name()


def path_of_an_object(name):
    fs = cv2.FileStorage(filename=Path(name), flags=cv2.FileStorage_WRITE)
    fs.write(name="a", val=np.eye(2, dtype=np.float32))
    fs.release()
    return Path(name).read_text()


def of_a_detector(name):
    """A detector's settings, there and back."""
    orb = cv2.ORB_create(321, 1.5, 4)
    orb.write(name)
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    other = cv2.ORB_create()
    other.read(fs.root())
    return Path(name).read_text(), other.getMaxFeatures(), other.getScaleFactor(), other.getNLevels()


def of_a_dictionary(name):
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_WRITE)
    dictionary.writeDictionary(fs)
    fs.release()
    other = cv2.aruco.Dictionary()
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    read_one = other.readDictionary(fs.root())
    return read_one, other.bytesList, other.markerSize, Path(name).read_text()


def of_parameters(name):
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshConstant = 9.5
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_WRITE)
    parameters.writeDetectorParameters(fs, "detector")
    fs.release()
    other = cv2.aruco.DetectorParameters()
    fs = cv2.FileStorage(name, cv2.FILE_STORAGE_READ)
    return other.readDetectorParameters(fs.getNode("detector")), other.adaptiveThreshConstant


CASES = {
    "written_yml": lambda: written("a.yml"),
    "written_xml": lambda: written("a.xml"),
    "written_json": lambda: written("a.json"),
    "written_gz": lambda: written("a.yml.gz"),
    "read_yml": lambda: read("a.yml"),
    "read_xml": lambda: read("a.xml"),
    "read_json": lambda: read("a.json"),
    "read_gz": lambda: read("a.yml.gz"),
    "in_memory_yml": lambda: in_memory(".yml"),
    "in_memory_json": lambda: in_memory(".json"),
    "read_from_memory": lambda: read_from_memory(in_memory(".yml")),
    "appended": lambda: appended("a.yml"),
    "forgotten": lambda: forgotten("a.yml"),
    "opened_again": lambda: opened_again("a.yml"),
    "node_of_a_forgotten_node": lambda: node_of_a_forgotten_node("a.yml"),
    "path_of_an_object": lambda: path_of_an_object("a.yml"),
    "of_a_detector": lambda: of_a_detector("a.yml"),
    "of_a_dictionary": lambda: of_a_dictionary("a.yml"),
    "of_parameters": lambda: of_parameters("a.yml"),
    "not_there": lambda: cv2.FileStorage("missing.yml", cv2.FILE_STORAGE_READ).isOpened(),
    "no_such_folder": lambda: cv2.FileStorage("missing/a.yml", cv2.FILE_STORAGE_WRITE).isOpened(),
    "empty_node": lambda: (cv2.FileNode().empty(), cv2.FileNode().mat(), cv2.FileNode().size()),
}


def in_a_file(use):
    fs = cv2.FileStorage("a.yml", cv2.FILE_STORAGE_READ)
    return use(fs)


ERRORS = {
    "no_list": lambda: in_a_file(lambda fs: fs.getNode("count").at(0)),
    "no_such_item": lambda: in_a_file(lambda fs: fs.getNode("list").at(9)),
    "no_path": lambda: cv2.FileStorage(3, 0),
    "no_flags": lambda: cv2.FileStorage("a.yml"),
    "no_map": lambda: cv2.FileNode().keys(),
    "closed": lambda: cv2.FileStorage().write("a", 1),
    "broken": lambda: (Path("c.yml").write_text("%YAML 1.2\n---\n: : :\n"), cv2.FileStorage("c.yml", 0)),
}


@pytest.mark.parametrize("case", CASES)
def test_file_storage(case, parity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written("a.yml")
    parity.raised(ERRORS[case])
