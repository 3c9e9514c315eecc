"""The siting models a planner may ask for, by name: no solver is needed to speak of them."""

from __future__ import annotations

from geo.layers.vocabulary import Word

DEFAULT_TARGET = 0.8
"""Share to reach, of the models that seek the fewest sites for a target."""
DEFAULT_TWICE = 0.5
"""Worth of a second cover against the first."""


class ModelKind(Word):
    """What a plan of new sites seeks."""

    MCLP = "mclp", "最大覆盖：同样多的站点或资金，覆盖职工最多", "Most workers covered"
    LSCP = "lscp", "全覆盖：站点最少，候选点够得着的职工全部覆盖", "Fewest sites that cover all"
    PARTIAL = "partial", "达标覆盖：站点最少，全市覆盖率达到目标", "Fewest sites for a city target"
    DISTRICT = "district", "分区达标：站点最少，每个区市覆盖率都达到目标", "… for every district"
    P_MEDIAN = "p_median", "路程最短：职工到最近站点的总路程最短", "Shortest total way"
    P_CENTRE = "p_centre", "最远最近：离站点最远的职工，路程尽量短", "Shortest longest way"
    CAPACITATED = "capacitated", "限容量：站点接待不超过容量，职工可调剂", "Most served within room"
    CLOSEST = "closest", "限容量且就近：职工只去最近的站点，满员即止", "… each to the nearest site"
    GRADUAL = "gradual", "逐级衰减：越远算得越少", "Cover fading with the way"
    BACKUP = "backup", "双重覆盖：两个站点可达另加分", "A second site in reach counts too"

    @property
    def seeks_fewest(self) -> bool:
        """Whether it looks for as few (or cheap) sites as a target needs."""
        return self in {ModelKind.LSCP, ModelKind.PARTIAL, ModelKind.DISTRICT}
