#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Run a Pianqu algorithm in a QGIS with a profile of its own: tools/qgis.sh ALGORITHM --PARAM=value...
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export QGIS_PLUGINPATH="$root/build/path" QGIS_CUSTOM_CONFIG_PATH="$root/build/profile"
export PIANQU_ENGINE_HOME="$root/build/home"
export QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$root/build/runtime}"
mkdir -p "$QGIS_CUSTOM_CONFIG_PATH" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR" 2>/dev/null || true
if [ ! -f "$QGIS_CUSTOM_CONFIG_PATH/.pianqu" ]; then
    qgis_process plugins enable pianqu >/dev/null
    touch "$QGIS_CUSTOM_CONFIG_PATH/.pianqu"
fi
algorithm=$1
shift
exec qgis_process run "pianqu:$algorithm" "$@"
