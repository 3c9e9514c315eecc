"""The API's own description for people: one page made of the OpenAPI document, no script needed.

The usual viewers load their code from other hosts; this one asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from geo.json_shapes import JsonSchema
from geo.text import Language, Text

_METHODS = ("get", "post", "put", "delete")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;
color:#1b1b1b;background:#fff}
h2{border-bottom:2px solid #b3261e;margin-top:2.5rem}
summary{cursor:pointer;padding:.4rem 0}code{background:#f0f0f0;padding:0 .25rem}
.method{display:inline-block;min-width:4.5rem;font-weight:700;color:#8c1d18}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .5rem;
border-bottom:1px solid #ddd;vertical-align:top}pre{white-space:pre-wrap}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}code{background:#333}
.method{color:#ff9a90}td,th{border-color:#444}a{color:#9cc9ff}}
"""


def docs_page(document: JsonSchema, language: Language) -> str:
    """Return the OpenAPI `document` as a page."""
    title = escape(str(document["info"]["title"]))
    machine = Text("供程序读取的 OpenAPI 文档", "OpenAPI document for machines").into(language)
    return (
        f'<!doctype html><html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head><body>'
        f"<h1>{title} <small>{escape(str(document['info']['version']))}</small></h1>"
        f"<pre>{escape(str(document['info']['description']).strip())}</pre>"
        f'<p><a href="openapi.json">{escape(machine)}</a></p>'
        f"{''.join(_sections(document))}</body></html>"
    )


def _sections(document: JsonSchema) -> Iterator[str]:
    tagged: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                tag = operation.get("tags", ["other"])[0]
                tagged.setdefault(tag, []).append(_operation(method, path, operation))
    for tag, operations in tagged.items():
        yield f"<section><h2>{escape(tag)}</h2>{''.join(operations)}</section>"


def _operation(method: str, path: str, operation: JsonSchema) -> str:
    lock = " 🔒" if operation.get("security") else ""
    head = (
        f'<summary><span class="method">{method.upper()}</span> <code>{escape(path)}</code>'
        f"{lock} {escape(str(operation.get('summary', '')))}</summary>"
    )
    text = f"<p>{escape(str(operation.get('description', '')))}</p>"
    rows = "".join(_parameter(entry) for entry in operation.get("parameters", []))
    table = f"<table>{rows}</table>" if rows else ""
    return f"<details>{head}{text}{table}{_body(operation)}</details>"


def _parameter(entry: JsonSchema) -> str:
    needed = "*" if entry.get("required") else ""
    where = escape(str(entry["in"]))
    about = escape(str(entry.get("description", "")))
    return (
        f"<tr><th><code>{escape(str(entry['name']))}</code>{needed}</th>"
        f"<td>{where}</td><td>{_type(entry.get('schema', {}))}</td><td>{about}</td></tr>"
    )


def _type(schema: JsonSchema) -> str:
    if "$ref" in schema:
        return escape(str(schema["$ref"]).rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " | ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(escape(str(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return escape(str(schema.get("type", "")))


def _body(operation: JsonSchema) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    kinds = [f"{escape(kind)}: {_type(held.get('schema', {}))}" for kind, held in content.items()]
    return f"<p>Body: {'; '.join(kinds)}</p>" if kinds else ""
