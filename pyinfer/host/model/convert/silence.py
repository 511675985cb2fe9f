"""Keeps PyTorch's exporter from telling what no user can make anything of."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator

from pyinfer.host.verbosity import is_traceback_wanted

__all__ = ["silence"]


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing is printed, logged or warned of, unless ``--traceback`` is given."""
    if is_traceback_wanted():
        yield
        return
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield
    finally:
        logging.disable(before)
