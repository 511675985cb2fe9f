"""All of doctor's checks of a deployment, in the order in which they are told."""

from __future__ import annotations

from pyinfer.host.progress import Progress, note

from .browser_checks import check_in_browser
from .deployment import find_deployment
from .file_checks import check_files
from .findings import Finding
from .policy_checks import check_policies
from .request_checks import check_requests
from .served_files import fetch_files, offline_files
from .version_checks import check_versions
from .web import Web

__all__ = ["examine"]


def examine(url: str, *, timeout: float = 120.0, in_browser: bool = True) -> list[Finding]:
    """Everything there is to say of a deployment.

    Parameters
    ----------
    url : str
        Of its page or its folder.
    timeout : float
        Seconds that a server may be silent, and a browser take.
    in_browser : bool
        Whether to open it in a browser, too.

    Raises
    ------
    DeploymentError
        There is no deployment at ``url``, or its server stopped answering.
    RunError
        There is no Chromium, or it does not start.
    """
    web = Web(min(timeout, 30.0))
    try:
        deployment = find_deployment(url, web)
        offline = offline_files(deployment)
        total = sum(deployment.manifest["sizes"].values())
        with Progress().bar(deployment.base, total, doing="checking the files of") as step:
            files = fetch_files(deployment, offline, step)
        findings = [
            *check_versions(deployment, offline),
            *check_requests(deployment, files),
            *check_files(deployment, files),
            *check_policies(deployment),
        ]
        if in_browser:
            note("opening it in a browser")
            findings += check_in_browser(deployment, timeout)
        return findings
    finally:
        web.close()
