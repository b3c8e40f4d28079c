# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms that take layers share: inputs, handing over, the run, the sinks."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Iterator

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.handover import IDENTITY, Plain, plain_file, written_source
from ..jobs.schema import Job
from ..jobs.words import now, tr
from .base import PianquAlgorithm, language, static_enum
from .county import county_code, crs_text, standard_named
from .roles import (
    BOUNDARY,
    FARMLAND,
    LANDUSE,
    PLAN,
    REDLINE,
    TABLES,
    UNITS,
    FieldInput,
    RoleInput,
    field_title,
    role_help,
    role_title,
)
from .sinks import Sink, Sinks


class CountyAlgorithm(PianquAlgorithm):
    """An algorithm that makes a dossier of the layers it is given and runs it.

    `ROLES` are its layers besides the units, `NEEDED` those that must be given, `CHECK` the
    engine's check, `SINKS` what it gives.
    """

    ROLES: tuple[RoleInput, ...] = (LANDUSE, PLAN, FARMLAND, REDLINE, BOUNDARY)
    NEEDED: tuple[str, ...] = ()
    CHECK = ""
    QUOTAS = True
    SINKS: tuple[Sink, ...] = ()

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and sinks."""
        for role in (UNITS, *self.ROLES):
            self._add_role(role)
        if self.QUOTAS:
            self.add(
                QgsProcessingParameterFeatureSource(
                    "QUOTAS",
                    tr("Quotas (table)"),
                    [QgsProcessing.SourceType.TypeVector],
                    optional=True,
                ),
                tr("Columns unit, indicator, quota_ha and reserve_ha; xlsx, csv or a table."),
            )
        self._add_frame()
        for sink in self.SINKS:
            self.addParameter(
                QgsProcessingParameterFeatureSink(sink.parameter, now(sink.title), sink.kind)
            )
        self.add_verdict()

    def _add_role(self, role: RoleInput) -> None:
        """Declare a layer with its code table and fields."""
        title = role_title(role)
        needed = role is UNITS or role.parameter in self.NEEDED
        self.add(
            QgsProcessingParameterFeatureSource(
                role.parameter,
                title,
                [QgsProcessing.SourceType.TypeVectorPolygon],
                optional=not needed,
            ),
            role_help(role),
        )
        for field in role.fields:
            self.add(
                QgsProcessingParameterField(
                    field.parameter,
                    tr("{layer}: {field}").format(layer=title, field=field_title(field.key)),
                    defaultValue=field.default,
                    parentLayerParameterName=role.parameter,
                    optional=True,
                ),
                tr("Left out where the layer has no such field."),
                rare=not field.needed,
            )
        if role.table:
            name = f"{role.parameter}_TABLE"
            words = tr("{layer}: table of codes").format(layer=title)
            hint = tr("The table that the layer's codes come from.")
            self.add(static_enum(name, words, TABLES, role.table), hint, rare=True)

    def _add_frame(self) -> None:
        """Declare standard, CRS and county."""
        self.add_folder(
            "STANDARD",
            tr("Standard"),
            tr("A folder with a standard's tables; empty: the shipped cn-2023."),
            rare=True,
        )
        self.add(
            QgsProcessingParameterCrs("CRS", tr("CRS of the checks"), optional=True),
            tr("Empty: the CRS of the units."),
            rare=True,
        )
        self.add(
            QgsProcessingParameterString("COUNTY", tr("County's code"), optional=True),
            tr("Empty: what the units' codes begin with, six characters at most."),
            rare=True,
        )
        self.add(
            QgsProcessingParameterString("COUNTY_NAME", tr("County's name"), optional=True),
            tr("What findings and tables call the county as a whole."),
            rare=True,
        )

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Check what one parameter alone can't tell: layers given, their fields there."""
        valid, message = super().checkParameterValues(parameters, context)
        if not valid:
            return valid, message
        given = [role for role in self.ROLES if self.given(parameters, role.parameter)]
        if not given:
            names = tr(", ").join(role.parameter for role in self.ROLES)
            return False, tr("Give at least one of the layers {names}.").format(names=names)
        for role in (UNITS, *given):
            try:
                self._columns(role, parameters, context)
            except QgsProcessingException as error:
                return False, str(error)
        return True, ""

    def _columns(
        self, role: RoleInput, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, str]:
        """Give the layer's columns by the dossier's names; the usual ones only where they exist."""
        source = self.parameterAsSource(parameters, role.parameter, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, role.parameter))
        there = {name.lower(): name for name in source.fields().names()}
        found: dict[str, str] = {}
        for field in role.fields:
            column = self._column(field, parameters, context)
            if column.lower() in there:
                found[field.key] = there[column.lower()]
            elif column and (field.needed or column != field.default):
                raise QgsProcessingException(
                    tr(
                        "{parameter}: layer '{layer}' has no field '{field}'; it has {fields}"
                    ).format(
                        parameter=field.parameter,
                        layer=source.sourceName(),
                        field=column,
                        fields=tr(", ").join(source.fields().names()),
                    )
                )
            elif field.needed:
                raise QgsProcessingException(
                    tr("{parameter} must name a field.").format(parameter=field.parameter)
                )
        return found

    def _column(
        self, field: FieldInput, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> str:
        """Give the column a field parameter names, "" for none."""
        names = self.parameterAsStrings(parameters, field.parameter, context)
        return names[0] if names else ""

    def prepareAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Look, on the main thread, which layers are plain files."""
        self._plain: dict[str, Plain | None] = {}
        names = [role.parameter for role in (UNITS, *self.ROLES)]
        for name in [*names, "QUOTAS"] if self.QUOTAS else names:
            if not self.given(parameters, name):
                continue
            value = parameters[name]
            if name == "QUOTAS" and isinstance(value, str) and Path(value).is_file():
                self._plain[name] = Plain(os.path.abspath(value))  # noqa: PTH100
                continue
            layer = self.parameterAsVectorLayer(parameters, name, context)
            self._plain[name] = plain_file(value, layer)
        return True

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Hand the layers over, run the engine, fill the sinks."""
        with tempfile.TemporaryDirectory(prefix="pianqu-", ignore_cleanup_errors=True) as name:
            folder = Path(name).resolve()
            out = folder / "out"
            out.mkdir()
            dossier = folder / "dossier.yaml"
            content = self._dossier(parameters, context, feedback, folder)
            # JSON is YAML
            dossier.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            job = Job(
                task="run",
                dossier=str(dossier),
                out=str(out),
                checks=(self.CHECK,),
                language=language(),
                tables_only=True,
            )
            result = run_job(job, feedback)
            filler = Sinks(self, parameters, context, feedback)
            outputs = filler.fill(self.SINKS, out / "results.gpkg")
        return {**outputs, **self.verdict(result)}

    def _dossier(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        folder: Path,
    ) -> dict[str, Any]:
        """Describe the layers as a dossier."""
        units = self.parameterAsSource(parameters, "UNITS", context)
        columns = self._columns(UNITS, parameters, context)
        crs = self.parameterAsCrs(parameters, "CRS", context)
        content: dict[str, Any] = {
            "dossier": 1,
            "name": self.parameterAsString(parameters, "COUNTY_NAME", context) or tr("County"),
            "code": self.parameterAsString(parameters, "COUNTY", context)
            or county_code(units, columns["code"]),
            "crs": crs_text(crs if crs.isValid() else units.sourceCrs()),
            "standard": standard_named(self.parameterAsString(parameters, "STANDARD", context)),
            "layers": dict(self._layers(parameters, context, feedback, folder)),
        }
        if self.QUOTAS and self.given(parameters, "QUOTAS"):
            content["quotas"] = self._source("QUOTAS", parameters, context, feedback, folder)
        return content

    def _layers(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        folder: Path,
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the dossier's entry of each layer given."""
        for role in (UNITS, *self.ROLES):
            if not self.given(parameters, role.parameter):
                continue
            entry = self._source(role.parameter, parameters, context, feedback, folder)
            fields = self._columns(role, parameters, context)
            written = self._plain.get(role.parameter) is None
            if written and "id" not in fields and role is not UNITS:
                fields["id"] = IDENTITY
            entry["fields"] = fields
            if role.table:
                name = f"{role.parameter}_TABLE"
                entry["codes"] = self.parameterAsEnumString(parameters, name, context)
            yield role.role, entry

    def _source(
        self,
        name: str,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        folder: Path,
    ) -> dict[str, Any]:
        """Name a layer's file, or write the layer out where it has no file of its own."""
        plain = self._plain.get(name)
        if plain is None:
            source = self.parameterAsSource(parameters, name, context)
            if source is None:
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            feedback.pushInfo(tr("Handing over layer '{name}'").format(name=source.sourceName()))
            plain = written_source(source, folder, name.lower(), feedback)
        return plain.source()
