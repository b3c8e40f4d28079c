# SPDX-License-Identifier: GPL-2.0-or-later
"""Docks and dialogs: views on what the toolbox computes."""
