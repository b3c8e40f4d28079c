# SPDX-License-Identifier: GPL-2.0-or-later
"""How the pages of help look: HTML of algorithms, docks and the list of all."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Sequence

from help_words import LANGUAGE_NAMES, kind, word

HELP = Path(__file__).resolve().parent.parent / "help"

PAGE = """<!DOCTYPE html>
<html lang="{html}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="../style.css">
</head>
<body>
<nav><a href="index.{language}.html">{all}</a>
<a href="../tutorial.{language}.html">{tutorial}</a>
<a class="other" href="{name}.{other}.html">{other_name}</a></nav>
<main>
{body}
</main>
</body>
</html>
"""


def page(name: str, title: str, body: str, language: str) -> str:
    """Put a body into the frame that all pages share."""
    other = "zh" if language == "en" else "en"
    return PAGE.format(
        html=word("html", language), title=escape(title), language=language, name=name, body=body,
        other=other, other_name=LANGUAGE_NAMES[other],
        **{key: escape(word(key, language)) for key in ("all", "tutorial")},
    )  # fmt: skip


def own_text(name: str, language: str) -> str:
    """Give the text that was written by hand for an algorithm or a dock."""
    text = (HELP / f"{name}.{language}.html").read_text(encoding="utf-8").strip()
    return text.replace('src="img/', 'src="../img/').replace('href="pages/', 'href="')


def picture(path: str, caption: str) -> str:
    """Give a picture of help/img with its caption; nothing where there is none."""
    if not (HELP / "img" / path).is_file():
        return ""
    said = escape(caption)
    return f'<figure><img src="../img/{path}" alt="{said}"><figcaption>{said}</figcaption></figure>'


def algorithm_page(facts: dict[str, Any], language: str) -> str:
    """Give the page of an algorithm."""
    said = word("dialog_of", language).format(title=facts["title"])
    parts = [
        f"<h1>{escape(facts['title'])}</h1>",
        f'<p class="id"><code>pianqu:{facts["id"]}</code> · {escape(facts["group"])}</p>',
        f'<p class="lead">{escape(facts["summary"])}</p>',
        own_text(facts["id"], language),
        picture(f"dialogs/{facts['id']}.{language}.png", said),
        *parameter_parts(facts["parameters"], language),
        *output_parts(facts["outputs"], language),
        *batch_parts(facts, language),
    ]
    return page(facts["id"], facts["title"], "\n".join(filter(None, parts)), language)


def parameter_parts(rows: Sequence[dict[str, Any]], language: str) -> list[str]:
    """Give the tables of parameters, the rare ones in a table of their own."""
    usual, rare = [r for r in rows if not r["rare"]], [r for r in rows if r["rare"]]
    parts = [f"<h2>{word('parameters', language)}</h2>"]
    if not rows:
        parts.append(f"<p>{word('none', language)}</p>")
    if usual:
        parts.append(parameter_table(usual, language))
    if rare:
        parts += [f"<h2>{word('rare', language)}</h2>", parameter_table(rare, language)]
    return parts


def parameter_table(rows: Sequence[dict[str, Any]], language: str) -> str:
    """Give a table of parameters."""
    heads = [word(key, language) for key in ("parameter", "kind", "default", "meaning")]
    return table(heads, [parameter_cells(row, language) for row in rows])


def parameter_cells(row: dict[str, Any], language: str) -> list[str]:
    """Give the cells of a parameter's row, as HTML."""
    title = f"{escape(row['title'])}<br><code>{row['name']}</code>"
    type_ = escape(kind(row["type"], language))
    if row["file"]:
        type_ += f" <code>.{row['file']}</code>"
    if row["optional"]:
        type_ += f"<br><i>{word('optional', language)}</i>"
    default = row["default"]
    if default == "*":
        default = word("every", language)
    elif default:
        default = f"<code>{escape(default)}</code>"
    return [title, type_, default, meaning(row, language)]


def meaning(row: dict[str, Any], language: str) -> str:
    """Give what a parameter means, and what it can be."""
    parts = [escape(row["help"])] if row["help"] else []
    if row["options"]:
        key = "some_of" if row["default"] == "*" else "one_of"
        between = word("separator", language)
        options = between.join(f"<code>{escape(one)}</code>" for one in row["options"])
        parts.append(word(key, language).format(options=options))
    return "<br>".join(parts)


def output_parts(rows: Sequence[dict[str, Any]], language: str) -> list[str]:
    """Give the table of outputs."""
    heads = [word(key, language) for key in ("output", "kind")]
    cells = [
        [f"{escape(row['title'])}<br><code>{row['name']}</code>", kind(row["type"], language)]
        for row in rows
    ]
    return [f"<h2>{word('outputs', language)}</h2>", table(heads, cells)] if rows else []


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table; cells are HTML."""
    first = "".join(f"<th>{head}</th>" for head in heads)
    lines = [f"<tr>{first}</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def batch_parts(facts: dict[str, Any], language: str) -> list[str]:
    """Give the command that runs the algorithm with what it needs."""
    needed = [row for row in facts["parameters"] if not row["optional"] and not row["default"]]
    lines = [f"qgis_process run pianqu:{facts['id']}"]
    lines += [f"--{row['name']}={example(row)}" for row in needed]
    command = escape(" \\\n    ".join(lines))
    return [
        f"<h2>{word('batch', language)}</h2>", f"<p>{word('batch_lead', language)}</p>",
        f"<pre>{command}</pre>",
    ]  # fmt: skip


def example(row: dict[str, Any]) -> str:
    """Give a value such as a parameter takes."""
    name, kind_ = row["name"].lower(), row["type"]
    named = {"dossier": "county.yaml", "register": "register.gpkg"}
    by_kind = {
        "source": f'"county.gpkg|layername={name}"', "file": f"{name}.{row['file'] or 'gpkg'}",
        "fileDestination": f"{name}.{row['file']}", "sink": f"{name}.gpkg",
        "folder": name, "folderDestination": name,
    }  # fmt: skip
    return named.get(name) or by_kind.get(kind_) or f'"{name}"'


def dock_page(name: str, language: str) -> str:
    """Give the page of a dock."""
    title = word(name, language)
    said = word("dock_of", language).format(title=title)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(word(f"{name}_lead", language))}</p>',
        picture(f"docks/{name}.{language}.png", said),
        own_text(name, language),
    ]
    return page(name, title, "\n".join(filter(None, parts)), language)


def index_page(algorithms: Sequence[dict[str, Any]], docks: Sequence[str], language: str) -> str:
    """Give the page that leads to all others."""

    def item(href: str, title: str, lead: str) -> str:
        return f'<li><a href="{href}">{escape(title)}</a><br>{escape(lead)}</li>'

    own = [
        item(f"{name}.{language}.html", word(name, language), word(f"{name}_lead", language))
        for name in docks
    ]
    parts = [
        f"<h1>{word('plugin', language)}</h1>",
        f'<p class="lead">{escape(word("lead", language))}</p>',
        f"<h2>{word('begin', language)}</h2>",
        "<ul>",
        item(
            f"../tutorial.{language}.html",
            word("tutorial", language),
            word("tutorial_lead", language),
        ),
        "</ul>",
        f"<h2>{word('docks', language)}</h2>", "<ul>", *own, "</ul>",
        f"<h2>{word('algorithms', language)}</h2>",
    ]  # fmt: skip
    for group in dict.fromkeys(one["group"] for one in algorithms):
        listed = [
            item(f"{one['id']}.{language}.html", one["title"], one["summary"])
            for one in algorithms
            if one["group"] == group
        ]
        parts += [f"<h3>{escape(group)}</h3>", "<ul>", *listed, "</ul>"]
    return page("index", word("plugin", language), "\n".join(parts), language)
