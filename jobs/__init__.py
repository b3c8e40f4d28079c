# SPDX-License-Identifier: GPL-2.0-or-later
"""The border between QGIS and the engine: the job's schema, the engine's Python, the messages."""
