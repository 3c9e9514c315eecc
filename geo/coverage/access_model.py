"""How room within reach is measured: the methods by name, and how willingness falls with the way.

No kernel is needed to speak of them, so the rules of a study may name them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.errors import BadInputError
from geo.layers.vocabulary import Word
from geo.text import Text

Costs = NDArray[np.floating]


class RoomMethod(Word):
    """How the capacities of stations meet the workers in their reach."""

    TWO_STEP = "2sfca", "两步移动搜索法（2SFCA，Luo & Wang 2003）", "2SFCA (Luo & Wang 2003)"
    ENHANCED = "e2sfca", "增强两步移动搜索法（E2SFCA，Luo & Qi 2009）", "E2SFCA (Luo & Qi 2009)"
    THREE_STEP = "3sfca", "三步移动搜索法（3SFCA，Wan 等 2012）", "3SFCA (Wan et al. 2012)"
    RATIONAL = "raam", "理性选择模型（RAAM，Saxon & Snow 2020）", "RAAM (Saxon & Snow 2020)"


class DecayKind(Word):
    """How willingness falls with the way, within the limit."""

    ZONES = "zones", "分段（1、0.68、0.22）", "By zones (1, 0.68, 0.22)"
    GAUSSIAN = "gaussian", "高斯衰减", "Gaussian"
    GRAVITY = "gravity", "重力衰减（与路程成反比）", "Gravity (inverse of the way)"

    def decay(self) -> Decay:
        """Return the decay with its usual figures."""
        usual: dict[DecayKind, Decay] = {
            DecayKind.ZONES: ZoneDecay(),
            DecayKind.GAUSSIAN: GaussianDecay(),
            DecayKind.GRAVITY: GravityDecay(),
        }
        return usual[self]


class Decay(Protocol):
    """Willingness to go, by the way."""

    def of(self, cost: Costs, limit: float) -> Floats:
        """Return the weight of every cost, from 0 to 1; costs are within `limit`, in its unit."""


@dataclass(frozen=True, slots=True)
class ZoneDecay:
    """Weights by zones of the limit; the defaults are the slow decay of Luo & Qi (2009).

    Attributes
    ----------
    shares : tuple[float, ...]
        Upper ends (``<=``) of the zones as shares of the limit, rising to 1.
    weights : tuple[float, ...]
        Weight of each zone, from 0 to 1.
    """

    shares: tuple[float, ...] = (1 / 3, 2 / 3, 1.0)
    weights: tuple[float, ...] = (1.0, 0.68, 0.22)

    def __post_init__(self) -> None:
        """Refuse zones that do not rise to the limit, or weights out of range."""
        ends, weights = np.array(self.shares), np.array(self.weights)
        sound = len(ends) == len(weights) > 0 and (np.diff(ends, prepend=0.0) > 0).all()
        if not sound or ends[-1] != 1 or weights.min() < 0 or weights.max() > 1:
            raise BadInputError(
                Text(
                    f"距离衰减 {self.shares}、{self.weights} 无效：分段须递增到 1，权重在 0 到 1。",
                    f"Decay {self.shares}, {self.weights}: zones must rise to 1, weights be 0 to 1",
                )
            )

    def of(self, cost: Costs, limit: float) -> Floats:
        """Return the weight of every cost (within `limit`)."""
        zone = np.searchsorted(limit * np.array(self.shares), cost, side="left")
        weights: Floats = np.array(self.weights)[np.minimum(zone, len(self.weights) - 1)]
        return weights


@dataclass(frozen=True, slots=True)
class GaussianDecay:
    """``exp(-c^2 / (2 (width limit)^2))``: few mind a short way, hardly anybody goes a long one.

    Attributes
    ----------
    width : float
        Sigma as a share of the limit; a third leaves 0.011 at the limit, about the 0.01 that Wan,
        Zou & Sternberg (2012) fit their Gaussian to.
    """

    width: float = 1 / 3

    def __post_init__(self) -> None:
        """Refuse a width that is not positive."""
        if not 0 < self.width < np.inf:
            raise _not_positive(self.width)

    def of(self, cost: Costs, limit: float) -> Floats:
        """Return the weight of every cost (within `limit`)."""
        weights: Floats = np.exp(
            -(np.asarray(cost, np.float64) ** 2) / (2 * (self.width * limit) ** 2)
        )
        return weights


@dataclass(frozen=True, slots=True)
class GravityDecay:
    """``(max(c, near) / near)^-power``: half as willing at twice the way (Hansen 1959).

    Attributes
    ----------
    power : float
        How steeply it falls.
    near : float
        Share of the limit below which a shorter way makes no difference: a minute of fifteen.
    """

    power: float = 1.0
    near: float = 1 / 15

    def __post_init__(self) -> None:
        """Refuse a power or a near distance that is not positive."""
        for value in (self.power, self.near):
            if not 0 < value < np.inf:
                raise _not_positive(value)

    def of(self, cost: Costs, limit: float) -> Floats:
        """Return the weight of every cost (within `limit`)."""
        near = self.near * limit
        weights: Floats = (np.maximum(np.asarray(cost, np.float64), near) / near) ** -self.power
        return weights


def _not_positive(value: float) -> BadInputError:
    return BadInputError(
        Text(f"距离衰减的参数 {value} 须为正数。", f"The decay's figure {value} must be positive.")
    )
