# SPDX-License-Identifier: GPL-2.0-or-later
"""One layer under the pen: what differs between its edit buffer and what the engine knows.

Signals only say which features to look at again; what is sent is the difference between the
feature as it stands and as the engine last heard of it. So undo, redo, merge and whatever else
QGIS offers need no case of their own, and edits that come faster than answers fall together.
"""

from __future__ import annotations

from typing import Any, Iterable

from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .live_roles import Role
from .live_values import Reader, State

Edit = dict[str, Any]
# Drivers whose feature ids stay when features before them are deleted and the file is saved.
_STEADY = ("GPKG", "SQLite", "OpenFileGDB")
_UNKNOWN = State("", {"": ""})


class LayerWatch(QObject):
    """Follows a layer.

    `touched`: there is something to take. `saving`: what there is must be taken now, for after
    this the features have other ids; then `renamed` tells them. `astray`: the engine must read
    the file again. `replaced`: the layer shows other data now.
    """

    touched = pyqtSignal()
    saving = pyqtSignal()
    renamed = pyqtSignal(object)
    astray = pyqtSignal()
    replaced = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, role: Role, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer = layer
        self.role = role
        self.reader = Reader(layer, role)
        self._dirty: dict[int, bool] = {}
        self._told: dict[int, State | None] = {}
        self._filed: dict[int, State | None] = {}
        self._removed = False
        self._saving = False
        self._straight = False
        self._called = False
        for signal, slot in self._wires():
            signal.connect(slot)
        self.look()

    def _wires(self) -> list[tuple[Any, Any]]:
        layer = self.layer
        return [
            (layer.featureAdded, self._added),
            (layer.featureDeleted, self._changed),
            (layer.geometryChanged, self._reshaped),
            (layer.attributeValueChanged, self._revalued),
            (layer.beforeCommitChanges, self._before_commit),
            (layer.committedFeaturesAdded, self._committed),
            (layer.committedFeaturesRemoved, self._committed_removals),
            (layer.committedGeometriesChanges, self._committed_changes),
            (layer.committedAttributeValuesChanges, self._committed_changes),
            (layer.afterCommitChanges, self._after_commit),
            (layer.afterRollBack, self._recheck),
            (layer.dataSourceChanged, self.replaced),
        ]

    def close(self) -> None:
        """Let go of the layer."""
        if not sip.isdeleted(self.layer):
            for signal, slot in self._wires():
                signal.disconnect(slot)

    def look(self) -> None:
        """Start anew: the engine knows the file, so all that is not saved has to be told."""
        self._told, self._filed, self._dirty = {}, {}, {}
        self._saving = False
        self._straight = self.layer.dataProvider().transaction() is not None
        buffer = self.layer.editBuffer()
        if buffer is None:
            return
        for fid in buffer.addedFeatures():
            self._dirty[fid] = True
        for fids in (
            buffer.deletedFeatureIds(), buffer.changedGeometries(), buffer.changedAttributeValues(),
        ):  # fmt: skip
            for fid in fids:
                self._dirty.setdefault(fid, False)
        if self._dirty:
            self.touched.emit()

    @property
    def dirty(self) -> bool:
        """Tell whether features are waiting to be taken, or a saving whose end is not known."""
        return bool(self._dirty) or self._saving

    def take(self, most: int) -> list[Edit]:
        """Give the edits of up to `most` features and count them as told."""
        self._called = False
        if self._saving:  # saving ended without a word: it failed, and may have failed half-way
            self._saving = False
            self._mark(self._told)
        fids = list(self._dirty)[:most]
        fresh = {fid: self._dirty.pop(fid) for fid in fids}
        self._learn(fresh)
        now = self.reader.edited(fids)
        edits = []
        for fid in fids:
            edit = self._difference(fid, self._told[fid], now.get(fid))
            if edit is not None:
                edits.append(edit)
            self._told[fid] = now.get(fid)
        return edits

    def revert(self) -> list[Edit]:
        """Give the edits that bring the engine back to the file: the layer goes unsaved."""
        edits = []
        for fid, told in self._told.items():
            filed = self._filed[fid]
            if filed is _UNKNOWN:
                self.astray.emit()
                return []
            edit = self._difference(fid, told, filed)
            if edit is not None:
                edits.append(edit)
        self._told, self._filed, self._dirty = {}, {}, {}
        return edits

    def _learn(self, fresh: dict[int, bool]) -> None:
        """Find out what the engine knows of features that were never told."""
        strange = [fid for fid in fresh if fid not in self._told]
        known: dict[int, State | None] = dict.fromkeys(strange)
        if self._straight:  # the file does not say any more what the engine read
            known.update({fid: _UNKNOWN for fid in strange if fid >= 0 and not fresh[fid]})
        else:
            known.update(self.reader.saved(strange))
        self._told.update(known)
        self._filed.update(known)

    def _difference(self, fid: int, before: State | None, after: State | None) -> Edit | None:
        """Say what makes `after` of `before`; None where they are the same."""
        if before == after:
            return None
        edit: Edit = {"role": self.role.role, "key": key_of(fid)}
        if after is None:
            return {**edit, "op": "remove"}
        if before is None:
            return {**edit, "op": "add", "wkb": after.wkb, "values": dict(after.values)}
        edit["op"] = "set"
        if after.wkb != before.wkb:
            edit["wkb"] = after.wkb
        edit["values"] = {
            name: value
            for name, value in after.values.items()
            if before is _UNKNOWN or value != before.values.get(name)
        }
        return edit

    # What the layer says

    def _mark(self, fids: Iterable[int], added: bool = False) -> None:
        if self._saving:
            return
        # Edits may go straight into the file; at its end the transaction is gone before we hear.
        self._straight = self._straight or self.layer.dataProvider().transaction() is not None
        for fid in fids:
            self._dirty[fid] = self._dirty.get(fid, False) or added
        if self._dirty and not self._called:  # once until it is taken: edits come by hundreds
            self._called = True
            self.touched.emit()

    def _added(self, fid: int) -> None:
        self._mark([fid], added=True)

    def _changed(self, fid: int) -> None:
        self._mark([fid])

    def _reshaped(self, fid: int, geometry: QgsGeometry) -> None:
        self._mark([fid])

    def _revalued(self, fid: int, index: int, value: Any) -> None:
        self._mark([fid])

    def _recheck(self) -> None:
        self._mark(self._told)

    def _before_commit(self, stop: bool = False) -> None:
        """Have everything told, then listen to nothing until all is written."""
        self.saving.emit()
        self._removed = False
        self._saving = True
        self.touched.emit()  # the next turn of the event loop finds out whether it went well

    def _unannounced(self) -> None:
        """Take in that a saving is under way which was not announced: of a group of layers."""
        if self._saving:
            return
        if any(fid >= 0 and fid not in self._told for fid in self._dirty):
            self.astray.emit()  # what the engine knows of it is not in the file any more
        self._before_commit()

    def _committed(self, layer_id: str, features: list[QgsFeature]) -> None:
        """Learn the ids that the file gave, in the order in which QGIS wrote the features."""
        self._unannounced()
        buffer = self.layer.editBuffer()
        made = [] if buffer is None else list(buffer.addedFeatures())
        olds = sorted((fid for fid in made if fid < 0), reverse=True)
        if len(features) != len(olds):
            self.astray.emit()
            return
        pairs = list(zip(olds, (feature.id() for feature in features)))
        for old, new in pairs:
            for book in (self._told, self._filed):
                if old in book:
                    book[new] = book.pop(old)
        keys = {
            key_of(old): key_of(new) for old, new in pairs if self._told.get(new) is not None
        }  # fmt: skip
        if keys:
            self.renamed.emit(keys)

    def _committed_removals(self, layer_id: str, fids: list[int]) -> None:
        self._unannounced()
        self._removed = True

    def _committed_changes(self, layer_id: str, changes: Any) -> None:
        self._unannounced()

    def _after_commit(self) -> None:
        """Compare with what was really written: a file may cut texts or fill in values."""
        self._saving = False
        if self._removed and self.layer.storageType() not in _STEADY:
            self.astray.emit()
            return
        self._filed = dict(self._told)
        self._mark(self._told)


def key_of(fid: int) -> str:
    """Name a feature to the engine; one that is not saved yet has QGIS's own negative id."""
    return str(fid) if fid >= 0 else f"new:{fid}"
