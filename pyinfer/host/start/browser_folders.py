"""Where Python's files lie in the browser, as Pyodide puts them."""

from __future__ import annotations

from pyinfer.host.lock_file import BROWSER_ENVIRONMENT

__all__ = ["PREFIX", "SHARED_LIBRARIES", "SITE_PACKAGES", "STANDARD_ARCHIVE", "STANDARD_LIBRARY"]

_VERSION = BROWSER_ENVIRONMENT["python_version"]

#: ``sys.prefix``.
PREFIX = "/"
#: Where a folder of the standard library would be.
STANDARD_LIBRARY = f"/lib/python{_VERSION}"
#: What Python imports the standard library from, without unpacking it.
STANDARD_ARCHIVE = f"/lib/python{_VERSION.replace('.', '')}.zip"
SITE_PACKAGES = f"{STANDARD_LIBRARY}/site-packages"
#: Where extension modules look for the libraries that they are linked with.
SHARED_LIBRARIES = "/usr/lib"
