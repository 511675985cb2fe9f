import cv2
import numpy as np

image = np.zeros((160, 320, 3), np.uint8)
cv2.circle(image, (60, 80), 40, (0, 215, 255), cv2.FILLED)
cv2.rectangle(image, (120, 40), (200, 120), (0, 215, 255), cv2.FILLED)
cv2.ellipse(image, (260, 80), (40, 20), 30, 0, 360, (0, 215, 255), cv2.FILLED)
cv2.imshow("shapes", image)
