#!/usr/bin/env python3
"""Makes the fractions tutor's data: `python3 generate.py` writes the splits and dataset.yaml beside this file,
`python3 generate.py --check` proves that the files are what this program makes (used by the tests).

Correct by construction: each answer is worked out in the family that makes the question, and checked here a second
time from the question's arithmetic. No problem (same family and operands) stands in two splits.
"""
import argparse
import hashlib
import json
import pathlib
import random
import sys
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import arithmetic
import problems

SEED = 20260131
SPLITS = {"train": 1400, "validation": 120, "test": 100}
FRACTION_WEIGHT = 2  # a fraction family is drawn twice as often as an arithmetic one
ASK = ["{question}\nMy attempt: {attempt}", "Question: {question}\nStudent: {attempt}", "{question} {attempt} Is that right?"]
OPEN = ["Not quite.", "Close, but not yet.", "Good try, there is one slip.", "Let us look at that again."]


def value(text):
    """The number that a written result names: 3/4, 2 1/3, -5, 2.75."""
    whole, _, part = text.partition(" ")
    return Fraction(whole) + Fraction(part) if part else Fraction(whole)


def check(problem):
    wanted = eval(problem.expression, {"F": Fraction, "max": max})  # our own expressions only
    if value(problem.answer) != wanted:
        raise SystemExit(f"{problem.family} {problem.key}: {problem.answer} is not {wanted}")
    bottom = problem.wrong.split("/")[-1]
    if bottom != "0" and value(problem.wrong) == wanted:
        return False  # the slip happens to give the right result
    return True


def draw(rng, used):
    pool = problems.FAMILIES * FRACTION_WEIGHT + arithmetic.FAMILIES
    while True:
        problem = rng.choice(pool)(rng)
        identity = (problem.family, problem.key)
        if identity not in used and check(problem):
            used.add(identity)
            return problem


def record(problem, rng, number, split):
    question = rng.choice(problem.questions)
    ask = rng.choice(ASK).format(question=question, attempt=rng.choice(problem.attempts))
    reply = "\n".join([f"{rng.choice(OPEN)} {rng.choice(problem.diagnosis)}", *problem.steps, f"Answer: {problem.answer}"])
    return {"id": f"{split}-{number:04d}", "topic": problem.family,
            "messages": [{"role": "user", "content": ask}, {"role": "assistant", "content": reply}],
            "answer": problem.answer}


def build():
    rng, used, files = random.Random(SEED), set(), {}
    for split in ["test", "validation", "train"]:
        rows = [record(draw(rng, used), rng, number, split) for number in range(SPLITS[split])]
        files[f"{split}.jsonl"] = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    described = "".join(
        f"  {split}: {{file: {split}.jsonl, records: {SPLITS[split]}, "
        f"sha256: {hashlib.sha256(files[f'{split}.jsonl'].encode()).hexdigest()}}}\n" for split in SPLITS)
    files["dataset.yaml"] = (
        "title: Fractions tutor\n"
        "summary: Short tutoring dialogues on fractions and arithmetic. A student shows a wrong attempt; the tutor finds the\n"
        "  mistake, repairs it step by step and gives the answer.\n"
        "goal: tutor\n"
        "licence: CC0-1.0\n"
        "source: Made for Lyceum by datasets/fractions-tutor/generate.py, seed " f"{SEED}\n"
        "splits:\n" + described)
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    arguments = parser.parse_args()
    folder = pathlib.Path(__file__).resolve().parent
    differing = []
    for name, text in build().items():
        if not arguments.check:
            (folder / name).write_text(text)
        elif (folder / name).read_text() != text:
            differing.append(name)
    if differing:
        sys.exit(f"not what generate.py makes: {', '.join(differing)}; run it again, or undo the edit")
    print("fractions-tutor: " + ("as generated" if arguments.check else "written"))


if __name__ == "__main__":
    main()
