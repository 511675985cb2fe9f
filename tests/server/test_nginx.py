"""What nginx promises beyond `pyinfer serve`: credentials, limits, HTTPS, HTTP/2."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.servers import ORIGINS, Edit, Site, ask, make_certificate, nginx, nginx_site


def test_only_a_trusted_site_may_send_cookies(site: Site, tmp_path: Path) -> None:
    with nginx(site.root, tmp_path, ORIGINS) as url:
        answers = {
            name: ask(url, "/pyinfer.json", Origin=f"https://{name}.example").headers
            for name in ("trusted", "reader", "stranger")
        }
    granted = {
        name: (
            headers.get("access-control-allow-origin"),
            headers.get("access-control-allow-credentials"),
            headers["vary"],
        )
        for name, headers in answers.items()
    }
    assert granted == {
        "trusted": ("https://trusted.example", "true", "Origin"),
        "reader": ("https://reader.example", None, "Origin"),
        "stranger": (None, None, "Origin"),
    }


def test_named_model_servers_are_in_the_policies_of_pages_and_worker(site: Site, tmp_path: Path) -> None:
    line = 'map $host $pyinfer_connect_origins {\n    default "'
    named = Edit("pyinfer-origins.conf", line, f"{line}https://models.example https://mirror.example")
    with nginx(site.root, tmp_path, named) as url:
        for path in ("/", site.hashed["worker.js"]):
            policy = ask(url, path).headers["content-security-policy"]
            assert "; connect-src 'self' https://models.example https://mirror.example; " in policy


def test_who_asks_too_often_waits(site: Site, tmp_path: Path) -> None:
    slow = [
        Edit("pyinfer-http.conf", "rate=100r/s", "rate=1r/m"),
        Edit("pyinfer.conf", "burst=500", "burst=3"),
    ]
    with nginx(site.root, tmp_path, *slow) as url:
        answers = [ask(url, "/pyinfer.json") for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].headers["cross-origin-embedder-policy"] == "require-corp"
    assert "cache-control" not in answers[-1].headers


def test_a_request_may_have_no_large_body_and_no_long_headers(site: Site, tmp_path: Path) -> None:
    with nginx(site.root, tmp_path) as url:
        assert ask(url, "/", Content_Length="2000").status == 413
        assert ask(url, "/", Cookie="a" * 9000).status == 400
        assert ask(url, f"/?{'a' * 9000}").status == 414


def test_the_example_site_speaks_https_and_http_2_alone(site: Site, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    with nginx_site(site.root, tmp_path) as (plain, secure):
        moved = ask(plain, "/sub/?a=b")
        assert (moved.status, moved.headers["location"]) == (301, f"{secure}/sub/?a=b")
        address = urlsplit(secure)
        context = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        context.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", address.port or 0), timeout=20) as connection,
            context.wrap_socket(connection, server_hostname="localhost") as tunnel,
        ):
            assert tunnel.selected_alpn_protocol() == "h2"
            assert tunnel.version() in ("TLSv1.2", "TLSv1.3")
        answer = ask(
            secure, "/", context=ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        )
    assert answer.status == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert not re.search(r"\d", answer.headers["server"])
