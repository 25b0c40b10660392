"""Ways of hiding a block from readers, as attributes of its tag; hx9 is hidden by a style sheet."""

from __future__ import annotations

__all__ = ["HIDINGS"]

HIDINGS = (
    'style="display:none"',
    'style="DISPLAY : none !important"',
    'style="visibility:hidden"',
    "hidden",
    'style="position:absolute;left:-9999px"',
    'style="position:fixed;top:-1000px;left:0"',
    'style="text-indent:-9999em"',
    'style="font-size:0"',
    'style="font-size:0px;line-height:0"',
    'style="font-size:1px;color:#fefefe"',
    'style="width:0;height:0;overflow:hidden"',
    'style="height:1px;width:1px;overflow:hidden"',
    'style="opacity:0"',
    'style="opacity:.01"',
    'style="color:#fff;background:#ffffff"',
    'style="color:white;background-color:#FFF"',
    'style="transform:scale(0)"',
    'style="max-height:0;overflow:hidden"',
    'style="clip:rect(0 0 0 0);position:absolute"',
    'style="clip-path:inset(50%);position:absolute"',
    'style="margin-left:-5000px"',
    'style="z-index:-999;position:absolute"',
    'style="filter:alpha(opacity=0);opacity:0"',
    'aria-hidden="true" style="left:-200vw;position:absolute"',
    'class="hx9"',
    'id="hx9"',
)
