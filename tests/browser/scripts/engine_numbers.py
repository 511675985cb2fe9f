"""A little of everything that a script computes, for the same numbers on a desktop and in every browser."""

import base64
import hashlib

import cv2
import numpy as np
import onnxruntime as ort


def picture():
    """An image with edges and gradients, BGR, 48 by 64."""
    rows, columns = np.mgrid[:48, :64]
    image = np.stack([rows * 5, columns * 4, (rows * columns) % 256], axis=2).astype(np.uint8)
    image[10:30, 20:44] = (30, 200, 250)
    return image


def images():
    """Functions that take and give images."""
    image = picture()
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    turn = cv2.getRotationMatrix2D((32, 24), 30, 0.8)
    level, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ok, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return [
        grey.tolist(),
        cv2.resize(image, (20, 15), interpolation=cv2.INTER_AREA).tolist(),
        cv2.GaussianBlur(image, (5, 5), 1.5).tolist(),
        cv2.warpAffine(image, turn, (64, 48)).tolist(),
        cv2.Canny(grey, 50, 150).tolist(),
        cv2.dft(grey[:8, :8].astype(np.float32)).tolist(),
        [level, binary.tolist()],
        [ok, hashlib.sha256(jpeg.tobytes()).hexdigest(), cv2.imdecode(jpeg, cv2.IMREAD_COLOR).tolist()],
    ]


def drawing():
    """Functions that draw into the image they are given."""
    image = picture()
    returned = cv2.rectangle(image, (3, 4), (40, 30), (255, 0, 0), 2)
    cv2.circle(image, (30, 20), 11, (0, 255, 0), -1)
    cv2.line(image, (0, 0), (63, 47), (0, 0, 255), 1, cv2.LINE_AA)
    cv2.putText(image, "pyinfer", (2, 44), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255))
    return [returned is image, image.tolist()]


def contours():
    """Functions that give lists, structures and several results."""
    canvas = np.zeros((48, 64), np.uint8)
    canvas[5:20, 5:25] = canvas[10:15, 30:60] = 255
    canvas[8:12, 10:15] = 0
    found, hierarchy = cv2.findContours(canvas, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    return [
        [points.tolist() for points in found],
        hierarchy.tolist(),
        [[cv2.contourArea(points), cv2.boundingRect(points), cv2.minAreaRect(points)] for points in found],
        cv2.minMaxLoc(canvas),
    ]


def failures():
    """What calls raise, hundreds of times, and that the next call is right."""
    image = picture()
    calls = [
        lambda: cv2.cvtColor(image[:, :, 0].copy(), cv2.COLOR_BGR2GRAY),
        lambda: cv2.resize(image, (0, 0)),
        lambda: cv2.GaussianBlur(image, (4, 4), 0),
        lambda: cv2.GaussianBlur(image, "five", 0),
        lambda: cv2.imread("nowhere.png", "grey"),
    ]
    raised = []
    for _ in range(60):
        for call in calls:
            try:
                call()
            except cv2.error as error:
                # Behind the path, and before the function, which each compiler spells its own way.
                words = str(error).splitlines()[0].split("error: ")[-1].split(" in function")[0]
                raised.append([type(error).__name__, error.code, error.err, words])
    return [raised[: len(calls)], len(raised), int(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).sum())]


def inference(models):
    """Sessions, all of whose calls return as any function does."""
    session = ort.InferenceSession(models["network_64"])
    x = (np.arange(64 * 64, dtype=np.float32) % 256).reshape(1, 1, 64, 64)
    (out,) = session.run(None, {"input": x})
    refusals = []
    for feed in ({"input": x[0]}, {"input": x.astype(np.float64)}, {"inputs": x}):
        try:
            session.run(None, feed)
        except Exception as error:
            refusals.append([type(error).__name__, str(error)])
    identical = []
    for dtype, values in {"int64": [2**60, -1], "float16": [0.5, 65504], "bool": [True, False]}.items():
        array = np.array(values, dtype)
        (same,) = ort.InferenceSession(models[f"identity_{dtype}"]).run(None, {"x": array})
        identical.append([same.dtype.name, (same == array).tolist()])
    text = np.array(["ä", "", "many words"], object)
    (same,) = ort.InferenceSession(models["identity_string"]).run(None, {"x": text})
    large = np.arange(12_000_000, dtype=np.float32)  # the engine's heap grows
    (copy,) = ort.InferenceSession(models["identity_float32"]).run(None, {"x": large})
    after = session.run(None, {"input": x})[0]
    return [
        [node.name for node in session.get_inputs()],
        out.ravel()[::37].tolist(),
        refusals,
        identical,
        same.tolist(),
        bool((copy == large).all()),
        bool((after == out).all()),
    ]


def numbers(models):
    """All of the above; ``models`` are base64, by name."""
    decoded = {name: base64.b64decode(text) for name, text in models.items()}
    return {
        "images": images(),
        "drawing": drawing(),
        "contours": contours(),
        "failures": failures(),
        "inference": inference(decoded),
    }
