"""A study of what a project holds."""

from __future__ import annotations

import threading
from pathlib import Path

from data.store.project import Project
from data.store.project_stages import ProjectStages
from data.streets.folder import MANIFEST, Streets, open_streets
from geo.layers.columns import layers_studied
from geo.layers.vocabulary import Mode
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle
from geo.study.study import Study


class ProjectStreets:
    """The project's compiled streets, opened when first asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def opened(self) -> Streets:
        """The streets on disk; raises MissingError before they are fetched."""
        return open_streets(self._project.streets_folder)

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""
        return self.opened.network(mode, vehicle=vehicle)


_OPENED: dict[Path, tuple[str, Study]] = {}
_OPENING = threading.Lock()


def open_study(project: Project) -> Study:
    """Return the study of the layers `project` holds now; streets are opened when asked for.

    While layers and streets stay as they are, everybody in this process gets the same study, with
    the answers it keeps; stages of it are kept in the project for other processes.
    """
    content, folder = _content(project), project.folder.resolve()
    with _OPENING:
        held = _OPENED.get(folder)
        if held is None or held[0] != content:
            held = content, _read_study(project)
            if _content(project) != content:  # Replaced meanwhile: read what holds now.
                content = _content(project)
                held = content, _read_study(project, keep=False)
            _OPENED.clear()  # One city at a time: its answers are large.
            _OPENED[folder] = held
    return held[1]


def _content(project: Project) -> str:
    """Return what changes whenever a layer or the streets do."""
    versions = [(name, project.versions(name)[-1:]) for name in layers_studied()]
    files = [project.path(name) for name, version in versions if version]
    files.append(project.streets_folder / MANIFEST)
    stats = [
        (file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()
    ]
    return repr((versions, stats))


def _read_study(project: Project, *, keep: bool = True) -> Study:
    stages = ProjectStages(project) if keep else None
    layers = {name: project.read(name) for name in layers_studied() if project.has(name)}
    return Study(streets=ProjectStreets(project), stages=stages, checked=True, **layers)
