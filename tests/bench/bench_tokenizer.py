#!/usr/bin/env python3
"""Measures our tokenizer and Hugging Face's side by side on one thread, and checks that all ids are equal.

usage: bench_tokenizer.py BENCH_TOKENIZER MODEL.gguf BERT_TOKENIZER.json [--work FOLDER] [--rounds N] [--megabytes N] [--only NAME,...]

Texts are made of what the machine has: English from /usr/share/doc and the English side of translated messages, mixed scripts from
/usr/share/locale and from Unicode's blocks. The two sides take turns, round after round; the median counts. Hugging Face's side is
its fastest call (encode_batch_fast, without offsets) on one thread. Seconds are of the thread's processor time, so that other programs
do not count. Needs the `tokenizers` and `gguf` wheels.
"""
import os

os.environ.update(TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")

import argparse
import array
import gettext
import gzip
import html
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import time

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SHARE = pathlib.Path("/usr/share")
CELLS = ["encode_lines", "encode_whole", "decode_lines", "decode_whole"]
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def messages(language):
    """(English, translated) of all programs' catalogues for a language."""
    for path in sorted((SHARE / "locale" / language / "LC_MESSAGES").glob("*.mo")):
        try:
            catalogue = gettext.GNUTranslations(path.open("rb"))._catalog
        except (OSError, ValueError, LookupError):
            continue
        for english, translated in catalogue.items():
            if english and isinstance(english, str) and isinstance(translated, str):
                yield english, translated


def english_lines():
    """Lines of prose in the documentation, each once."""
    seen = set()
    for path in sorted(SHARE.joinpath("doc").rglob("*")):
        if path.suffix not in (".html", ".txt", ".md", ".gz") or not path.is_file() or path.stat().st_size > 8_000_000:
            continue
        data = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
        text = data.decode("utf-8", "replace")
        if path.suffix == ".html":
            text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", text)))
        for line in text.splitlines():
            letters = sum(c.isascii() and (c.isalpha() or c == " ") for c in line)
            if len(line) > 20 and letters > 0.8 * len(line) and line not in seen:
                seen.add(line)
                yield line.strip()
    for english, _ in messages("de"):
        yield from english.splitlines()


def mixed_lines():
    rng = random.Random(3)
    blocks = [(0x20, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x939), (0xE01, 0xE2E),
              (0x1100, 0x11FF), (0x3041, 0x30FE), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1F64F)]  # fmt: skip
    languages = ["zh_CN", "ja", "ko", "ru", "uk", "el", "ka", "bg", "sr", "he", "ar", "fa", "hi", "ta", "th", "vi", "fr", "de", "zh_TW", "bn", "te", "hy", "tr", "pl"]
    sources = {name: list(messages(name)) for name in languages}
    sources = {name: found for name, found in sources.items() if found}
    while True:
        language = rng.choice(sorted(sources))
        for _, translated in rng.sample(sources[language], min(20, len(sources[language]))):
            yield from translated.splitlines()
        low, high = rng.choice(blocks)
        yield " ".join("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 9))) for _ in range(8))


def make_text(path, lines, size):
    """Writes lines up to `size` bytes, from the beginning again where there are too few."""
    if path.exists() and path.stat().st_size >= size:
        return
    kept, total = [], 0
    for line in lines:
        kept.append(line)
        total += len(line.encode()) + 1
        if total >= size:
            break
    for line in list(kept) if total < size else []:
        kept.append(line)
        total += len(line.encode()) + 1
        if total >= size:
            break
    path.write_text("\n".join(kept) + "\n")


def train(path, corpus, model, trainer, **parts):
    if path.exists():
        return
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.save(str(path))


def make_tokenizers(work, gguf, bert, texts):
    """Name -> tokenizer.json."""
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "reference"))
    from tokenizer_reference import smollm2

    corpus = [line for text in texts.values() for line in text.read_text().split("\n")[::4]]
    paths = {name: work / f"{name}.json" for name in ("smollm2", "llama3", "unigram")}
    p = pre_tokenizers
    if not paths["smollm2"].exists():
        byte_level = p.ByteLevel(add_prefix_space=False, use_regex=True)
        smollm2(gguf, p.Sequence([p.Digits(individual_digits=True), byte_level])).save(str(paths["smollm2"]))
    train(paths["llama3"], corpus, models.BPE(ignore_merges=True),
          trainers.BpeTrainer(vocab_size=32000, initial_alphabet=p.ByteLevel.alphabet(), special_tokens=["<|begin_of_text|>"], show_progress=False),
          pre_tokenizer=p.Sequence([p.Split(Regex(LLAMA3), "isolated"), p.ByteLevel(add_prefix_space=False, use_regex=False)]), decoder=decoders.ByteLevel())
    train(paths["unigram"], corpus[::4], models.Unigram(), trainers.UnigramTrainer(vocab_size=16000, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False),
          normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]), pre_tokenizer=p.Metaspace(), decoder=decoders.Metaspace())
    return {**paths, "wordpiece": pathlib.Path(bert)}


def seconds_of(run):
    begin = time.thread_time()
    result = run()
    return time.thread_time() - begin, result


def reference_round(tokenizer, text):
    lines = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")
    seconds = {}
    seconds["encode_lines"], line_encodings = seconds_of(lambda: tokenizer.encode_batch_fast(lines))
    seconds["encode_whole"], whole_encodings = seconds_of(lambda: tokenizer.encode_batch_fast([text]))
    ids = [encoding.ids for encoding in line_encodings]
    whole = whole_encodings[0].ids
    del line_encodings, whole_encodings
    seconds["decode_lines"], _ = seconds_of(lambda: tokenizer.decode_batch(ids))
    seconds["decode_whole"], _ = seconds_of(lambda: tokenizer.decode(whole))
    return seconds, ids, whole


def our_round(program, path, text, ids):
    report = json.loads(subprocess.run([program, str(path), str(text), "--ids", str(ids)], check=True, capture_output=True, text=True).stdout)
    return {cell: report[cell]["seconds"] for cell in CELLS}, report


def as_written(ids, whole):
    written = array.array("i", [len(ids)])
    for line in ids:
        written.append(len(line))
        written.extend(line)
    written.extend(whole)
    return written.tobytes()


def compare(name, path, text_path, options):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    text = text_path.read_text()
    ours, theirs, equal, report = [], [], True, {}
    for turn in range(options.rounds):
        seconds, report = our_round(options.program, path, text_path, options.work / "ids")
        ours.append(seconds)
        seconds, ids, whole = reference_round(tokenizer, text)
        theirs.append(seconds)
        if turn == 0:
            equal = as_written(ids, whole) == (options.work / "ids").read_bytes()
    megabytes = text_path.stat().st_size / 1e6
    for cell in CELLS:
        our_speed, their_speed = (megabytes / statistics.median(s[cell] for s in side) for side in (ours, theirs))
        print(f"{name:10} {text_path.stem:8} {cell:13} {our_speed:9.2f} {their_speed:9.2f} {our_speed / their_speed:7.2f}  {'equal' if equal else 'DIFFERENT'}", flush=True)
    print(f"{name:10} {report['tokens']} tokens; parsed in {report['parse_ms']:.1f} ms, created in {report['create_ms']:.1f} ms, holds {report['held_bytes'] / 1e6:.1f} MB", flush=True)
    return equal


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("gguf")
    parser.add_argument("bert")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/bench_tokenizer"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    texts = {name: options.work / f"{name}.txt" for name in ("english", "mixed")}
    make_text(texts["english"], english_lines(), int(options.megabytes * 1e6))
    make_text(texts["mixed"], mixed_lines(), int(options.megabytes * 1e6))
    paths = make_tokenizers(options.work, options.gguf, options.bert, texts)
    chosen = options.only.split(",") if options.only else list(paths)
    print(f"MB/s on one thread; tokenizers {tokenizers.__version__}\n{'tokenizer':10} {'text':8} {'what':13} {'ours':>9} {'theirs':>9} {'ratio':>7}  ids")
    results = [compare(name, paths[name], text, options) for name in chosen for text in texts.values()]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
