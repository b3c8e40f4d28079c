# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments as people read them: kept in UTC, shown in the time of this place, with its offset."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo


def local_time(stamp: str, zone: tzinfo | None = None) -> str:
    """Show an ISO stamp to the minute, as 2026-11-25 10:30 +08:00; what is none stays as it is.

    `zone` is that of this computer unless one is given. A stamp without a zone is one in UTC.
    """
    text = str(stamp or "")
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    when = when.replace(tzinfo=when.tzinfo or timezone.utc).astimezone(zone)
    offset = when.strftime("%z")
    return f"{when:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"
