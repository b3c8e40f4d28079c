# SPDX-License-Identifier: GPL-2.0-or-later
"""Who shows what the resident engine says: the board and the browser of findings."""

from __future__ import annotations

from typing import Any, Mapping, Protocol, Sequence

Row = Mapping[str, Any]


class LiveModel(Protocol):
    """What a view must be able to do to follow the pen."""

    def apply_delta(
        self, indicators: Sequence[Row], gone: Sequence[str], findings: Sequence[Row]
    ) -> None:
        """Replace changed indicators, take away findings by id, add or replace others.

        Rows have the columns of the results' tables; a finding's shape is `wkb`, hex text in the
        dossier's CRS or None.
        """


class LiveModels:
    """Hands each answer of the engine on to all views.

    A view that can show a whole state at once has `apply_state(indicators, findings)`: it may
    hold the findings of an earlier run, whose ids only it knows. The others get a state as a
    change from the last one.
    """

    def __init__(self) -> None:
        self._models: list[Any] = []
        self._ids: set[str] = set()

    def add(self, model: LiveModel) -> None:
        """Let a view follow."""
        if model not in self._models:
            self._models.append(model)

    def remove(self, model: LiveModel) -> None:
        """Let a view follow no longer."""
        if model in self._models:
            self._models.remove(model)

    def show_state(self, indicators: Sequence[Row], findings: Sequence[Row]) -> None:
        """Show all there is."""
        ids = {str(row["id"]) for row in findings}
        gone = sorted(self._ids - ids)
        self._ids = ids
        for model in list(self._models):
            whole = getattr(model, "apply_state", None)
            if whole is not None:
                whole(indicators, findings)
            else:
                model.apply_delta(indicators, gone, findings)

    def apply(
        self, indicators: Sequence[Row], gone: Sequence[str], findings: Sequence[Row]
    ) -> None:
        """Show what an edit changed."""
        self._ids.difference_update(gone)
        self._ids.update(str(row["id"]) for row in findings)
        if indicators or gone or findings:
            for model in list(self._models):
                model.apply_delta(indicators, gone, findings)
