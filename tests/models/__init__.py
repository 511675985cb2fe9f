"""Tests that need PyTorch: `make test-models`."""
