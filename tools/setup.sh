#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Make everything that `make` needs, once: QGIS, the engine's Python, the tests' Python, the link.
# With --tests also a PostgreSQL server with PostGIS, where that is possible; without one, the tests
# of a register in a database, which start one of their own, are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive QT_QPA_PLATFORM=offscreen
OLDEST=34000
PACKAGES="qgis python3-qgis python3-venv xvfb xauth git fonts-noto-cjk"
SERVER="postgresql postgresql-postgis"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "setup: $*"
    exit 1
}

qgis_version() {
    command -v qgis_process >/dev/null || return 0
    /usr/bin/python3 -c 'from qgis.core import Qgis; print(Qgis.versionInt())' 2>/dev/null || true
}

complete() {
    local found
    found=$(qgis_version)
    [ "${found:-0}" -ge "$OLDEST" ] || return 1
    /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null || return 1
    command -v git >/dev/null && command -v xvfb-run >/dev/null && command -v xauth >/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

may_be_root() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

candidate() { apt-cache policy qgis | sed -n 's/^ *Candidate: *\([0-9]*:\)\{0,1\}//p'; }

# A suite's entry, written like the machine's own, so that a mirror stays in use.
add_backports() {
    local codename=$1 file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        if grep -Eq "^Suites:.*\b$codename\b" "$file"; then
            awk -v RS= -v suite="$codename" '$0 ~ "Suites:[^\n]*(^|[ \t])" suite "([ \t]|\n|$)" {print; exit}' "$file" |
                sed "s/^Suites:.*/Suites: $codename-backports/; s/^Components:.*/Components: main/" |
                as_root tee /etc/apt/sources.list.d/pianqu-backports.sources >/dev/null
            return
        fi
    done
    # Either file may be absent: that is no failure.
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
        sed -n "s/^\(deb \(\[[^]]*\] \)\{0,1\}[^ ]* \)$codename main.*/\1$codename-backports main/p" |
        head -n 1 | as_root tee /etc/apt/sources.list.d/pianqu-backports.list >/dev/null
}

# Ubuntu releases before 25.04 have an older QGIS: the QGIS project's own packages.
add_qgis_org() {
    local codename=$1
    local key=/etc/apt/keyrings/qgis-archive-keyring.gpg
    as_root apt-get install -y -q ca-certificates wget
    as_root mkdir -p /etc/apt/keyrings
    as_root wget -q -O "$key" https://download.qgis.org/downloads/qgis-archive-keyring.gpg
    printf 'Types: deb\nURIs: https://qgis.org/ubuntu-ltr\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$codename" "$key" | as_root tee /etc/apt/sources.list.d/pianqu-qgis.sources >/dev/null
}

install_system() {
    local release="" version
    . /etc/os-release
    as_root apt-get update -q
    version=$(candidate)
    case $version in [0-9]*) ;; *) version=0 ;; esac
    if dpkg --compare-versions "${version:-0}" lt 3.40; then
        case "$ID" in
            debian)
                release="$VERSION_CODENAME-backports"
                add_backports "$VERSION_CODENAME"
                ;;
            ubuntu) add_qgis_org "$VERSION_CODENAME" ;;
        esac
        as_root apt-get update -q
    fi
    # shellcheck disable=SC2086
    as_root apt-get install -y -q --no-install-recommends ${release:+-t "$release"} $PACKAGES
}

system() {
    complete && return
    if ! command -v apt-get >/dev/null || ! may_be_root; then
        fail "install QGIS 3.40 or newer with its Python, python3-venv, xvfb, xauth and git (Debian 12: from bookworm-backports), then run make again"
    fi
    say "setup: installing $PACKAGES"
    install_system
    complete || fail "QGIS 3.40 or newer could not be installed from this system's sources"
}

has_server() {
    local control
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        [ -x "/usr/lib/postgresql/$(basename "${control%/extension/*}")/bin/initdb" ] && return 0
    done
    return 1
}

# Tests only: what can't be had is said, and is no failure.
server() {
    has_server && return
    if command -v apt-get >/dev/null && may_be_root; then
        say "setup: installing $SERVER"
        # shellcheck disable=SC2086
        { as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends $SERVER; } ||
            say "setup: $SERVER could not be installed"
    fi
    has_server || say "setup: without a PostgreSQL server with PostGIS its tests are skipped"
}

# venv FOLDER REQUIREMENTS... : made anew when the requirements change
venv() {
    local folder=$1 stamp=$1/.stamp options=$2 file
    shift 2
    local arguments=()
    for file in "$@"; do arguments+=(-r "$file"); done
    if [ -f "$stamp" ] && cat "$@" | cmp -s - "$stamp"; then return; fi
    say "setup: $folder"
    rm -rf "$folder"
    # shellcheck disable=SC2086
    /usr/bin/python3 -m venv $options "$folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check "${arguments[@]}"
    cat "$@" >"$stamp"
}

link() {
    mkdir -p build/path
    [ -e build/path/pianqu ] || ln -sfn ../.. build/path/pianqu
    local site
    site=$(build/engine/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$PWD/build/path" >"$site/pianqu.pth"
}

system
if [ "${1:-}" = --tests ]; then server; fi
venv build/engine "" requirements-engine.txt requirements-optional.txt tools/requirements-dev.txt
venv build/qgis --system-site-packages tools/requirements-qgis.txt
link
