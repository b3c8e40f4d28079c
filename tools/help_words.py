# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of the pages of help that belong to no algorithm: English and Chinese."""

from __future__ import annotations

LANGUAGE_NAMES = {"en": "English", "zh": "中文"}

WORDS: dict[str, tuple[str, str]] = {
    "html": ("en", "zh-CN"),
    "all": ("All pages", "全部帮助"),
    "tutorial": ("Ten-minute tutorial", "十分钟入门"),
    "plugin": ("Pianqu: help", "片区帮助"),
    "lead": (
        "County plans against quotas and control lines, inside QGIS. These pages are files of the"
        " plugin: they open without a network.",
        "在 QGIS 中对照控制数和三条控制线检查县级规划。帮助随插件安装，无需联网。",
    ),
    "begin": ("Begin here", "从这里开始"),
    "tutorial_lead": (
        "From the zip to a verdict, a corrected parcel and an atlas, on the sample county.",
        "以示例县为例：从安装到得出结论、修改图斑、打印图册。",
    ),
    "docks": ("Docks", "面板"),
    "clustercheck": ("Cluster check", "片区检查"),
    "clustercheck_lead": (
        "Quotas and findings of county, clusters, towns and villages, live while you edit.",
        "县、片区、乡镇、村的控制数和问题，编辑时实时更新。",
    ),
    "sectorplans": ("Sector plans", "专项规划"),
    "sectorplans_lead": (
        "Conflicts of sector plans: find, argue, settle.",
        "专项规划的冲突：查找、论证、商定。",
    ),
    "algorithms": ("Algorithms of the toolbox", "处理工具箱中的算法"),
    "dialog_of": ("The dialog of “{title}”", "“{title}”对话框"),
    "dock_of": ("The dock “{title}”", "“{title}”面板"),
    "parameters": ("Parameters", "参数"),
    "rare": ("Advanced parameters", "高级参数"),
    "none": ("No parameters.", "没有参数。"),
    "parameter": ("Parameter", "参数"),
    "kind": ("Type", "类型"),
    "default": ("Default", "缺省值"),
    "meaning": ("Meaning", "说明"),
    "optional": ("optional", "可选"),
    "one_of": ("One of {options}.", "可取 {options}。"),
    "some_of": ("Any of {options}, separated by commas.", "可取 {options}，多个用逗号分隔。"),
    "every": ("all", "全部"),
    "outputs": ("Outputs", "输出"),
    "output": ("Output", "输出"),
    "batch": ("On the command line", "命令行"),
    "batch_lead": (
        "The same run without a window, for scripts and scheduled jobs:",
        "不打开窗口，在脚本或定时任务中运行：",
    ),
    "separator": (", ", "、"),
}

# Types of parameters and outputs as QGIS names them.
KINDS: dict[str, tuple[str, str]] = {
    "file": ("file", "文件"),
    "folder": ("folder", "文件夹"),
    "enum": ("choice", "选项"),
    "string": ("text", "文本"),
    "number": ("number", "数值"),
    "boolean": ("yes or no", "是或否"),
    "source": ("layer or table", "图层或表"),
    "field": ("field", "字段"),
    "crs": ("CRS", "坐标参照系"),
    "sink": ("new layer", "新图层"),
    "vectorDestination": ("new layer", "新图层"),
    "folderDestination": ("folder to write", "输出文件夹"),
    "fileDestination": ("file to write", "输出文件"),
    "outputVector": ("layer", "图层"),
    "outputBoolean": ("yes or no", "是或否"),
    "outputNumber": ("number", "数值"),
    "outputString": ("text", "文本"),
    "outputFile": ("file", "文件"),
    "outputFolder": ("folder", "文件夹"),
}


def word(key: str, language: str) -> str:
    """Give a word in a language, `en` or `zh`."""
    return WORDS[key][language == "zh"]


def kind(name: str, language: str) -> str:
    """Give the word for a type; a type without one is a KeyError, so that none is forgotten."""
    return KINDS[name][language == "zh"]
