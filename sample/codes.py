# SPDX-License-Identifier: GPL-2.0-or-later
"""The codes a made county uses: survey code to planned code, and their names.

Only the names needed to write a layer stand here; the checks know codes from `standards/`.
"""

from __future__ import annotations

import numpy as np

COUNTY = "510799"  # no county has this code
SURVEY = {
    "0101": "水田", "0102": "水浇地", "0103": "旱地", "0201": "果园", "0204": "其他园地",
    "0301": "乔木林地", "0302": "竹林地", "0305": "灌木林地", "0307": "其他林地",
    "0404": "其他草地",
    "05H1": "商业服务业设施用地", "0508": "物流仓储用地", "0601": "工业用地", "0602": "采矿用地",
    "0701": "城镇住宅用地", "0702": "农村宅基地", "08H1": "机关团体新闻出版用地",
    "08H2": "科教文卫用地", "0809": "公用设施用地", "0810": "公园与绿地", "09": "特殊用地",
    "1003": "公路用地", "1004": "城镇村道路用地", "1006": "农村道路", "1101": "河流水面",
    "1103": "水库水面", "1104": "坑塘水面", "1104A": "养殖坑塘", "1107": "沟渠",
    "1109": "水工建筑用地", "1202": "设施农用地", "1206": "裸土地",
}  # fmt: skip
PLAN = {
    "0101": "水田", "0102": "水浇地", "0103": "旱地", "0201": "果园", "0205": "其他园地",
    "0301": "乔木林地", "0302": "竹林地", "0303": "灌木林地", "0304": "其他林地",
    "0403": "其他草地", "0601": "农村道路", "0602": "设施农用地", "060201": "种植设施建设用地",
    "060202": "畜禽养殖设施建设用地", "0701": "城镇住宅用地", "0702": "城镇社区服务设施用地",
    "0703": "农村宅基地", "0704": "农村社区服务设施用地", "0801": "机关团体用地",
    "0803": "文化用地", "080403": "中小学用地", "0805": "体育用地",
    "080602": "基层医疗卫生设施用地", "0807": "社会福利用地", "0901": "商业用地",
    "0902": "商务金融用地", "1001": "工业用地", "1002": "采矿用地", "1101": "物流仓储用地",
    "1202": "公路用地", "1207": "城镇村道路用地", "1208": "交通场站用地", "1301": "供水用地",
    "1302": "排水用地", "1303": "供电用地", "1311": "水工设施用地", "1401": "公园绿地",
    "1402": "防护绿地", "1506": "殡葬用地", "16": "留白用地", "1701": "河流水面",
    "1703": "水库水面", "1704": "坑塘水面", "1705": "沟渠", "2306": "裸土地",
}  # fmt: skip
# survey code -> planned code where nothing is to change (the guide of 2023; several: by lot)
KEPT: dict[str, tuple[str, ...]] = {
    "0101": ("0101",), "0102": ("0102",), "0103": ("0103",), "0201": ("0201",),
    "0204": ("0205",), "0301": ("0301",), "0302": ("0302",), "0305": ("0303",),
    "0307": ("0304",), "0404": ("0403",), "05H1": ("0901", "0901", "0902"), "0508": ("1101",),
    "0601": ("1001",), "0602": ("1002",), "0701": ("0701",), "0702": ("0703",),
    "08H1": ("0801",), "08H2": ("080403", "080602", "0803", "0807"),
    "0809": ("1301", "1302", "1303"), "0810": ("1401", "1402"), "09": ("1506",),
    "1003": ("1202",), "1004": ("1207",), "1006": ("0601",), "1101": ("1701",),
    "1103": ("1703",), "1104": ("1704",), "1104A": ("1704",), "1107": ("1705",),
    "1109": ("1311",), "1202": ("060201", "060202"), "1206": ("2306",),
}  # fmt: skip


def starts(codes: np.ndarray, *prefixes: str) -> np.ndarray:
    """Tell which codes begin with one of the prefixes."""
    found = np.zeros(len(codes), bool)
    for prefix in prefixes:
        found |= np.char.startswith(codes.astype("U6"), prefix)
    return found


def kept(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give survey codes their planned code where the use stays as it is."""
    lot = rng.random(len(codes))
    out = np.empty(len(codes), dtype="U6")
    for code in np.unique(codes):
        choices = np.array(KEPT[str(code)], dtype="U6")
        rows = codes == code
        out[rows] = choices[(lot[rows] * len(choices)).astype(int)]
    return out


def names(codes: np.ndarray, table: dict[str, str]) -> np.ndarray:
    """Give each code its name, "" for a code the table does not know."""
    known, place = np.unique(codes.astype("U6"), return_inverse=True)
    return np.array([table.get(str(code), "") for code in known], dtype=object)[place]
