# SPDX-License-Identifier: GPL-2.0-or-later
"""A county that follows the pen: every edit changes only what lies around it."""
