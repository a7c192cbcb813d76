#!/usr/bin/env python3
"""Exported GGUF files in llama.cpp itself: its logits and greedy tokens against Transformers' on the model the files were
exported from. SmolLM2, and small random models of each architecture with its tokenizer.

    python tests/reference/llama_cpp_compare.py build/release/bin/lyceum [NAME ...]

needs: cyllama (llama.cpp built, with bindings), torch, transformers.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from cyllama.llama import llama_cpp
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

TEXT = "Half of a pizza and a third of a pizza make five sixths. Plants turn light into sugar, and 12 is 3 times 4."
NUM_GREEDY = 32
COMMON = dict(vocab_size=49152, hidden_size=128, intermediate_size=320, num_hidden_layers=3, num_attention_heads=4,
              num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=False, initializer_range=0.2)
SMALL = {
    "llama_biases": dict(COMMON, model_type="llama", attention_bias=True, mlp_bias=True),
    "llama3": dict(COMMON, model_type="llama", rope_theta=500000.0, tie_word_embeddings=True, rope_scaling=dict(
        rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)),
    "llama_linear": dict(COMMON, model_type="llama", rope_scaling=dict(rope_type="linear", factor=4.0)),
    "llama_yarn": dict(COMMON, model_type="llama", rope_scaling=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=64)),
    "llama_yarn_attention": dict(COMMON, model_type="llama", rope_scaling=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=64, attention_factor=1.4)),
    "llama_longrope": dict(COMMON, model_type="llama", rope_scaling=dict(
        rope_type="longrope", short_factor=[1 + i / 4 for i in range(16)], long_factor=[1 + i / 4 for i in range(16)],
        attention_factor=1.2, original_max_position_embeddings=256)),
    "mistral": dict(COMMON, model_type="mistral", sliding_window=256, head_dim=48),
    "qwen2": dict(COMMON, model_type="qwen2"),
    "qwen3": dict(COMMON, model_type="qwen3", head_dim=64),
    "gpt2": dict(model_type="gpt2", vocab_size=49152, n_embd=128, n_layer=3, n_head=4, n_positions=512,
                 initializer_range=0.2, bos_token_id=0, eos_token_id=0),
}


def export(lyceum, model, formats, dtype, out):
    subprocess.run([lyceum, "export", str(model), "--format", formats, "--dtype", dtype, "--out", str(out)], check=True,
                   stdout=subprocess.DEVNULL)
    return out


def make(folder, config, tokenizer):
    torch.manual_seed(7)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config)).float()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(".bias"):
                parameter.normal_(0.0, 0.2)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


class Model(llama_cpp.LlamaModel):
    """With what cyllama's get_logits_ith asks for."""
    @property
    def n_vocab(self):
        return self.get_vocab().n_vocab


class LlamaCpp:
    def __init__(self, path):
        llama_cpp.disable_logging()
        self.model = Model(str(path))
        settings = llama_cpp.LlamaContextParams()
        settings.n_ctx = settings.n_batch = settings.n_ubatch = 512
        settings.n_threads = settings.n_threads_batch = 2
        settings.type_k = settings.type_v = 0  # float32 in the cache, as here
        settings.flash_attn_type = 0
        self.context = llama_cpp.LlamaContext(self.model, settings)

    def logits(self, ids):
        """Of every position: [T, V]."""
        self.context.kv_cache_clear()
        batch = llama_cpp.LlamaBatch(n_tokens=len(ids), embd=0, n_seq_max=1)
        batch.add_sequence(ids, 0, True)
        self.context.decode(batch)
        return np.array([self.context.get_logits_ith(i) for i in range(len(ids))])

    def greedy(self, ids):
        ids = list(ids)
        for _ in range(NUM_GREEDY):
            ids.append(int(self.logits(ids)[-1].argmax()))
        return ids


def compare(name, gguf, model, ids):
    other = LlamaCpp(gguf)
    with torch.no_grad():
        reference = model(torch.tensor([ids])).logits[0].numpy()
        expected = model.generate(torch.tensor([ids]), max_new_tokens=NUM_GREEDY, do_sample=False, eos_token_id=None,
                                  pad_token_id=0)[0].tolist()
    logits = other.logits(ids)
    greedy = other.greedy(ids)
    same = next((i for i, (a, b) in enumerate(zip(greedy, expected)) if a != b), len(expected)) - len(ids)
    print(f"{name:28} largest difference {abs(logits - reference).max():.2e} (logits up to {abs(reference).max():.1f}), "
          f"same likeliest token {(logits.argmax(-1) == reference.argmax(-1)).sum()}/{len(ids)}, "
          f"greedy tokens equal {same}/{NUM_GREEDY}", flush=True)


def main():
    lyceum, names = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        smollm2 = export(lyceum, "smollm2-135m-instruct", "hf", "float32", folder / "smollm2")
        tokenizer = AutoTokenizer.from_pretrained(smollm2)
        ids = tokenizer(TEXT).input_ids
        sources = {name: (smollm2, ("float32", "float16", "q8_0")) for name in ("smollm2",)}
        for name, config in SMALL.items():
            if not names or name in names:
                sources[name] = (make(folder / name, config, tokenizer), ("float32",))
        for name, (source, dtypes) in sources.items():
            if names and name not in names:
                continue
            model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32).eval()
            for dtype in dtypes:
                out = export(lyceum, source, "gguf", dtype, folder / f"{name}-{dtype}")
                compare(f"{name} {dtype}", out / "model.gguf", model, ids)
                if dtype != "float32":  # the same rounded weights
                    rounded = AutoModelForCausalLM.from_pretrained(out, gguf_file="model.gguf", dtype=torch.float32)
                    compare(f"{name} {dtype}, same weights", out / "model.gguf", rounded.eval(), ids)


if __name__ == "__main__":
    main()
