# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the papers of the departments' joint meeting: a page, a workbook, the map sheets' data."""

from __future__ import annotations

from pathlib import Path

from ..layers.progress import Progress, silent
from ..layers.words import say

OUTPUTS = ("meeting.html", "meeting.xlsx", "meeting.gpkg")


def write_meeting(
    results: Path,
    register: str,
    folder: Path,
    progress: Progress = silent,
    dossier: str = "",
    notes: list[str] | None = None,
) -> list[Path]:
    """Write the papers into an existing, empty folder and give their paths.

    `results` is a folder of results or its results.gpkg. `register` is a file, a folder or a
    PostgreSQL address; "" takes register.gpkg beside the results where there is one. With the
    dossier the maps show borders and control lines. What the papers lack is added to `notes`.
    The language is the one in force; dates inside the files are the run's stamp, so that the same
    inputs make the same bytes. InputError where the results hold no check of sector plans, or
    where what was named can't be read.
    """
    from .meeting_backdrop import read_backdrop
    from .meeting_book import write_book
    from .meeting_data import read_papers
    from .meeting_html import write_page
    from .meeting_layers import write_layers
    from .meeting_map import Drawer
    from .meeting_scene import Scenes
    from .meeting_sheets import Sheets

    progress("meeting", 0.0, "")
    papers = read_papers(Path(results), register)
    if notes is not None:
        notes += [*papers.gaps.notes(), *([] if dossier else [say("meeting.no_dossier")])]
    scenes = Scenes(papers, read_backdrop(dossier, papers.crs))
    sheets, drawer = Sheets(scenes), Drawer(scenes)
    page, book, layers = (Path(folder) / name for name in OUTPUTS)
    write_page(papers, sheets, drawer, page, progress)
    progress("meeting", 0.75, book.name)
    write_book(papers, sheets, book)
    progress("meeting", 0.9, layers.name)
    write_layers(sheets, drawer, layers)
    progress("meeting", 1.0, "")
    return [page, book, layers]
