"""Writes tests/core/infer/embed_reference.json: sentence embeddings by Transformers and numpy, for
tests/core/infer/embed_test.cpp: every pooling on a small BERT with weights from a formula, and the ids and embeddings
of all-MiniLM-L6-v2 (mean pooling, length 1).

Needs torch, transformers and numpy, beside families_reference.py:  python tests/reference/embed_reference.py MINILM
"""

import json
import pathlib
import sys

import numpy
import torch
from transformers import AutoModel, AutoTokenizer

import families_reference as families

TEXTS = [
    "That is a happy person.",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "Na\u00efve caf\u00e9, \u4f60\u597d, 12345 \U0001f600",
    "",
    "one two three four five six seven eight nine ten " * 40,
]
MAX_LENGTH = 256


def pooled(hidden):
    """hidden [T, D] of one text without padding."""
    places = numpy.arange(1, len(hidden) + 1)[:, None]
    return {
        "cls": hidden[0],
        "max": hidden.max(0),
        "mean": hidden.mean(0),
        "mean_sqrt_len_tokens": hidden.sum(0) / numpy.sqrt(len(hidden)),
        "weightedmean": (hidden * places).sum(0) / places.sum(),
        "lasttoken": hidden[-1],
    }


def rounded(values, digits):
    return [round(float(value), digits) for value in values]


def small():
    model = families.make(dict(families.BERT))
    texts = [families.text(i, n) for i, n in enumerate(families.LENGTHS)]
    result = []
    for ids in texts:
        hidden = model(torch.tensor([ids])).last_hidden_state[0].detach().double().numpy()
        result.append({name: rounded(values, 6) for name, values in pooled(hidden).items()})
    return dict(config=families.BERT, ids=texts, poolings=result)


def minilm(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    result = []
    for text in TEXTS:
        ids = tokenizer(text, truncation=True, max_length=MAX_LENGTH)["input_ids"]
        whole = len(tokenizer(text, truncation=False)["input_ids"])
        hidden = model(torch.tensor([ids])).last_hidden_state[0].detach().double().numpy()
        mean = pooled(hidden)["mean"]
        result.append(dict(text=text, ids=ids, num_cut=whole - len(ids),
                           embedding=rounded(mean / numpy.linalg.norm(mean), 7)))
    return result


def main():
    with torch.no_grad():
        result = dict(small=small(), minilm=minilm(sys.argv[1]))
    out = pathlib.Path(__file__).parent.parent / "core" / "infer" / "embed_reference.json"
    out.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
