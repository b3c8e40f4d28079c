# SPDX-License-Identifier: GPL-2.0-or-later
"""What is made anew out of a layer: other codes, areas, shapes, formats; always on a copy."""
