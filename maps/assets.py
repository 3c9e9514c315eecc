"""The script and style files every page carries with it, so that no page asks another host."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from geo.errors import MissingError
from geo.text import Text

_PICTURE = re.compile(r"url\(images/[^)]*\)|url\(#default#VML\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@cache
def read_asset(name: str) -> str:
    """Return the text of ``maps/static/<name>``.

    Raises
    ------
    MissingError
        If the installation lacks the file.
    """
    path = files("maps").joinpath("static", *name.split("/"))
    if not path.is_file():
        raise MissingError(
            Text(
                f"安装包缺少静态文件 {name}，请重新安装。",
                f"The installation lacks the static file {name}; install it again.",
            )
        )
    return path.read_text(encoding="utf-8")


@cache
def read_picture(name: str) -> bytes:
    """Return the bytes of the picture ``maps/static/<name>``."""
    return files("maps").joinpath("static", name).read_bytes()


@cache
def inline_style(*names: str) -> Markup:
    """Return a ``<style>`` element holding the files `names`, free of links to pictures."""
    text = "\n".join(_PICTURE.sub("none", read_asset(name)) for name in names)
    return Markup("<style>\n{}\n</style>").format(Markup(text.replace("</", r"<\/")))  # noqa: S704 - our own files


@cache
def inline_script(*names: str) -> Markup:
    """Return a ``<script>`` element holding the files `names` in that order."""
    text = "\n".join(_SOURCE_MAP.sub("", read_asset(name)) for name in names)
    return Markup("<script>\n{}\n</script>").format(Markup(text.replace("</script", r"<\/script")))  # noqa: S704 - our own files
