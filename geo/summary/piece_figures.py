"""Which pieces the streets of a mode fall into, and whom what was left out concerns."""

from __future__ import annotations

from typing import Annotated

from geo.fields import About, Unit
from geo.layers.vocabulary import ComponentStatus, Mode
from geo.summary.figures import Figures

_M, _W = Unit.METRES, Unit.WORKERS


class PiecesSum(Figures):
    """Pieces of one standing together."""

    pieces: Annotated[int, About("片数", "Pieces")]
    length_m: Annotated[float, About("长度", "Length", _M)]
    workers: Annotated[float, About("职工", "Workers", _W)]
    stations: Annotated[int, About("站点（个）", "Stations")]


class Piece(Figures):
    """One piece beside the main one."""

    piece: Annotated[int, About("序号", "Number")]
    standing: Annotated[ComponentStatus, About("如何处理", "What became of it")]
    length_m: Annotated[float, About("长度", "Length", _M)]
    workers: Annotated[float, About("职工", "Workers", _W)]
    stations: Annotated[int, About("站点（个）", "Stations")]
    lon: Annotated[float, About("经度", "Longitude of a place on it, WGS 84")]
    lat: Annotated[float, About("纬度", "Latitude")]


class PiecesFigures(Figures):
    """The pieces of one mode's streets."""

    mode: Annotated[Mode, About("出行方式", "How one travels")]
    main: Annotated[PiecesSum, About("主路网", "The main network")]
    apart: Annotated[PiecesSum, About("独立成片", "Not connected with it, measured by themselves")]
    cut_off: Annotated[PiecesSum, About("其中没有站点的", "Pieces without a station")]
    crumbs: Annotated[PiecesSum, About("零碎未用", "Left out, too small")]
    no_return: Annotated[PiecesSum, About("单向不能往返", "Left out, no way back")]
    kept_from_m: Annotated[float, About("不短于此即保留", "Kept from this length", _M)]
    crumb_within_m: Annotated[
        float, About("离其他道路不到此距离才算零碎", "Left out only within this of others", _M)
    ]
    listed: Annotated[tuple[Piece, ...], About("逐片", "One by one, most workers first")]
    not_listed: Annotated[int, About("未逐一列出的片数", "Pieces not listed")]
