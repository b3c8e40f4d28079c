# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans held against each other, the control lines, the plan and the quotas."""
