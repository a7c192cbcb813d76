#!/usr/bin/env python3
"""Turns explainers-*.md into train.jsonl, validation.jsonl and dataset.yaml beside this file.

`python3 build.py --check` proves that the files are what this program makes (used by the tests).
"""
import argparse
import hashlib
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
VALIDATION = {"Why things float", "Energy", "Fossils", "A fair test"}


def explainers():
    for path in sorted(FOLDER.glob("explainers-*.md")):
        for part in path.read_text().split("# ")[1:]:
            title, _, body = part.partition("\n")
            yield title.strip(), body.strip()


def build():
    rows = {"train": [], "validation": []}
    for title, body in explainers():
        split = "validation" if title in VALIDATION else "train"
        rows[split].append(json.dumps({"title": title, "text": f"{title}\n\n{body}"}) + "\n")
    files = {f"{split}.jsonl": "".join(lines) for split, lines in rows.items()}
    described = "".join(
        f"  {split}: {{file: {split}.jsonl, records: {len(lines)}, "
        f"sha256: {hashlib.sha256(files[f'{split}.jsonl'].encode()).hexdigest()}}}\n" for split, lines in rows.items())
    files["dataset.yaml"] = (
        "title: Science explainers\n"
        "summary: Plain explanations of school science, a page each, from why the sky is blue to how measuring works.\n"
        "goal: writer\n"
        "licence: CC0-1.0\n"
        "source: Written for Lyceum; datasets/science-explainers/explainers-*.md\n"
        "splits:\n" + described)
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    arguments = parser.parse_args()
    differing = []
    for name, text in build().items():
        if not arguments.check:
            (FOLDER / name).write_text(text)
        elif (FOLDER / name).read_text() != text:
            differing.append(name)
    if differing:
        sys.exit(f"not what build.py makes: {', '.join(differing)}; run it again, or undo the edit")
    print("science-explainers: " + ("as built" if arguments.check else "written"))


if __name__ == "__main__":
    main()
