"""What runs inside the browser's Python. Never imports :mod:`pyinfer.host`."""
