"""Packs: a folder of content becomes a ``Pack``, checked and tried by its own stories."""

from doorstep.engine.packs.load import FOLDERS, digest, load

__all__ = ["FOLDERS", "digest", "load"]
