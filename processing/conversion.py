# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms that make a layer anew share: handing over, the run, the copy."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsFeatureSource,
    QgsFields,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsVectorLayer,
)

from ..jobs.client import run_job
from ..jobs.handover import IDENTITY, Plain, plain_file, written_source
from ..jobs.schema import Job
from ..jobs.words import later, now, tr
from .base import Count, PianquAlgorithm, language
from .sinks import Sink, Sinks

REMARKS = Sink(
    "REMARKS", "remarks", later("Remarks"), QgsProcessing.SourceType.TypeVectorPolygon
)  # fmt: skip
SYSTEM = "system"
_OURS = ("fid", "pianqu_fid")


class ConversionAlgorithm(PianquAlgorithm):
    """An algorithm that gives a changed copy of a layer, tables and remarks.

    `FIELDS` maps parameters to the engine's names of the fields they name, `SINKS` are its tables
    and remarks, `NUMBERS` its outputs.
    """

    GROUP = "tools"
    FIELDS: dict[str, str] = {}
    SINKS: tuple[Sink, ...] = (REMARKS,)
    NUMBERS: tuple[Count, ...] = ()

    def add_input(self, optional: bool = False) -> None:
        """Declare the layer."""
        self.add(
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("Layer"), [QgsProcessing.SourceType.TypeVectorPolygon],
                optional=optional,
            ),
            tr("As it stands on the map, with unsaved edits, selection and filter; never changed."),
        )  # fmt: skip

    def add_field(self, name: str, title: str, help_text: str, rare: bool = False) -> None:
        """Declare a field of the layer, which may stay empty."""
        self.add(
            QgsProcessingParameterField(
                name, title, parentLayerParameterName="INPUT", optional=True
            ),
            help_text,
            rare,
        )

    def add_id(self) -> None:
        """Declare the field of ids."""
        self.add_field(
            "ID", tr("Field of ids"),
            tr(
                "What remarks and tables call a feature; empty: found by its name, "
                "else the feature id."
            ),
            rare=True,
        )  # fmt: skip

    def add_standard(self) -> None:
        """Declare the standard."""
        self.add_folder(
            "STANDARD",
            tr("Standard"),
            tr("A folder with a standard's tables; empty: the shipped cn-2023."),
            rare=True,
        )

    def add_results(self, title: str, optional: bool = False) -> None:
        """Declare the copy, the tables and the numbers."""
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                "OUTPUT", title, QgsProcessing.SourceType.TypeVectorPolygon, optional=optional
            )
        )
        for sink in self.SINKS:
            self.addParameter(
                QgsProcessingParameterFeatureSink(
                    sink.parameter, now(sink.title), sink.kind, optional=True
                )
            )
        for count in self.NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(count.output, now(count.title)))

    def prepareAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Look, on the main thread, whether the layer is a plain file."""
        self._plain: Plain | None = None
        if self.given(parameters, "INPUT"):
            layer = self.parameterAsVectorLayer(parameters, "INPUT", context)
            self._plain = plain_file(parameters["INPUT"], layer)
        return True

    def options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:  # fmt: skip
        """Give what the engine's task is told by name."""
        raise NotImplementedError

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Hand the layer over, run the engine, fill the sinks."""
        with tempfile.TemporaryDirectory(prefix="pianqu-", ignore_cleanup_errors=True) as name:
            folder = Path(name).resolve()
            job = Job(
                task=self.ID,
                out=str(folder / "out"),
                language=language(),
                standard=self.parameterAsString(parameters, "STANDARD", context),
                source=self.handed(parameters, context, feedback, folder),
                options=self.options(parameters, context),
            )
            result = run_job(job, feedback)
            outputs = self.collect(parameters, context, feedback, folder / "out")
        numbers = {one.output: result.get(one.entry) or 0 for one in self.NUMBERS}
        return {**outputs, **numbers}

    def handed(
        self, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback, folder: Path,
    ) -> dict[str, Any]:  # fmt: skip
        """Name the layer's file and fields, or write the layer out where it has no file."""
        source = self._source(parameters, context)
        plain = self._plain
        if plain is None:
            feedback.pushInfo(tr("Handing over layer '{name}'").format(name=source.sourceName()))
            plain = written_source(source, folder, "layer", feedback)
        fields = {
            ours: self.parameterAsStrings(parameters, name, context)
            for name, ours in self.FIELDS.items()
        }  # fmt: skip
        named = {ours: names[0] for ours, names in fields.items() if names and names[0]}
        if self._plain is None and not named.get("id") and not self._has_id(source):
            named["id"] = IDENTITY
        entry: dict[str, Any] = {**plain.source(), "fields": named}
        if self._plain is None:
            entry["title"] = source.sourceName()
        if source.sourceCrs().isValid():
            entry["crs"] = source.sourceCrs().authid() or source.sourceCrs().toWkt()
        return entry

    def _source(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Any:
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        return source

    def _has_id(self, source: QgsFeatureSource) -> bool:
        """Tell whether the layer has one of the usual fields of ids, which the engine finds."""
        return "BSM" in {name.upper() for name in source.fields().names()}

    def collect(
        self, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback, out: Path,
    ) -> dict[str, Any]:  # fmt: skip
        """Fill the sinks that were asked for."""
        results = out / f"{self.ID}.gpkg"
        outputs: dict[str, Any] = {}
        if self.given(parameters, "OUTPUT"):
            outputs["OUTPUT"] = self._copy(parameters, context, feedback, results)
        wanted = tuple(sink for sink in self.SINKS if self.given(parameters, sink.parameter))
        filler = Sinks(self, parameters, context, feedback)
        return {**outputs, **filler.fill(wanted, results)}

    def _copy(
        self, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback, results: Path,
    ) -> str:  # fmt: skip
        """Bring the engine's copy into OUTPUT; fields keep the definitions of the layer's own."""
        layer = QgsVectorLayer(f"{results}|layername=result", "result", "ogr")
        if not layer.isValid():
            raise QgsProcessingException(
                tr("The engine's results lack the layer '{layer}'.").format(layer="result")
            )
        own = QgsFields()
        if self.given(parameters, "INPUT"):
            own = self._source(parameters, context).fields()
        there = {field.name().lower() for field in own}
        keep = [
            index for index, field in enumerate(layer.fields())
            if field.name() not in _OURS or field.name() in there
        ]  # fmt: skip
        fields = QgsFields()
        for index in keep:
            field = layer.fields()[index]
            same = own.lookupField(field.name())
            fields.append(own[same] if same >= 0 else field)
        encoding = context.defaultEncoding()
        if encoding.lower() in ("", SYSTEM):  # of which a Shapefile would not say what it is
            context.setDefaultEncoding("UTF-8")
        target, identity = self.parameterAsSink(
            parameters, "OUTPUT", context, fields, layer.wkbType(), layer.crs()
        )
        context.setDefaultEncoding(encoding)
        if target is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        for feature in layer.getFeatures():
            if feedback.isCanceled():
                break
            copy = QgsFeature(fields)
            copy.setGeometry(feature.geometry())
            copy.setAttributes([feature.attribute(index) for index in keep])
            if not target.addFeature(copy, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(target, parameters, "OUTPUT"))
        target.flushBuffer()
        del target  # a file is complete only when its sink is gone
        return identity
