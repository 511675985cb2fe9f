"""Image files: a module a format and direction, and what they share; _image_io.py is what users call."""
