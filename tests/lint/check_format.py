#!/usr/bin/env python3
"""Fails if clang-format 14 would change a C++ file of ours."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import sources

STYLE = pathlib.Path(__file__).resolve().parents[2] / ".clang-format"


def clang_format():
    """Another version formats otherwise, so it is 14 or nothing."""
    for name in ("clang-format-14", "clang-format"):
        if path := shutil.which(name):
            version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            if re.search(r"version 14\.", version):
                return path
    sys.exit("clang-format 14 is not installed: apt-get install clang-format-14")


def violations(root):
    program = clang_format()

    def check(path):
        result = subprocess.run([program, f"--style=file:{STYLE}", "--dry-run", "-Werror", str(path)],
                                capture_output=True, text=True)
        return (path, result.stderr) if result.returncode else None

    paths = sources.files(root, ("app", "core", "ui", "tests"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in filter(None, pool.map(check, paths)):
            line = re.search(r":(\d+):\d+: error", found[1])
            where = f":{line.group(1)}" if line else ""
            yield f"{found[0].relative_to(root)}{where}: run clang-format -i on it"


SAMPLES = [
    ("formatted", {"core/a.cpp": "int f()\n{\n    return 1;\n}\n"}, False),
    ("badly indented", {"core/a.cpp": "int f()\n{\n  return 1;\n}\n"}, True),
    ("a line too long", {"core/a.cpp": "int f(int " + "a" * 60 + ", int " + "b" * 60 + ");\n"}, True),
]

if __name__ == "__main__":
    sources.main(violations, SAMPLES)
