"""Our patches of OpenCV's sources: without them the build is half as fast, and rounds wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.opencv.patches import PATCHES, apply_patches, has_patches

PATCH = """\
--- a/opencv/sum.cpp
+++ b/opencv/sum.cpp
@@ -1,3 +1,3 @@
 int sum(int a, int b)
-{ return a - b; }
+{ return a + b; }

"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "opencv").mkdir(parents=True)
    (folder / "opencv" / "sum.cpp").write_text("int sum(int a, int b)\n{ return a - b; }\n\n")
    return folder


@pytest.fixture
def patches(tmp_path: Path) -> Path:
    folder = tmp_path / "patches"
    folder.mkdir()
    (folder / "sum.patch").write_text(PATCH)
    return folder


def test_sources_are_changed_once(sources: Path, patches: Path) -> None:
    assert not has_patches(sources, patches)
    apply_patches(sources, patches)
    assert "a + b" in (sources / "opencv" / "sum.cpp").read_text()
    assert has_patches(sources, patches)


def test_sources_with_other_patches_are_not_taken(sources: Path, patches: Path) -> None:
    apply_patches(sources, patches)
    (patches / "sum.patch").write_text(PATCH.replace("a + b", "b + a"))
    assert not has_patches(sources, patches)


def test_a_patch_that_does_not_fit_is_named(sources: Path, patches: Path) -> None:
    (sources / "opencv" / "sum.cpp").write_text("long sum(long a, long b)\n{ return a + b; }\n\n")
    with pytest.raises(BuildError, match=r"sum\.patch does not fit OpenCV's sources"):
        apply_patches(sources, patches)
    assert not has_patches(sources, patches)


def test_our_patches_change_opencv_alone() -> None:
    files = sorted(PATCHES.glob("*.patch"))
    assert files
    for path in files:
        changed = [line for line in path.read_text("utf-8").splitlines() if line.startswith("+++ ")]
        assert changed
        assert all(line.startswith("+++ b/opencv/") for line in changed)
