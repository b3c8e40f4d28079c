# SPDX-License-Identifier: GPL-2.0-or-later
"""One sheet over the map canvas: shapes of our own, drawn beside the window into a picture.

The shapes lie in a layer that no project knows, so nothing becomes dirty; the picture makes
blinking, swiping and opacity a matter of repainting.
"""

from __future__ import annotations

from typing import Callable, Iterable

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QRectF, Qt, QTimer
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

SHEETS_Z = 10.0


def fill(colour: str, pattern: str = "solid", opacity: float = 0.38) -> QgsFillSymbol:
    """Make a half transparent fill of a colour with a darker outline."""
    inside, line = QColor(colour), QColor(colour).darker(150)
    inside.setAlphaF(opacity)
    return QgsFillSymbol.createSimple(
        {
            "color": f"{inside.red()},{inside.green()},{inside.blue()},{inside.alpha()}",
            "style": pattern,
            "outline_color": f"{line.red()},{line.green()},{line.blue()},255",
            "outline_width": "0.3",
        }
    )


class Sheet(QgsMapCanvasItem):
    """Shapes of one look over the canvas; `clip` keeps only a part of the window's width."""

    def __init__(
        self, canvas: QgsMapCanvas, crs: QgsCoordinateReferenceSystem, symbol: QgsFillSymbol
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._layer = QgsVectorLayer("MultiPolygon", "", "memory")
        self._layer.setCrs(crs)
        self._layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        self._image: QImage | None = None
        self._drawn: tuple[object, ...] = ()
        self._ready: Callable[[], None] = _nothing
        self._job: QgsMapRendererSequentialJob | None = None
        self._clip: tuple[float, float] | None = None
        self.setZValue(SHEETS_Z)

    def show_shapes(self, shapes: Iterable[QgsGeometry]) -> None:
        """Show other shapes."""
        self.clear()
        self.add_shapes(shapes)

    def clear(self) -> None:
        """Show no shapes any more."""
        self.stop()
        self._layer.dataProvider().truncate()
        self._layer.updateExtents()
        self._drawn = ()

    def add_shapes(self, shapes: Iterable[QgsGeometry]) -> None:
        """Show more shapes, from the next drawing on."""
        features = []
        for shape in shapes:
            if not shape.isEmpty():
                feature = QgsFeature()
                feature.setGeometry(shape)
                features.append(feature)
        self._layer.dataProvider().addFeatures(features, QgsFeatureSink.Flag.FastInsert)
        self._layer.updateExtents()
        self._drawn = ()

    def extent(self) -> QgsRectangle:
        """Give the rectangle around all shapes, in the shapes' CRS."""
        return self._layer.extent()

    def draw(self, ready: Callable[[], None] | None = None) -> bool:
        """Draw the shapes anew where the canvas has moved since; hidden sheets wait.

        Tells whether a drawing has begun; `ready` is called at its end, unless it is given up.
        """
        settings = QgsMapSettings(self._canvas.mapSettings())
        view = _view(settings)
        if not self.isVisible() or view == self._drawn or not settings.hasValidSettings():
            return False
        started = self._job is not None
        self.stop()
        self._drawn = view
        if not self._layer.featureCount():
            self._image = None
            self.update()
            return False
        settings.setLayers([self._layer])
        settings.setBackgroundColor(QColor(Qt.GlobalColor.transparent))
        self._ready = ready or _nothing
        self._job = QgsMapRendererSequentialJob(settings)
        self._job.finished.connect(self._take)
        self._job.start()
        return not started

    def _take(self) -> None:
        """Show the picture that is ready."""
        job, self._job = self._job, None
        if job is None:
            return
        self._image = job.renderedImage()
        self.setRect(job.mapSettings().visibleExtent(), False)
        self.update()
        self._ready()

    def stop(self) -> None:
        """Give up a drawing that is under way."""
        if self._job is not None:
            self._job.finished.disconnect(self._take)
            _give_up(self._job)
            self._job = None
            self._drawn = ()

    def busy(self) -> bool:
        """Tell whether a drawing is under way."""
        return self._job is not None

    def set_clip(self, part: tuple[float, float] | None) -> None:
        """Paint only between two shares (0..1) of the window's width; None: all."""
        if part != self._clip:
            self._clip = part
            self.update()

    def updatePosition(self) -> None:  # noqa: N802
        """Follow the canvas with the picture until a new one is ready."""
        if self._image is not None:
            self.setRect(self.rect(), False)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the picture where it belongs."""
        if self._image is None:
            return
        box = self.boundingRect().adjusted(1, 1, -1, -1)
        painter.save()
        if self._clip is not None:
            width, height = self._canvas.width(), self._canvas.height()
            low, high = self._clip
            window = QRectF(low * width, 0, (high - low) * width, height)
            painter.setClipRect(window.translated(-self.pos()))
        size = self._image.size() / self._image.devicePixelRatio()
        if abs(box.width() - size.width()) < 1 and abs(box.height() - size.height()) < 1:
            painter.drawImage(box.topLeft(), self._image)  # as it is: stretching takes far longer
        else:
            painter.drawImage(box, self._image)
        painter.restore()

    def remove(self) -> None:
        """Take the sheet off the canvas."""
        self.stop()
        scene = self.scene()
        if scene is not None:
            scene.removeItem(self)


_leaving: list[QgsMapRendererSequentialJob] = []


def _give_up(job: QgsMapRendererSequentialJob) -> None:
    """End a drawing without waiting for its end; until then something has to hold it.

    No slot may hold it: the two would keep each other until Python's collector comes, which runs
    in whatever thread it likes, and a drawing must go in its own.
    """
    _leaving.append(job)
    job.finished.connect(_sweep_soon)
    job.cancelWithoutBlocking()


def _sweep_soon() -> None:
    QTimer.singleShot(0, _sweep)


def _sweep() -> None:
    """Let go of drawings that have ended."""
    _leaving[:] = [job for job in _leaving if job.isActive()]


def end_drawings() -> None:
    """Wait for drawings that were given up: before the plugin goes."""
    for job in _leaving:
        job.finished.disconnect(_sweep_soon)
        job.cancel()
    _leaving.clear()


def _nothing() -> None:
    """Hear that a drawing is ready, and leave it at that."""


def _view(settings: QgsMapSettings) -> tuple[object, ...]:
    """Give what a picture depends on."""
    size = settings.outputSize()
    return (
        settings.extent().toString(6),
        settings.rotation(),
        size.width(),
        size.height(),
        settings.devicePixelRatio(),
        settings.destinationCrs().authid() or settings.destinationCrs().toWkt(),
    )
