"""What nginx bears as it is configured, and what its limits let through: a load from `wrk`."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pyinfer.host.bundle import MANIFEST_NAME
from tests.server.app import build
from tests.server.servers import Edit, nginx

__all__ = ["Load", "bench_load", "load", "print_load"]

#: The rates are for one visitor, and the load comes from one address.
UNLIMITED = (
    Edit("pyinfer-http.conf", "rate=100r/s", "rate=1000000r/s"),
    Edit("pyinfer.conf", "burst=500", "burst=1000000"),
)
_CONNECTIONS = 32
_FIGURES = {
    "median": r"50%\s+(\S+)",
    "slowest": r"99%\s+(\S+)",
    "rate": r"Requests/sec:\s+(\S+)",
    "bytes": r"Transfer/sec:\s+(\S+)",
    "requests": r"(\d+) requests in",
}


@dataclass(frozen=True)
class Load:
    """What `wrk` measured.

    Attributes
    ----------
    median, slowest : str
        Latency of half and of 99 % of the requests.
    rate : float
        Requests a second.
    bytes : str
        Bytes a second.
    requests : int
    refused : int
        How many of them were answered with another status than 2xx or 3xx.
    """

    median: str
    slowest: str
    rate: float
    bytes: str
    requests: int
    refused: int


def load(url: str, seconds: int = 5) -> Load:
    """Ask for one file, over and over, on as many connections as a crowd has.

    Parameters
    ----------
    url : str
    seconds : int
        How long.
    """
    options = [f"-c{_CONNECTIONS}", "-t2", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: br, gzip"]
    command = ["wrk", *options, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {name: re.findall(pattern, text)[0] for name, pattern in _FIGURES.items()}
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(
        median=found["median"],
        slowest=found["slowest"],
        rate=float(found["rate"]),
        bytes=found["bytes"],
        requests=int(found["requests"]),
        refused=int(refused[0]) if refused else 0,
    )


def bench_load(app: Path, folder: Path, seconds: int = 5) -> dict[str, Load]:
    """Loads by title.

    Parameters
    ----------
    app : Path
        What `pyinfer build` wrote.
    folder : Path
        Empty; nginx keeps its files below it.
    seconds : int
        How long each takes.
    """
    patterns = {"worker.js": "pyinfer/worker.*.js", "opencv.wasm": "pyinfer/opencv.*.wasm"}
    hashed = {name: next(app.glob(pattern)).relative_to(app) for name, pattern in patterns.items()}
    files = {"pyinfer.json": MANIFEST_NAME, **hashed}
    for name in ("free", "limited"):
        (folder / name).mkdir()
    with nginx(app, folder / "free", *UNLIMITED) as url:
        loads = {f"{title}, without rates": load(f"{url}/{path}", seconds) for title, path in files.items()}
    with nginx(app, folder / "limited") as url:
        loads["pyinfer.json, from one visitor"] = load(f"{url}/{MANIFEST_NAME}", seconds)
    return loads


def print_load() -> None:
    """Build an app, load its server, print the figures."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "nginx").mkdir()
        loads = bench_load(build(folder), folder / "nginx")
    print(f"\nnginx, {_CONNECTIONS} connections of wrk on the same machine")
    for title, found in loads.items():
        print(
            f"  {title:<32} {found.rate:9.0f} requests/s, {found.bytes:>8}/s, half within {found.median}, "
            f"99 % within {found.slowest}, {found.refused} of {found.requests} refused"
        )


if __name__ == "__main__":
    print_load()
