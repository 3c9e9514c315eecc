"""What is said of the pieces the streets fall into and of what was left out."""

from __future__ import annotations

from geo.layers.vocabulary import ComponentStatus
from geo.summary.figures import Piece, PiecesFigures, PiecesSum
from geo.text import Text

_TOLD = 3
"""So many of the worst pieces are told in words; the layer holds all."""


def piece_text(told: PiecesFigures) -> Text:
    """Say what the streets of a mode fall into, in one line and a few more for the worst pieces."""
    mode = told.mode.text
    lines = [
        Text(
            f"{mode.zh}：主路网 {_km(told.main)} 公里",
            f"{mode.en}: main network {_km(told.main)} km",
        ),
        *(say(told) for say in (_apart, _crumbs, _no_return)),
    ]
    said = [line for line in lines if line is not None]
    worst = [
        one
        for one in told.listed
        if one.standing is ComponentStatus.APART and not one.stations and one.workers > 0
    ][:_TOLD]
    return Text(
        "\n".join(["；".join(one.zh for one in said) + "。", *(_worst(one).zh for one in worst)]),
        "\n".join(["; ".join(one.en for one in said) + ".", *(_worst(one).en for one in worst)]),
    )


def _worst(one: Piece) -> Text:
    return Text(
        f"  · {_km(one)} 公里（{one.lon:.5f}, {one.lat:.5f}）：{one.workers:,.0f} 人，没有站点",
        f"  · {_km(one)} km at {one.lon:.5f}, {one.lat:.5f}: {one.workers:,.0f} workers, no station",
    )


def _apart(told: PiecesFigures) -> Text | None:
    part, cut = told.apart, told.cut_off
    if not part.pieces:
        return None
    who = Text("", "")
    if part.workers:
        who = Text(
            f"，职工 {part.workers:,.0f} 人（其中 {cut.workers:,.0f} 人所在的那一片没有站点）",
            f", {part.workers:,.0f} workers ({cut.workers:,.0f} of them without a station on their "
            "part of the streets)",
        )
    return Text(
        f"另有 {part.pieces} 片道路与它不相通、各自计算，{_km(part)} 公里{who.zh}",
        f"{part.pieces} more not connected with it, measured by themselves, {_km(part)} km{who.en}",
    )


def _crumbs(told: PiecesFigures) -> Text | None:
    part, least, near = told.crumbs, told.kept_from_m / 1000, told.crumb_within_m
    if not part.pieces:
        return None
    moved = Text("", "")
    if part.workers:
        moved = Text(
            f"，最近道路在其上的职工 {part.workers:,.0f} 人按旁边道路计",
            f"; {part.workers:,.0f} workers whose nearest street it is count at the street beside",
        )
    return Text(
        f"{part.pieces} 段零碎未采用（短于 {least:g} 公里且离其他道路不到 {near:g} 米），"
        f"{_km(part)} 公里{moved.zh}",
        f"{part.pieces} crumbs left out (under {least:g} km and within {near:g} m of the others), "
        f"{_km(part)} km{moved.en}",
    )


def _no_return(told: PiecesFigures) -> Text | None:
    part, near = told.no_return, told.crumb_within_m
    if not part.pieces:
        return None
    beside = Text("", "")
    if part.workers:
        beside = Text(
            f"，其旁职工 {part.workers:,.0f} 人在 {near:g} 米内另有道路的按那条计，其余无法测算",
            f"; of {part.workers:,.0f} workers beside them those with another street {near:g} m "
            "farther at most count there, the others cannot be measured",
        )
    return Text(
        f"只能单向、不能往返的未采用，{_km(part)} 公里{beside.zh}",
        f"left out for want of a way back, {_km(part)} km{beside.en}",
    )


def _km(part: PiecesSum | Piece) -> str:
    return f"{part.length_m / 1000:,.1f}"
