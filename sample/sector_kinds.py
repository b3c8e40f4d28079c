# SPDX-License-Identifier: GPL-2.0-or-later
"""The sector plans of a made county: who makes them, what they draw and on which planned land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

FEWEST, MOST = 30, 370  # of a plan in a large county; guests (GUESTS) come on top, up to 400


@dataclass(frozen=True)
class Offer:
    """What a plan builds: a use, the planned codes that take it, names, how often it is wanted.

    A stem of `facilities` names a type of facility that serves so many metres around: no two of
    one type come nearer. `stems` are all other names.
    """

    use: str
    ground: tuple[str, ...]
    stems: tuple[str, ...]
    share: float = 1.0
    facilities: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Kind:
    """A sector plan: identity, the form it draws in, and about how many features it has.

    `form` is polygon, line or point; `width` the metres of all its features, or the name of the
    field that has them; `features` are those in a county of 100,000 parcels.
    """

    id: str
    name: str
    department: str
    colour: str
    sheet: str
    letters: str
    form: str
    width: Union[float, str, None]
    features: int
    content: str
    standard: str
    offers: tuple[Offer, ...]

    def wanted(self, parcels: int) -> int:
        """Tell how many features the plan has in a county of so many parcels."""
        fewest = min(max(parcels // 150, 3), FEWEST)
        return min(max(round(self.features * parcels / 100_000), fewest), MOST)


_VILLAGE = ("0703", "0704")
_WOODS = ("0301", "0302", "0303", "0304")
_FIELDS = ("0101", "0102", "0103")

KINDS: tuple[Kind, ...] = (
    Kind("transport", "交通运输专项规划", "交通运输局", "#d7301f", "交通", "JT", "line", 5.0, 300,
         "路基路面改造、排水及安全设施", "三级公路", (
             Offer("1202", ("1202",), ("公路改扩建工程", "路面改造工程", "养护提升工程"), 3),
             Offer("1207", ("1207",), ("场镇道路改造工程", "街道拓宽工程")))),
    Kind("water", "水利发展专项规划", "水利局", "#2171b5", "水利", "SL", "polygon", None, 330,
         "清淤、护岸及配套设施", "十年一遇", (
             Offer("1704", ("1704",), ("山坪塘整治工程", "山坪塘扩容工程"), 3),
             Offer("1705", ("1705",), ("渠系配套工程",)),
             Offer("1701", ("1701",), ("河道疏浚工程", "河道整治工程")),
             Offer("1311", ("1311",), ("提灌站改造工程",)),
             Offer("1703", ("1703",), ("水库除险工程",)))),
    Kind("education", "教育发展专项规划", "教育局", "#f16913", "教育", "JY", "polygon", None, 180,
         "教学用房、运动场地及附属设施", "标准化学校", (
             Offer("080403", ("0804", "0803", "0801"), ("校舍改扩建项目", "校园标准化建设项目"), 3,
                   (("小学", 2_200.0),)),
             Offer("080404", ("0804", "0807"), ("学前教育改扩建项目",), 1, (("幼儿园", 1_600.0),)),
             Offer("0704", _VILLAGE, ("教学点修缮项目",), 0.4))),
    Kind("health", "卫生健康专项规划", "卫生健康局", "#e7298a", "卫健", "WJ", "polygon", None, 180,
         "业务用房及设备配套", "基层医疗卫生机构标准", (
             Offer("080602", ("0806", "0801"), ("医疗业务用房项目", "公共卫生用房项目"), 2,
                   (("卫生院", 5_200.0), ("卫生室", 1_100.0))),
             Offer("0704", _VILLAGE, ("健康驿站项目",)))),
    Kind("care", "养老育幼专项规划", "民政局", "#dd3497", "养老育幼", "MZ", "polygon", None, 170,
         "照料用房、活动场地", "每千人床位数达标", (
             Offer("080701", ("0807", "0803"), ("适老化改造项目", "养老床位扩建项目"), 2,
                   (("幸福院", 1_100.0),)),
             Offer("080702", ("0807", "0801"), ("儿童之家项目",)),
             Offer("0704", _VILLAGE, ("邻里互助点项目",)))),
    Kind("culture", "文化和旅游专项规划", "文化广播电视和旅游局", "#ae017e", "文旅", "WL",
         "polygon", None, 260, "场馆提升、游步道及标识系统", "国家3A级景区", (
             Offer("0803", ("0803",), ("文化用房项目", "非遗传习所项目"), 1,
                   (("文化活动室", 1_100.0),)),
             Offer("0201", ("0201", "0205"), ("采摘体验园项目", "花果观光园项目"), 2),
             Offer("1401", ("1401",), ("游园提升项目",)),
             Offer("0901", ("0901",), ("游客接待项目",)))),
    Kind("agripark", "现代农业园区专项规划", "农业农村局", "#41ab5d", "农业园区", "NY",
         "polygon", None, 330, "标准化种植基地、水肥一体化", "市级现代农业园区", (
             Offer("0201", ("0201",), ("柑橘产业园", "藤椒产业园"), 2),
             Offer("0205", ("0205",), ("中药材产业园",)),
             Offer("0102", ("0102",), ("蔬菜产业园",)),
             Offer("060201", ("060201", "0205"), ("种苗繁育基地", "设施大棚基地")))),
    Kind("fieldworks", "高标准农田建设规划", "农业农村局（农田建设站）", "#fec44f", "高标准农田",
         "GN", "polygon", None, 400, "土地平整、灌溉与排水", "亩均投入3000元", (
             Offer("0101", ("0101",), ("高标准农田建设项目",), 2),
             Offer("0103", ("0103",), ("高标准农田建设项目", "坡耕地改造项目"), 2),
             Offer("0102", ("0102",), ("高标准农田建设项目",)))),
    Kind("pigs", "生猪养殖园区专项规划", "畜牧业发展中心", "#8c510a", "生猪", "SZ", "polygon", None,
         220, "圈舍、粪污处理设施", "年出栏3000头", (
             Offer("060202", ("060202",), ("生猪养殖场改扩建项目",), 2),
             Offer("060202", ("0205", "0304", "0403"), ("种养循环养殖场项目", "生猪育肥场项目")))),
    Kind("logistics", "商贸物流专项规划", "商务局", "#807dba", "物流", "WU", "polygon", None, 220,
         "仓储、分拣及装卸场地", "二级物流节点", (
             Offer("1101", ("1101",), ("冷链仓储项目", "粮食仓储项目", "快递分拣项目"), 2),
             Offer("0901", ("0901", "0902"), ("商贸综合体项目",)),
             Offer("0704", _VILLAGE, ("寄递服务点项目",), 0.6))),
    Kind("power", "电力设施专项规划", "经济信息化和科学技术局", "#6a51a3", "电力", "01",
         "point", 8.0, 320, "变压器、开关柜及接地", "10千伏", (
             Offer("1303", ("1301", "1302", "1303"), ("增容改造工程", "环网箱工程")),
             Offer("0704", _VILLAGE, ("台区改造工程", "配变新建工程"), 2))),
    Kind("sewage", "城镇生活污水治理专项规划", "住房和城乡建设局（排水站）", "#35978f", "污水",
         "WS", "polygon", None, 260, "处理池、管网接入", "一级A标", (
             Offer("1302", ("1301", "1302", "1303"), ("污水泵站工程", "尾水提升工程")),
             Offer("1705", ("1705", "1704"), ("尾水人工湿地工程",)),
             Offer("0704", _VILLAGE, ("散户治污工程",), 2))),
    Kind("fire", "消防专项规划", "消防救援大队", "#cb181d", "消防", "XF", "polygon", None, 240,
         "车库、训练场及取水点", "二级站", (
             Offer("1310", ("1301", "1302", "1303"), ("消防取水点工程",), 1,
                   (("消防站", 4_000.0),)),
             Offer("0304", _WOODS, ("森林防火隔离带工程", "生物防火林带工程"), 2))),
    Kind("housing", "城镇住房发展规划", "住房和城乡建设局", "#fd8d3c", "住房", "ZF", "polygon",
         None, 380, "住宅楼及配套", "绿色建筑一星级", (
             Offer("0701", ("0701", "0702"), ("保障性住房项目", "老旧小区改造项目"), 2),
             Offer("0703", ("0703",), ("农房集中安置项目", "农村危房改造项目"), 2))),
    Kind("industry", "工业园区发展规划", "经济开发区管理委员会", "#525252", "工业", "GY", "polygon",
         None, 260, "标准厂房及道路管网", "容积率不低于1.2", (
             Offer("1001", ("1001",), ("标准厂房项目", "机械加工项目", "食品加工项目"), 4),
             Offer("0902", ("0902",), ("科创孵化项目",)),
             Offer("060201", ("060201", "0201"), ("农产品初加工项目",), 0.6))),
    Kind("ruralroad", "农村公路建设规划", "交通运输局（农村公路管理所）", "#ef6548", "农村公路",
         "NL", "line", "LMKD", 400, "路面硬化、会车道", "四级公路", (
             Offer("0601", ("0601",), ("通组路硬化工程", "村道加宽工程"), 2),
             Offer("060102", (*_FIELDS, "0201", "0301"), ("田间道工程", "产业路工程")))),
    Kind("ecology", "国土空间生态修复规划", "自然资源和规划局", "#238b45", "生态修复", "ST",
         "polygon", None, 400, "植被恢复、水土保持", "植被覆盖度不低于85%", (
             Offer("0301", ("0301", "0304"), ("森林质量提升工程", "退化林修复工程"), 2),
             Offer("0303", ("0303", "0403"), ("灌丛修复工程",)),
             Offer("1701", ("1701",), ("河岸带修复工程",)),
             Offer("0403", ("0403", "2306"), ("裸地复绿工程",)))),
    Kind("heritage", "历史文化保护规划", "文物局", "#99000d", "文物", "WW", "point", "ZJ", 220,
         "本体修缮、保护标志", "县级文物保护单位", (
             Offer("0703", ("0703",), ("传统民居保护项目", "院落修缮项目"), 2),
             Offer("0301", _WOODS, ("名木保护项目",)),
             Offer("1504", ("1506",), ("石刻保护项目",)))),
    Kind("forestry", "林业发展规划", "林业和草原局", "#005a32", "林业", "LY", "polygon", None, 400,
         "抚育、补植及管护", "每亩不少于70株", (
             Offer("0301", _WOODS, ("国家储备林项目", "林分抚育项目"), 2),
             Offer("0302", ("0302",), ("竹产业基地项目",)),
             Offer("0205", ("0201", "0205", "0304"), ("木本油料基地项目",)))),
    Kind("hazard", "防灾减灾专项规划", "应急管理局", "#7f2704", "防灾", "YJ", "polygon", None, 280,
         "截排水、护坡及监测", "二十年一遇", (
             Offer("0304", _WOODS, ("地质灾害治理工程", "滑坡治理工程"), 2),
             Offer("0403", ("0403",), ("边坡防护工程",)),
             Offer("1701", ("1701",), ("山洪沟治理工程",)))),
    Kind("telecom", "通信基础设施专项规划", "大数据发展中心", "#02818a", "通信", "TX", "point",
         "ZJ", 350, "塔基、机柜及引电", "5G宏站", (
             Offer("1306", ("1301", "1302", "1303"), ("通信基站工程", "机房工程")),
             Offer("0704", _VILLAGE, ("村级基站工程", "铁塔工程"), 3))),
)  # fmt: skip
FORMS = {kind.id: kind.form for kind in KINDS}
# plans that share ground: guest, host, the guest's use, name; the host's use takes it there
GUESTS: tuple[tuple[str, str, str, str], ...] = (
    ("ecology", "fieldworks", "0304", "农田防护林网工程"),
    ("forestry", "ecology", "0301", "修复林抚育项目"),
    ("hazard", "forestry", "0304", "林区截排水工程"),
    ("fieldworks", "agripark", "0103", "园区高标准农田项目"),
    ("fire", "forestry", "0304", "林区防火道工程"),
    ("culture", "education", "0803", "校园文化共享项目"),
)  # fmt: skip
