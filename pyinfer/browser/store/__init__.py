"""Models fetched once, verified, and kept in IDBFS."""

from ._records import StoredModel
from ._room import Usage
from ._store import ModelStore, app_models, set_app_models

__all__ = ["ModelStore", "StoredModel", "Usage", "app_models", "set_app_models"]
