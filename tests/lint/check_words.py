#!/usr/bin/env python3
"""Fails on notes to oneself, on code that is commented out, and on other than ASCII in core."""
import re

import sources

TOPS = ("app", "core", "ui", "tests", "packaging", "CMakeLists.txt", ".ci")
SUFFIXES = sources.CPP | {".txt", ".cmake", ".py", ".sh", ""}
NOTE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
# A comment that reads as a statement: a call or an assignment ended by a semicolon, an opened block,
# a brace alone.
CALL = r"[\w:.<>*&\[\]-]+\s?\(.*\);"
ASSIGNMENT = r"(?:[\w:<>*&]+\s){0,3}[\w.\[\]]+\s=\s.*;"
BLOCK = r"(?:if|for|while|switch)\s\(.*\)\s?\{?|[{}]+;?|#include\b.*"
CODE = re.compile(rf"^\s*//\s*(?:{CALL}|{ASSIGNMENT}|{BLOCK})\s*$")


def violations(root):
    for path in sources.files(root, TOPS, SUFFIXES):
        name = path.relative_to(root)
        is_cpp = path.suffix in sources.CPP
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if NOTE.search(line):
                yield f"{name}:{number}: a note to oneself: {line.strip()}"
            if is_cpp and CODE.match(line):
                yield f"{name}:{number}: code that is commented out: {line.strip()}"
            if is_cpp and name.parts[0] in ("app", "core") and not line.isascii():
                yield f"{name}:{number}: not ASCII: {line.strip()}"


SAMPLES = [
    ("plain comments", {"core/a.cpp": "// Why: the caller (a rank) waits; see the header.\nint a = 1; // [B, T]\n"}, False),
    ("prose with a semicolon", {"core/a.cpp": "// Steps of a cell (the widest) are whole;\n"}, False),
    ("a note", {"core/a.cpp": "// TO" "DO: later\n"}, True),
    ("a note in a script", {"packaging/a.sh": "# FIX" "ME\n"}, True),
    ("a call commented out", {"core/a.cpp": "    // run(a, b);\n"}, True),
    ("an assignment commented out", {"core/a.cpp": "    // const auto x = y + 1;\n"}, True),
    ("a condition commented out", {"core/a.cpp": "    // if (a == b) {\n"}, True),
    ("a dash that is not ASCII", {"core/a.cpp": "// a \u2013 b\n"}, True),
]

if __name__ == "__main__":
    sources.main(violations, SAMPLES)
