#!/usr/bin/env python3
"""Writes tests/core/text/data/tokenizer_training.json: what the trainers of Hugging Face's tokenizers learn from the datasets here.

BpeTrainer is repeatable. WordPieceTrainer gives the letters that continue words ("##a") the ids of a hash table's order, which breaks
ties between pairs in another way each time; given first, as if they were special tokens, they have an order (by code point), and the
rest is repeatable. UnigramTrainer is repeatable up to the order of equal scores, and to which of the characters that were dropped on
the way comes back with which score: the lowest plus 0, 0.0001, 0.0002, ... These are named in "restored".

Needs the `tokenizers` wheel (0.23).
"""
import hashlib
import json
import os
import pathlib

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
OUT = ROOT / "tests/core/text/data/tokenizer_training.json"
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def texts(dataset, split):
    found = []
    for line in (ROOT / "datasets" / dataset / f"{split}.jsonl").read_text(encoding="utf8").splitlines():
        record = json.loads(line)
        found += [record["text"]] if "text" in record else [message["content"] for message in record["messages"]]
    return found


def bpe(corpus, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))  # fmt: skip
    return tokenizer


def word_piece(corpus, size):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = [word for text in corpus for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))]
    alphabet = sorted({letter for word in words for letter in word}) + ["##" + c for c in sorted({c for word in words for c in word[1:]})]
    tokenizer.train_from_iterator(corpus, trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=BERT + alphabet, show_progress=False))  # fmt: skip
    clean = Tokenizer(models.WordPiece(tokenizer.get_vocab(), unk_token="[UNK]"))
    clean.normalizer, clean.pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer
    clean.add_special_tokens(BERT)
    clean.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return clean


def unigram(corpus, size):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.train_from_iterator(corpus, trainers.UnigramTrainer(
        vocab_size=size, special_tokens=["<unk>", "<|endoftext|>"], unk_token="<unk>", show_progress=False))  # fmt: skip
    return tokenizer


def describe(kind, tokenizer, held_out):
    model = json.loads(tokenizer.to_str())["model"]
    ids = [tokenizer.encode(text).ids for text in held_out]
    entry = {"num_tokens": sum(map(len, ids))}
    if kind == "unigram":
        entry["pieces"] = sorted(model["vocab"])
        scores = dict(entry["pieces"][:])
        lowest = min(scores.values())
        steps = {piece: (score - lowest) / 1e-4 for piece, score in scores.items() if len(piece) == 1}
        entry["restored"] = sorted(p for p, step in steps.items() if abs(step - round(step)) < 1e-6 and round(step) < len(steps))
        return entry
    entry["vocabulary"] = sorted(model["vocab"], key=model["vocab"].get)
    if kind == "bpe":
        entry["merges"] = [" ".join(pair) for pair in model["merges"]]
    entry["ids_sha256"] = hashlib.sha256("\n".join(" ".join(map(str, text)) for text in ids).encode()).hexdigest()
    return entry


def main():
    entries = []
    for dataset, kind, size in [("science-explainers", "bpe", 800), ("fractions-tutor", "bpe", 600),
                                ("science-explainers", "wordpiece", 700), ("fractions-tutor", "wordpiece", 400),
                                ("science-explainers", "unigram", 600), ("fractions-tutor", "unigram", 400)]:  # fmt: skip
        train = {"bpe": bpe, "wordpiece": word_piece, "unigram": unigram}[kind]
        tokenizer = train(texts(dataset, "train"), size)
        entry = {"dataset": dataset, "kind": kind, "vocab_size": size}
        entries.append(entry | describe(kind, tokenizer, texts(dataset, "validation")))
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    OUT.write_text('{"entries": [\n' + lines + "\n]}\n", encoding="utf8")


if __name__ == "__main__":
    main()
