#!/usr/bin/env python3
"""Fails if a source file includes a layer it may not know. The tables are the architecture."""
import re

import sources

FRONT = [{"base"}, {"config", "formats", "text", "metrics"}, {"models", "data", "store"},
         {"cluster", "trackers"}, {"jobs"}]
ENGINE = [set(), set(), {"runtime", "kernels"}, {"nn", "optim"}, {"loader", "strategy"},
          {"task", "checkpoint", "infer"}, {"train", "exporter", "serve"}]
LEVEL = {name: level for half in (FRONT, ENGINE) for level, names in enumerate(half)
         for name in names}
NO_TORCH = set().union(*FRONT)
UI_MAY_SEE = {"base", "config", "metrics", "models", "data", "store", "jobs", "formats", "text"}

QT = r"<Q\w|<qcustomplot"
TORCH = r"<(torch|ATen|c10)/"


def allowed_core(name):
    """The core folders that core/`name` may include: itself and strictly lower ones; front never engine."""
    return {other for other, level in LEVEL.items()
            if other == name or (level < LEVEL[name] and (name not in NO_TORCH or other in NO_TORCH))}


def core_other_than(names):
    return r'"core/(?!(' + "|".join(sorted(names)) + ")/)"


FORBIDDEN = {  # folder -> patterns of includes that its files must not contain
    "core": rf'"(ui|app|tests)/|{QT}',
    "ui": rf'"(app|tests)/|{core_other_than(UI_MAY_SEE)}|{TORCH}',
    "ui/models": r'"ui/(?!models/)|<QWidget|<QApplication|<QDialog|<QMessageBox|<qcustomplot',
    "app": r'"tests/',
    "app/cli": rf'{core_other_than(NO_TORCH)}|"ui/|{QT}|{TORCH}',
    "app/engine": rf'"ui/|{QT}',
    "app/studio": rf"{core_other_than(UI_MAY_SEE)}|{TORCH}",
}
FORBIDDEN |= {f"ui/{folder}": r"<qcustomplot"
              for folder in ("widgets", "dialogs", "shell", "theme", "panels")}
FORBIDDEN |= {f"core/{name}": core_other_than(allowed_core(name))
              + (f"|{TORCH}" if name in NO_TORCH else "") for name in LEVEL}


def violations(root):
    for path in sources.files(root, ("core", "ui", "app")):
        name = path.relative_to(root)
        if name.parts[0] == "core" and name.parts[1] not in LEVEL:
            yield f"{name}: core/{name.parts[1]} has no level: give it one in {__file__}"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if not re.match(r"\s*#\s*include", line):
                continue
            for folder, pattern in FORBIDDEN.items():
                if name.is_relative_to(folder) and re.search(pattern, line):
                    yield f"{name}:{number}: {folder} may not use: {line.strip()}"


SAMPLES = [
    ("a lower layer", {"core/jobs/a.h": '#include "core/store/b.h"\n'}, False),
    ("the own folder", {"core/jobs/a.h": '#include "core/jobs/b.h"\n'}, False),
    ("a higher layer", {"core/base/a.h": '#include "core/jobs/b.h"\n'}, True),
    ("the same level", {"core/models/a.h": '#include "core/data/b.h"\n'}, True),
    ("front half includes engine half", {"core/jobs/a.h": '#include "core/runtime/b.h"\n'}, True),
    ("LibTorch in the front half", {"core/data/a.cpp": "#include <torch/torch.h>\n"}, True),
    ("LibTorch in the engine half", {"core/nn/a.cpp": "#include <torch/torch.h>\n"}, False),
    ("Qt in core", {"core/nn/a.cpp": "#include <QString>\n"}, True),
    ("the window includes launchers", {"ui/panels/a.cpp": '#include "core/cluster/b.h"\n'}, True),
    ("a panel includes QCustomPlot", {"ui/panels/a.cpp": "#include <qcustomplot.h>\n"}, True),
    ("plots include QCustomPlot", {"ui/plots/a.cpp": "#include <qcustomplot.h>\n"}, False),
    ("the command line includes the engine", {"app/cli/a.cpp": '#include "core/train/b.h"\n'}, True),
    ("a folder without a level", {"core/cupboard/a.h": "\n"}, True),
]

if __name__ == "__main__":
    sources.main(violations, SAMPLES)
