"""Tiles of the base map: GDAL encodes each theme, one archive holds them all (MBTiles).

A vector tile is a list of layers (MVT 2.1, 4.1), so a tile of several themes is its themes' tiles
one after the other: GDAL writes every byte of a layer, here they are only put together.
"""

from __future__ import annotations

import gzip
import heapq
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from data.basemap.themes import FIELDS, SHALLOWEST_ZOOM, BaseMap, Theme
from data.basemap.thinning import thinned
from geo.solving import Progress, silent
from geo.text import Text

MOST_BYTES = 500_000
"""No tile is larger, as it is sent (gzip)."""
_MOST_OF_A_THEME = 300_000
"""Bytes of a theme in a tile; GDAL thins what is more (its default for whole tiles is 500,000)."""
_GIVE_WAY = (Theme.BUILDING, Theme.POI, Theme.BUILT, Theme.GREEN, Theme.BORDER)
"""What a tile that is too large leaves out, in this order."""
_STEP = Text("切分底图瓦片", "Cutting the base map into tiles")
_CREATE = """
CREATE TABLE metadata (name text, value text);
CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob,
  PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
"""

Place = tuple[int, int]
"""Column and row of a tile, rows counted from the south as MBTiles does."""


@dataclass
class TileTally:
    """What was written.

    Attributes
    ----------
    tiles : int
        How many.
    largest_bytes : int
        The largest, gzip.
    left_out : dict[str, int]
        Tiles that had to leave a theme out to stay below `MOST_BYTES`, by theme.
    """

    tiles: int = 0
    largest_bytes: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


def write_tiles(drawn: BaseMap, path: Path, *, name: str, progress: Progress = silent) -> TileTally:
    """Write the base map as vector tiles of zoom 4 to its deepest into the MBTiles file `path`.

    Parameters
    ----------
    drawn : BaseMap
        What to draw.
    path : Path
        Made; the folder is used for drafts.
    name : str
        What the archive is called inside.
    progress : Progress
        Told how far it is.
    """
    tally = TileTally()
    zooms = range(SHALLOWEST_ZOOM, drawn.deepest_zoom + 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as archive:
        archive.executescript(f"PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; {_CREATE}")
        archive.execute("BEGIN")
        archive.executemany("INSERT INTO metadata VALUES (?, ?)", _metadata(drawn, name).items())
        for number, zoom in enumerate(zooms):
            progress(_STEP, number / len(zooms))
            _write_zoom(drawn, zoom, path.parent, archive, tally)
        archive.execute("COMMIT")
    progress(_STEP, 1.0)
    return tally


def _write_zoom(
    drawn: BaseMap, zoom: int, folder: Path, archive: sqlite3.Connection, tally: TileTally
) -> None:
    drafts: dict[Theme, Path] = {}
    try:
        for theme, frame in drawn.tables.items():
            shown = thinned(theme, frame, zoom, deepest=drawn.deepest_zoom)
            if len(shown):
                drafts[theme] = folder / f".draft-{zoom}-{theme}.mbtiles"
                _encode(theme, shown, zoom, drafts[theme])
        for (column, row), layers in _together(drafts):
            content = _packed(layers, tally)
            archive.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (zoom, column, row, content))
            tally.tiles += 1
            tally.largest_bytes = max(tally.largest_bytes, len(content))
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _encode(theme: Theme, frame: gpd.GeoDataFrame, zoom: int, path: Path) -> None:
    """Have GDAL write one theme's tiles of one zoom."""
    pyogrio.write_dataframe(
        frame,
        path,
        driver="MBTiles",
        layer=theme.value,
        dataset_options={
            "MINZOOM": zoom,
            "MAXZOOM": zoom,
            "MAX_SIZE": _MOST_OF_A_THEME,
            "EXTENT": 4096,
            "BUFFER": 80,
        },
    )


def _together(drafts: Mapping[Theme, Path]) -> Iterator[tuple[Place, dict[Theme, bytes]]]:
    """Yield every place with its themes' layers, decompressed, from the ground up."""
    order = {theme: number for number, theme in enumerate(Theme)}
    connections = [sqlite3.connect(path) for path in drafts.values()]
    try:
        rows = heapq.merge(
            *(
                _rows(connection, order[theme], theme)
                for theme, connection in zip(drafts, connections, strict=True)
            ),
            key=lambda row: row[:2],
        )
        for place, held in groupby(rows, key=lambda row: row[0]):
            yield place, {theme: gzip.decompress(content) for _, _, theme, content in held}
    finally:
        for connection in connections:
            connection.close()


def _rows(
    connection: sqlite3.Connection, order: int, theme: Theme
) -> Iterator[tuple[Place, int, Theme, bytes]]:
    found = connection.execute(
        "SELECT tile_column, tile_row, tile_data FROM tiles ORDER BY tile_column, tile_row"
    )
    for column, row, content in found:
        yield (column, row), order, theme, content


def _packed(layers: dict[Theme, bytes], tally: TileTally) -> bytes:
    """Return the tile, gzip; themes give way in order while it is too large."""
    content = gzip.compress(b"".join(layers.values()), 6, mtime=0)
    for theme in _GIVE_WAY:
        if len(content) <= MOST_BYTES:
            break
        if layers.pop(theme, None) is not None:
            tally.left_out[theme] = tally.left_out.get(theme, 0) + 1
            content = gzip.compress(b"".join(layers.values()), 6, mtime=0)
    return content


def _metadata(drawn: BaseMap, name: str) -> dict[str, Any]:
    west, south, east, north = drawn.box
    layers = [
        {
            "id": theme.value,
            "minzoom": SHALLOWEST_ZOOM,
            "maxzoom": drawn.deepest_zoom,
            "fields": {
                field: "Number" if field in {"level", "rank"} else "String"
                for field in FIELDS[theme]
            },
        }
        for theme in Theme
    ]
    return {
        "name": name,
        "format": "pbf",
        "type": "baselayer",
        "version": "2",
        "minzoom": str(SHALLOWEST_ZOOM),
        "maxzoom": str(drawn.deepest_zoom),
        "bounds": f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}",
        "center": f"{(west + east) / 2:.6f},{(south + north) / 2:.6f},{drawn.deepest_zoom - 4}",
        "attribution": "" if drawn.credit is None else drawn.credit.zh,
        "json": json.dumps({"vector_layers": layers}),
    }
