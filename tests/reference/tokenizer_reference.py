#!/usr/bin/env python3
"""Writes tests/core/text/data/smollm2_tokens.json: ids that Hugging Face's tokenizers gives for SmolLM2 and GPT-2 rules.

usage: tokenizer_reference.py MODEL.gguf

The tokenizer is built by hand from the vocabulary and merges in the GGUF with the parts that SmolLM2's own tokenizer.json has:
Digits (one by one), ByteLevel, BPE without an unknown token. Needs the `tokenizers` and `gguf` wheels.
"""
import hashlib
import json
import pathlib
import random
import sys

from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

OUT = pathlib.Path(__file__).parent.parent / "core/text/data/smollm2_tokens.json"

TEXTS = [
    "", " ", "  ", "\n", "\n\n", "\t", "\r\n", " \n \n", "a", " a", "a ", "Hello, world!", "Hello  world", "   leading",
    "trailing   ", "a\n\n\nb", "a \n b", "tabs\tand\t\tmore", "mixed \t \n whitespace \r\n\r\n end",
    "I'm you're he'll we've they'd it's don't", "I'M YOU'RE HE'LL", "o'clock 'tis rock'n'roll ''quoted''", "it\u2019s curly",
    "1234567890", "3.14159", "-42", "1,000,000.50", "2/3 + 1/6 = 5/6", "x1y2z3", "1 2  3   4", "12:30pm on 2026-01-31",
    "\u0661\u0662\u0663", "\u00bd + \u00bc = \u00be", "x\u00b2 + y\u00b3", "\u2167 \u2460 \u4e09", "\U0001d7d8\U0001d7d9", "\u0966\u0967\u0968 \u0e51\u0e52",
    "caf\u00e9 na\u00efve r\u00e9sum\u00e9", "cafe\u0301", "\u00c5ngstr\u00f6m \u00df \u0152uvre", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
    "\u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u039a\u03cc\u03c3\u03bc\u03b5", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u0627\u0644\u0633\u0651\u064e\u0644\u0627\u0645\u064f",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8", "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "\U0001f1eb\U0001f1f7 \U0001f44d\U0001f3fd ok", "a\u200bb\u200cc\ufeffd", "no\u00a0break\u2003em\u3000wide\u202fnarrow",
    "\u1680\u180e\u2028\u2029\u0085x", "\u1c89\ua7cb\U000105c0 new letters", "\ufffd\ufffe", "\U0010ffff\ue000", "\x00\x01\x7f control", "e\u0300\u0301\u0302\u0303",
    "def f(x):\n    return x ** 2  # square\n\n\nclass A:\n\tpass\n", "for (int i = 0; i < n; ++i) { a[i] += b[i]; }",
    "<div class=\"x\">&amp;</div>", "{\"key\": [1, 2.5, null, true]}", "$\\frac{1}{2} + \\sqrt{x}$", "https://example.org/a?b=c&d=1#e",
    "SELECT * FROM t WHERE a <> 'b';", "!!!???...---___", "....", "'''", "(((a)))", "snake_case camelCase PascalCase SCREAMING_CASE",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "abcdefghijklmnopqrstuvwxyz" * 4, "the" * 40, "=" * 100, " " * 100, "\n" * 50, " \n" * 20 + "x",
    "<|im_start|>user\nWhat is 1/2 + 1/3?<|im_end|>\n<|im_start|>assistant\n", "<|im_start|><|im_end|><|endoftext|>", "a<|im_end|>b <|im_end|> c",
    "<|im_start", "<|im_start|", "<<|im_end|>>", "<|IM_START|>", "<repo_name><reponame><file_sep>", "<jupyter_start><empty_output>", "<| im_end |>",
]  # fmt: skip


def smollm2(gguf, pre_tokenizer):
    fields = GGUFReader(gguf).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, kind in zip(tokens, types) if kind == 3])
    return tokenizer


def random_texts(count):
    """Characters of all planes with spaces, digits and apostrophes between."""
    rng = random.Random(7)
    ranges = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0x1E00, 0x2BFF), (0x3000, 0x9FFF), (0xA000, 0xD7FF),
              (0xF900, 0xFFFD), (0x10000, 0x1FFFF), (0x20000, 0x323AF)]  # fmt: skip
    for _ in range(count):
        text = ""
        for _ in range(rng.randint(1, 40)):
            text += rng.choice([" ", "  ", "\n", "'s", "'re", "7", "x", "the ", chr(rng.randint(*rng.choice(ranges)))])
        yield text


def all_code_points(tokenizer):
    """SHA-256 of the ids (int32, little-endian) of every code point in front of and behind letters, blanks and digits."""
    digest = hashlib.sha256()
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    for start in range(0, len(points), 20000):
        text = "".join("a" + chr(c) + " " + chr(c) + "1 " for c in points[start : start + 20000])
        for token in tokenizer.encode(text).ids:
            digest.update(token.to_bytes(4, "little"))
    return digest.hexdigest()


def main():
    gguf = sys.argv[1]
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    smollm = smollm2(gguf, pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level]))
    gpt2 = smollm2(gguf, byte_level)
    cases = []
    for text in TEXTS + list(random_texts(60)):
        ids = smollm.encode(text).ids
        smollm.encode_special_tokens = True
        plain = smollm.encode(text).ids
        smollm.encode_special_tokens = False
        case = {"text": text, "ids": ids, "gpt2_ids": gpt2.encode(text).ids, "plain_ids": plain}
        case["decoded"] = smollm.decode(ids, skip_special_tokens=False)
        cases.append(case)
    rng = random.Random(11)
    decodes = []
    for _ in range(40):  # ids out of order: halves of characters beside each other
        ids = [rng.randrange(17, 1200) if rng.random() < 0.7 else rng.randrange(49152) for _ in range(12)]
        decodes.append({"ids": ids, "text": smollm.decode(ids, skip_special_tokens=True)})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"cases": cases, "decodes": decodes, "all_code_points_sha256": all_code_points(smollm)}, ensure_ascii=True, separators=(",", ":")).replace('{"', '\n{"') + "\n")
    print(len(cases), "texts,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
