# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbox: the provider and one thin file per algorithm."""
