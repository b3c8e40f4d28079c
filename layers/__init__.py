# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes in: dossier, readers, code tables, unit tree, area measure. Never qgis."""
