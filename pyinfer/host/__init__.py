"""What runs on the developer's machine. Never shipped to a browser."""
