#!/usr/bin/env python3
"""Writes what the fuzz targets start from: a folder of small, sound files for each of them.

    python tests/fuzz/seeds.py OUT
    build/fuzz/tests/fuzz_gguf -max_total_time=600 OUT/gguf

needs: gguf, safetensors, torch, numpy.
"""
import json
import pathlib
import re
import sys

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from safetensors.torch import save_file

TESTS = pathlib.Path(__file__).parent.parent
TEXT_DATA = TESTS / "core/text/data"
TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"]


def write_gguf(out):
    values = np.arange(64, dtype=np.float32).reshape(2, 32) / 7
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        writer = gguf.GGUFWriter(out / f"{name}.gguf", "llama")
        writer.add_context_length(128)
        writer.add_float32("llama.rope.freq_base", 1e4)
        writer.add_bool("tokenizer.ggml.add_bos_token", True)
        writer.add_string("tokenizer.ggml.model", "gpt2")
        writer.add_array("tokenizer.ggml.tokens", ["a", "b", "ab"])
        writer.add_array("tokenizer.ggml.token_type", [1, 1, 3])
        writer.add_tensor("token_embd.weight", quantize(values, kind), raw_dtype=kind)
        writer.add_tensor("output_norm.weight", values[0])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    for name in ("Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"):
        kind = gguf.GGMLQuantizationType[name]
        size = gguf.constants.GGML_QUANT_SIZES[kind][1]
        writer = gguf.GGUFWriter(out / f"{name}.gguf", "llama")
        writer.add_tensor("w", np.zeros((1, size), dtype=np.uint8), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def tensors(kind):
    return {"embed.weight": torch.arange(12).reshape(3, 4).to(kind), "norm.bias": torch.ones(1).to(kind),
            "empty": torch.zeros(0, 2).to(kind)}


def write_safetensors(out):
    for kind in (torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.int8, torch.bool):
        save_file(tensors(kind), out / f"{str(kind).split('.')[1]}.safetensors", metadata={"format": "pt"})


def write_torch(out):
    for kind in (torch.float32, torch.bfloat16, torch.int64, torch.bool):
        name = str(kind).split(".")[1]
        torch.save(tensors(kind), out / f"{name}.pt")
        torch.save({"state_dict": tensors(kind), "step": 3, "lr": 1e-3, "names": ["a", None, (1, 2)]}, out / f"{name}-old.pt",
                   _use_new_zipfile_serialization=False)
    embedding = torch.nn.Parameter(torch.arange(12.0).reshape(3, 4))
    torch.save({"model": {"tied": embedding, "head": embedding, "view": embedding.detach()[1:, ::2]}}, out / "shared.pt")


def with_few_tokens(tokenizer):
    """The same tokenizer with the first of its tokens, so that a change more often hits what is read with care."""
    model = tokenizer["model"]
    special = {token["content"] for token in tokenizer["added_tokens"]}
    if isinstance(model["vocab"], list):
        model["vocab"] = model["vocab"][:24]
        model["byte_fallback"] = False
    else:
        kept = sorted(model["vocab"], key=lambda token: (token not in special, model["vocab"][token]))[:24]
        model["vocab"] = {token: model["vocab"][token] for token in kept}
        model["merges"] = [m for m in model.get("merges", []) if {*m, "".join(m)} <= set(kept)]
    return tokenizer


def write_tokenizer_json(out):
    reference = json.loads((TEXT_DATA / "tokenizer_parts.json").read_text())
    for entry in reference["tokenizers"]:
        (out / entry["name"]).write_text(json.dumps(entry["json"], separators=(",", ":")))
        (out / (entry["name"] + "-few")).write_text(json.dumps(with_few_tokens(entry["json"]), separators=(",", ":")))
    vocab = {"[UNK]": 0, "H": 1, "e": 2, "l": 3, "o": 4, "He": 5, "a": 6, "\u2581": 7, " ": 8, "\u0120": 9}
    for kind in ("normalizer", "pre_tokenizer"):
        for i, entry in enumerate(reference[kind + "s"]):
            model = {"type": "BPE", "unk_token": "[UNK]", "vocab": vocab, "merges": ["H e"]}
            made = {"added_tokens": [], "model": model, kind: entry["part"]}
            (out / f"{kind}-{i}").write_text(json.dumps(made, separators=(",", ":")))


def write_chat_template(out):
    """The templates of the tests, and each of their statements and expressions alone."""
    parts = set()
    for case in json.loads((TEXT_DATA / "chat_templates.json").read_text()):
        (out / case["name"].replace(" ", "_")).write_text(case["template"])
        parts.update(re.findall(r"\{\{.*?\}\}", case["template"]))
    for path in sorted((TESTS.parent / ".deps/vocabularies/templates").glob("*.jinja")):
        (out / path.stem).write_text(path.read_text())
    for i, part in enumerate(sorted(parts)):
        (out / f"expression-{i}").write_text(part)


def main():
    for name in ("gguf", "safetensors", "torch", "tokenizer_json", "chat_template"):
        out = pathlib.Path(sys.argv[1]) / name
        out.mkdir(parents=True, exist_ok=True)
        globals()[f"write_{name}"](out)
        print(name, len(list(out.iterdir())), "files")


if __name__ == "__main__":
    main()
