# SPDX-License-Identifier: GPL-2.0-or-later
"""Readers behind one interface: what GDAL reads, and what it does not."""
