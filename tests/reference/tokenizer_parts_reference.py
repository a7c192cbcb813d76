#!/usr/bin/env python3
"""Writes tests/core/text/data/tokenizer_parts.json: what Hugging Face's tokenizers makes with each part that a tokenizer.json may name.

usage: tokenizer_parts_reference.py

"tokenizers": small ones trained here, with ids, byte offsets and decoded texts; "pairs" of two texts; "normalizers" and "pre_tokenizers": SHA-256 of
what each makes of every code point, and of TEXTS. Needs the `tokenizers` wheel.
"""
import base64
import hashlib
import json
import pathlib
import struct

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizer_reference import TEXTS as MORE_TEXTS

OUT = pathlib.Path(__file__).parent.parent / "core/text/data/tokenizer_parts.json"
TEXTS = [
    "", " ", "  x", "\n", "a", "Hello, world! It's 12.5% of 2024.", "The quick brown fox  jumps over\tthe lazy dog.\n", "  leading and trailing  ",
    "caf\u00e9 na\u00efve cafe\u0301 \u0130stanbul \u00df \ufb01ne", "\u041f\u0440\u0438\u0432\u0435\u0442 \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f\u30c6\u30b9\u30c8 \uc548\ub155",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7", "a\u0300\u0301\u0327b \u1100\u1161\u11a8", "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd", "x\x00y\x7f\u0085z\ufffd \u180e\u200b\ufeff",
    "[CLS] a [SEP]b<mask> <mask>  c", "wordword " + "w" * 120, "don't we've they're n't . , ? !", "\u2581a \u2581\u2581b", "UPPER lower MiXeD camelCase", "\uff28\uff45\uff4c\uff4c\uff4f \u2460\u00bd\u2122", "a-b_c|d|e  |",
]  # fmt: skip
CORPUS = [t for t in TEXTS + MORE_TEXTS if len(t) < 300] * 2


def byte_offsets(text, offsets):
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode()))
    return [starts[o] for pair in offsets for o in pair]


def charsmap():
    """The map of a SentencePiece model, by hand: a double array for U+FF21 -> A, fi ligature -> fi, e + acute -> e, tab -> space."""
    rules = {"\uff28": "H", "\ufb01": "fi", "e\u0301": "E'", "\t": " ", "\u2460": "1", "\u200b": ""}
    replacements, places = b"", {}
    for to in rules.values():
        places[to] = len(replacements)
        replacements += to.encode() + b"\0"
    tree = {}
    for source, to in rules.items():
        node = tree
        for byte in source.encode():
            node = node.setdefault(byte, {})
        node[0] = places[to]
    units, used = {0: 0}, {0}

    def place(node, at):
        base = next(b for b in range(1, 1 << 16) if all((at ^ b ^ key) not in used for key in node) and all((at ^ b ^ key) > 0 for key in node))
        units[at] |= base << 10 | (256 if 0 in node else 0)
        for key in node:
            used.add(at ^ base ^ key)
        for key, child in node.items():
            if key == 0:
                units[at ^ base] = child | 1 << 31
            else:
                units[at ^ base ^ key] = key
                place(child, at ^ base ^ key)

    place(tree, 0)
    array = [units.get(i, 0x7FFFFFFF & ~0xFF) for i in range(max(units) + 256)]
    trie = struct.pack(f"<{len(array)}I", *array)
    return base64.b64encode(struct.pack("<I", len(trie)) + trie + replacements).decode()


def normalizer_list():
    precompiled = json.dumps({"type": "Precompiled", "precompiled_charsmap": charsmap()})
    n = normalizers
    bert = [n.BertNormalizer(), n.BertNormalizer(lowercase=False), n.BertNormalizer(strip_accents=False, handle_chinese_chars=False), n.BertNormalizer(clean_text=False)]
    return [n.NFC(), n.NFD(), n.NFKC(), n.NFKD(), n.Lowercase(), n.StripAccents(), n.Strip(), n.Strip(left=False), n.Strip(right=False), n.Nmt(), n.ByteLevel(), n.Prepend("\u2581"),
            n.Replace(" ", "\u2581"), n.Replace(Regex(r"\s+|[0-9]"), "#"), n.Replace(Regex("$"), "!"), *bert, n.Sequence([n.NFD(), n.StripAccents(), n.Lowercase(), n.Strip()]),
            n.Precompiled(base64.b64decode(charsmap()))]  # fmt: skip


def pre_tokenizer_list():
    p = pre_tokenizers
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    splits = [p.Split(Regex(r"\p{P}|\s"), b, invert=i) for b in behaviors for i in (False, True)] + [p.Split(" ", b) for b in behaviors]
    patterns = [r"(?=[A-Z])", r"^a|b$", r"\d+|\w+", r"\bx", r"[^\p{Ll}]", r"\P{Lu}+", r"[\p{Han}\p{Hiragana}]+", r"\S+|\s+",
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"]  # fmt: skip
    return [p.ByteLevel(add_prefix_space=True), p.ByteLevel(add_prefix_space=False), p.ByteLevel(add_prefix_space=True, use_regex=False), *splits,
            *[p.Split(Regex(r), "isolated") for r in patterns], p.Digits(), p.Digits(individual_digits=True),
            *[p.Metaspace(prepend_scheme=s, split=c) for s in ("always", "never", "first") for c in (True, False)], p.BertPreTokenizer(), p.Whitespace(), p.WhitespaceSplit(),
            *[p.Punctuation(b) for b in behaviors], p.CharDelimiterSplit("|"), p.UnicodeScripts(), p.FixedLength(3),
            p.Sequence([p.Whitespace(), p.Digits(individual_digits=True), p.Metaspace()]), p.Sequence([p.ByteLevel(add_prefix_space=False), p.Metaspace()])]  # fmt: skip


def train(model, trainer, **parts):
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def tokenizer_list():
    p, d, n = pre_tokenizers, decoders, normalizers
    bert_special = ["[UNK]", "[CLS]", "[SEP]"]
    template = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    word_piece = train(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=420, special_tokens=bert_special, show_progress=False),
                       normalizer=n.BertNormalizer(), pre_tokenizer=p.BertPreTokenizer(), decoder=d.WordPiece(), post_processor=template)
    byte_bpe = train(models.BPE(), trainers.BpeTrainer(vocab_size=340, initial_alphabet=p.ByteLevel.alphabet(), special_tokens=["<s>", "[CLS]", "[SEP]"], show_progress=False),
                     pre_tokenizer=p.ByteLevel(add_prefix_space=True), decoder=d.ByteLevel(), post_processor=processors.RobertaProcessing(("[SEP]", 2), ("[CLS]", 1)))
    trimmed = Tokenizer.from_str(byte_bpe.to_str())
    trimmed.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True, add_prefix_space=False), template])
    trimmed.normalizer = n.NFC()
    byte_tokens = [f"<0x{b:02X}>" for b in range(256)]
    spm = train(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True), trainers.BpeTrainer(vocab_size=460, limit_alphabet=60, special_tokens=["<unk>", "<s>", "</s>", *byte_tokens], show_progress=False),
                normalizer=n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")]), decoder=d.Sequence([d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse(), d.Strip(" ", 1, 0)]))
    data = json.loads(spm.to_str())
    data["added_tokens"] = data["added_tokens"][:3]
    spm = Tokenizer.from_str(json.dumps(data))
    fused = train(models.BPE(unk_token="<unk>", fuse_unk=True), trainers.BpeTrainer(vocab_size=120, limit_alphabet=50, special_tokens=["<unk>"], show_progress=False),
                  pre_tokenizer=p.Metaspace(prepend_scheme="first"), decoder=d.Metaspace(prepend_scheme="first"))
    separate = json.loads(fused.to_str())
    separate["model"]["fuse_unk"] = False
    clip = train(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"), trainers.BpeTrainer(vocab_size=260, limit_alphabet=60, end_of_word_suffix="</w>", special_tokens=["<unk>"], show_progress=False),
                 normalizer=n.Sequence([n.NFC(), n.Lowercase()]), pre_tokenizer=p.Whitespace(), decoder=d.BPEDecoder())
    hashed = train(models.BPE(unk_token="<unk>", continuing_subword_prefix="##"), trainers.BpeTrainer(vocab_size=260, limit_alphabet=60, continuing_subword_prefix="##", special_tokens=["<unk>"], show_progress=False),
                   pre_tokenizer=p.BertPreTokenizer(), decoder=d.WordPiece(cleanup=False))
    unigram = train(models.Unigram(), trainers.UnigramTrainer(vocab_size=260, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False),
                    normalizer=n.Sequence([n.Precompiled(base64.b64decode(charsmap())), n.NFKC(), n.Replace(Regex(" {2,}"), " ")]), pre_tokenizer=p.Metaspace(), decoder=d.Metaspace())
    data = json.loads(unigram.to_str())
    data["model"]["byte_fallback"] = True
    data["model"]["vocab"] += [[t, 0.0] for t in byte_tokens]
    data["decoder"] = json.loads(spm.to_str())["decoder"]
    fallback = Tokenizer.from_str(json.dumps(data))
    levels = train(models.WordLevel(unk_token="[UNK]"), trainers.WordLevelTrainer(vocab_size=100, special_tokens=bert_special, show_progress=False),
                   pre_tokenizer=p.Sequence([p.WhitespaceSplit(), p.Punctuation()]), post_processor=processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1)))
    ctc = Tokenizer.from_str(levels.to_str())
    ctc.decoder = d.CTC(pad_token="[SEP]", word_delimiter_token="a")
    added = Tokenizer.from_str(byte_bpe.to_str())
    added.normalizer = n.Sequence([n.Lowercase(), n.NFD()])
    added.add_tokens([AddedToken("<mask>", lstrip=True, rstrip=True, normalized=False), AddedToken("word", single_word=True, normalized=False), AddedToken("CAF\u00c9", normalized=True),
                      AddedToken("fox", rstrip=True), AddedToken("ell", single_word=True), AddedToken(" the", lstrip=True, special=False)])
    return {"word_piece": word_piece, "byte_bpe": byte_bpe, "byte_bpe_trimmed": trimmed, "spm": spm, "metaspace_fused": fused, "metaspace": Tokenizer.from_str(json.dumps(separate)), "clip": clip,
            "prefixed": hashed, "unigram": unigram, "unigram_fallback": fallback, "word_level": levels, "ctc": ctc, "added": added}  # fmt: skip


def digest(texts):
    return hashlib.sha256("\x01".join(texts).encode()).hexdigest()


def code_point_texts():
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    return ["".join("a" + chr(c) + "\u0334 " + chr(c) + "1" for c in points[i : i + 20000]) for i in range(0, len(points), 20000)]


def main():
    data = {"texts": TEXTS, "tokenizers": [], "normalizers": [], "pre_tokenizers": []}
    for name, tokenizer in tokenizer_list().items():
        cases = []
        for text in TEXTS:
            encoding = tokenizer.encode(text)
            cases.append({"ids": encoding.ids, "offsets": byte_offsets(text, encoding.offsets),
                          "plain": tokenizer.encode(text, add_special_tokens=False).ids if tokenizer.post_processor else None,
                          "text": tokenizer.decode(encoding.ids, skip_special_tokens=False)})
        pair = tokenizer.encode(TEXTS[5], TEXTS[8])
        data["tokenizers"].append({"name": name, "json": json.loads(tokenizer.to_str()), "cases": cases, "pair": {"ids": pair.ids, "type_ids": pair.type_ids}})
    points = code_point_texts()
    for part in normalizer_list():
        data["normalizers"].append({"part": json.loads(part.__getstate__()), "all": digest([part.normalize_str(t) for t in points]), "texts": [part.normalize_str(t) for t in TEXTS]})
    for part in pre_tokenizer_list():
        pieces = lambda text: "\x02".join(piece for piece, _ in part.pre_tokenize_str(text))
        data["pre_tokenizers"].append({"part": json.loads(part.__getstate__()), "all": digest([pieces(t) for t in points]), "texts": [pieces(t) for t in TEXTS]})
    OUT.write_text(json.dumps(data, separators=(",", ":")).replace('{"ids"', '\n{"ids"').replace('{"name"', '\n{"name"').replace('{"part"', '\n{"part"') + "\n")
    print(OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
