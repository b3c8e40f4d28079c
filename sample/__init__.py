# SPDX-License-Identifier: GPL-2.0-or-later
"""A made county in the likeness of a real one, with its dossier: `make_county`."""

from __future__ import annotations

from .making import bench_plans, make_county, refuse_strangers

__all__ = ["bench_plans", "make_county", "refuse_strangers"]
