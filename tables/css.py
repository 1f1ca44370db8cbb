"""As much of style sheets as tells what a page does not display."""

from __future__ import annotations

import re

#: Declarations of what a reader does not see, or sees struck out.
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|line-through"
    r"|font-size\s*:\s*0(?![.\d])|(?<![-\w])opacity\s*:\s*0(?![.\d])"
    r"|(?<![-\w])color\s*:\s*transparent",
    re.I,
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_BRACE = re.compile(r"([{}])")
_CLASS = re.compile(r"\w*\.([\w-]+)")
#: Declarations of what stands above or below the line.
RAISED = re.compile(r"vertical-align\s*:\s*(?:super|sub|text-top|text-bottom)", re.I)


def hiding_classes(sheet: str) -> set[str]:
    """The classes that a style sheet hides by a rule for nothing else; not those of ``@media``."""
    found: set[str] = set()
    names, depth = "", 0
    parts = [*_BRACE.split(_COMMENT.sub("", sheet)), ""]
    for text, brace in zip(parts[::2], parts[1::2], strict=True):
        if brace == "{":
            depth += 1
            names = text.rpartition(";")[2].strip() if depth == 1 else names
        elif brace == "}":
            if depth == 1 and HIDING.search(text):
                found |= {m[1] for n in names.split(",") if (m := _CLASS.fullmatch(n.strip()))}
            depth = max(0, depth - 1)
    return found
