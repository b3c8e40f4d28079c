# SPDX-License-Identifier: GPL-2.0-or-later
"""What is computed: the fabric and the checks that question it. Pure functions, never qgis."""
