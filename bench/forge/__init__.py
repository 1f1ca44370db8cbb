"""Draws reports on information disclosure with known values, and writes them in every format."""

from .draw import FORMS, KINDS, Drawn, draw
from .layouts import TRANSFORMATIONS
from .write import write

__all__ = ["FORMS", "KINDS", "TRANSFORMATIONS", "Drawn", "draw", "write"]
