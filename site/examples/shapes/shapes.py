"""Counts the bright shapes in a picture. On the desktop: python shapes.py picture.png"""

import sys

import cv2


def find(path):
    image = cv2.imread(path)
    if image is None:
        sys.exit("This is no picture that OpenCV can read.")
    contours = outlines(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    cv2.drawContours(image, contours, -1, (0, 0, 255), 2)
    sides = ("left", "top", "width", "height")
    boxes = [dict(zip(sides, cv2.boundingRect(contour), strict=True)) for contour in contours]
    return {"shapes": len(contours), "boxes": boxes, "picture": image}


def count(pixels):
    """How many there are in an array (height, width, 4), as a page gives it."""
    return len(outlines(cv2.cvtColor(pixels, cv2.COLOR_RGBA2GRAY)))


def outlines(grey):
    _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]


if __name__ == "__main__":
    print(find(sys.argv[1])["shapes"])
