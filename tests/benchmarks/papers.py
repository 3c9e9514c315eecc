"""The committee's folder of the sample: what it costs, how large it is, and whether every figure in
it is the run's own. `--project` takes a project that has been run; without it the sample is run first.

Target: 40 s for 100 sites; no figure of Word, PDF, workbook (its formulas computed anew), slides, archive
or site sheets differs from the typed figures of the run.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from measuring import Row, arguments, peak_mb, show

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from papers_read import differences

from api.analysis.main_job import run_main_job
from api.drafts.committee import committee_subject
from data.sample import install
from data.store.project import Project
from geo.study.rules import StudyRules
from maps.report.committee_folder import committee_files


def main() -> None:
    """Make the folder, read it back and print what it cost."""
    wanted = arguments(__doc__, project="a project that has been run")
    with tempfile.TemporaryDirectory() as folder:
        project = Project.open(wanted.project) if wanted.project else _sample(Path(folder))
        began, wall = _cpu(), time.perf_counter()
        subject = committee_subject(project)
        files = dict(committee_files(subject))
        cpu, wall = _cpu() - began, time.perf_counter() - wall
    for name, content in sorted(files.items()):
        print(f"{len(content):>10,}  {name}")
    compared, wrong = differences(subject, files)
    whole = sum(len(one) for one in files.values())
    note = (
        f"{len(subject.sites)} sites, {len(files)} files, {whole / 1e6:.1f} MB, {peak_mb():,.0f} MB"
    )
    rows = [
        Row("papers, wall", "yizhan", wall, 1.0, note),
        Row(
            "papers, CPU", "yizhan", cpu, 1.0, f"{compared:,} figures read back, {len(wrong)} wrong"
        ),
    ]
    show(rows, wanted.json)
    if wrong:
        sys.exit("\n".join(wrong[:20]))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _sample(folder: Path) -> Project:
    project = Project.create(folder / "sample", "示例", sample=True)
    install(project)
    run_main_job(project, StudyRules())
    return project


if __name__ == "__main__":
    main()
