# SPDX-License-Identifier: GPL-2.0-or-later
"""Data quality: what is wrong with a county's data, where, and what to do about it."""
