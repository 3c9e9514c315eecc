"""The thinking: layers, streets, reach, coverage, siting, campaigns. No disk, network or HTML."""

from pathlib import Path

from geo.kernel_cache import drop_stale_kernels

drop_stale_kernels(Path(__file__).parent)
