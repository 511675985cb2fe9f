"""`pyinfer verify`: what is called the same, what close, and what different; and where the runs happen."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pyinfer.errors import RunError
from pyinfer.host import cli
from pyinfer.host.verify import native_start, workspace
from pyinfer.host.verify.arrays import compare_arrays
from pyinfer.host.verify.files import compare_files
from pyinfer.host.verify.finding import Comparison, Finding, Pictures, Tolerance, Verdict
from pyinfer.host.verify.native import run_natively
from pyinfer.host.verify.page import render_page
from pyinfer.host.verify.pictures import difference_image
from pyinfer.host.verify.report import Report, render_text
from pyinfer.host.verify.side import Ended, Script, SideError
from pyinfer.host.verify.text import compare_texts
from pyinfer.host.verify.variables import Variables, compare_variables
from pyinfer.host.verify.workspace import make_workspace

SAME, CLOSE, DIFFERS = Verdict
EXACT = Tolerance()
