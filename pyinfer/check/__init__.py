"""What of a program a browser can run, by reading it: the part of `pyinfer check` that needs no desk.

It is the same on a developer's machine (``pyinfer.host.check`` is its command line, and knows the package
index) and in a page (:mod:`pyinfer.check.page`).
"""
