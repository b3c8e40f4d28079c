# SPDX-License-Identifier: GPL-2.0-or-later
"""A county that lies in a database gives what it gives from files."""

from __future__ import annotations

import pg_server
import pyogrio
import pytest
import shapely
import yaml
from pandas.testing import assert_frame_equal
from pianqu.checks.run import compute
from pianqu.sample import make_county

LACK = pg_server.binaries()[1]
_TYPES = {"i": "bigint", "f": "double precision"}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    make_county(400, 12, True, folder)
    return folder


@pytest.fixture(scope="module")
def server():
    home, lack = pg_server.binaries()
    if home is None:
        pytest.skip(lack)
    one = pg_server.Server(home)
    one.execute("CREATE EXTENSION postgis", "CREATE SCHEMA county")
    yield one
    one.remove()


def load(server, path, layer):
    """Copy a layer into a table, rows in any order, as a database keeps them."""
    frame = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
    names = [name for name in frame.columns if name != "geometry"]
    types = [_TYPES.get(frame[name].dtype.kind, "text") for name in names]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(names, types))
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TABLE county."{layer}" (fid bigint PRIMARY KEY, {columns}, '
            f"geom geometry(Geometry, {frame.crs.to_epsg()}))"
        )
        for fid, row in zip(frame.index[::-1], frame[::-1].itertuples(index=False)):
            shape = None if row.geometry is None else shapely.to_wkb(row.geometry)
            values = [None if value != value else value for value in row[: len(names)]]
            marks = ", ".join(["%s"] * (len(names) + 1))
            cursor.execute(
                f'INSERT INTO county."{layer}" VALUES ({marks}, '
                f"ST_SetSRID(ST_GeomFromWKB(%s), {frame.crs.to_epsg()}))",
                [int(fid), *values, shape],
            )
    connection.close()


@pytest.fixture(scope="module")
def stored(server, county):
    """Write the dossier whose layers lie in the database."""
    content = yaml.safe_load((county / "dossier.yaml").read_text(encoding="utf-8"))
    content.pop("sectors", None)
    (county / "files.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    for entry in content["layers"].values():
        load(server, county / entry["path"], entry["layer"])
        entry.update(path=server.place(), layer=f"county.{entry['layer']}")
    file = county / "stored.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return file


@pytest.mark.skipif(bool(LACK), reason=LACK)
@pytest.mark.parametrize("clusters", [[], ["first"]])
def test_a_county_in_a_database_gives_what_its_files_give(county, stored, clusters):
    first = yaml.safe_load((county / "files.yaml").read_text(encoding="utf-8"))
    units = pyogrio.read_dataframe(county / first["layers"]["units"]["path"], layer="units")
    wanted = [units["PQDM"].iloc[0]] if clusters else []
    files, database = (compute(one, clusters=wanted) for one in (county / "files.yaml", stored))
    assert len(files.findings) > 5
    told = ["reason"]  # names the file or the table
    assert_frame_equal(files.indicators.drop(columns=told), database.indicators.drop(columns=told))
    drop = ["geometry", "message", "remedy"]
    assert set(files.findings["id"]) == set(database.findings["id"])
    assert_frame_equal(
        files.findings.drop(columns=drop, errors="ignore"),
        database.findings.drop(columns=drop, errors="ignore"),
    )
    assert files.fabric.pieces.equals(database.fabric.pieces)
    for one, other in zip(files.run["inputs"], database.run["inputs"]):
        assert (one["role"], one.get("read"), one["used"]) == (
            other["role"], other.get("read"), other["used"],
        )  # fmt: skip
