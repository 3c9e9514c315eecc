"""JSON whose shape is not ours to state in a class: each kind named, and why.

All else that goes from one package to another is a record with named fields (a test sees to it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonRow = Mapping[str, Any]
"""A row of a layer, a cell by column. Which columns there are, and what a cell may hold, is stated
once in :mod:`geo.layers.columns`; a layer may carry columns of its owner beside."""

JsonFacts = Mapping[str, object]
"""What a command or a job answers to a program. Each has its own; whoever passes it on writes it out
and reads nothing of it."""

JsonBody = Mapping[str, Any]
"""Values as somebody sent or typed them, by name: checked by the class that takes them, not before."""

JsonGeometry = dict[str, Any]
"""A GeoJSON geometry (RFC 7946, 3.1): how deep its coordinates are nested depends on its type."""

JsonSchema = dict[str, Any]
"""A part of an OpenAPI document or a JSON Schema: their standards own its keys."""

JsonPage = Mapping[str, Any]
"""What a page's template or script is filled with. The one that reads it is not Python: its names
are those of the template beside it."""

JsonOptions = dict[str, Any]
"""Options of another library's call (a chart of xlsxwriter, an option of click), named by it."""
