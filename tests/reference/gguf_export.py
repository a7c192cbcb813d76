#!/usr/bin/env python3
"""An exported GGUF file against gguf-py and Transformers: its reader accepts it, and the model made of it is the one
that Transformers makes of an exported Hugging Face folder.

    lyceum export smollm2-135m-instruct --format hf,gguf --out /tmp/exported
    python tests/reference/gguf_export.py /tmp/exported

needs: gguf, torch, transformers. Every tensor is compared with gguf-py's quantize of the folder's weights; for a 16-bit or
quantised file, --source names the same model exported as hf in float32.
"""
import argparse
import os
import tempfile

import numpy as np
import torch
from gguf import GGUFReader, GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXT = "Half of a pizza and 123 thirds: x = 5/6!\n\n  Nai\u0308ve \u4f60\u597d \U0001f600"


def permute(weights, heads):
    """LlamaModel.permute of llama.cpp's convert_hf_to_gguf.py."""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(
        weights.shape)


def gguf_name(name):
    parts = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
             "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
             "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
    pieces = name.split(".")
    if pieces[1] == "layers":
        return f"blk.{pieces[2]}.{parts['.'.join(pieces[3:-1])]}.weight"
    return {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
            "lm_head.weight": "output.weight"}[name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="with model.gguf")
    parser.add_argument("--source", help="the Hugging Face folder in float32; else the same folder")
    arguments = parser.parse_args()
    source = arguments.source or arguments.folder
    reader = GGUFReader(os.path.join(arguments.folder, "model.gguf"))
    field = {name: f.contents() for name, f in reader.fields.items() if not name.startswith("GGUF.")}
    print({k: v for k, v in field.items() if not isinstance(v, list) and "template" not in k})
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    tied = model.config.tie_word_embeddings
    expected = {n: t for n, t in model.state_dict().items() if not (tied and n == "lm_head.weight")}
    tensors = {t.name: t for t in reader.tensors}
    assert len(tensors) == len(expected), (len(tensors), len(expected))
    for name, value in expected.items():
        tensor = tensors[gguf_name(name)]
        value = value.numpy()
        if "q_proj" in name or "k_proj" in name:
            heads = field["llama.attention.head_count" + ("" if "q_proj" in name else "_kv")]
            value = permute(value, heads)
        assert [int(n) for n in reversed(tensor.shape)] == list(value.shape), name
        raw = quantize(np.ascontiguousarray(value), tensor.tensor_type)
        assert np.array_equal(raw.view(np.uint8).ravel(), tensor.data.view(np.uint8).ravel()), name
    print(f"{len(tensors)} tensors equal gguf-py's quantize bit for bit:",
          sorted({t.tensor_type.name for t in reader.tensors}))
    alone = tempfile.mkdtemp()  # beside other files of a model Transformers reads those
    os.symlink(os.path.abspath(os.path.join(arguments.folder, "model.gguf")), os.path.join(alone, "model.gguf"))
    other = AutoModelForCausalLM.from_pretrained(alone, gguf_file="model.gguf", dtype=torch.float32)
    ours, theirs = (AutoTokenizer.from_pretrained(source),
                    AutoTokenizer.from_pretrained(alone, gguf_file="model.gguf"))
    ids = ours(TEXT).input_ids
    assert ids == theirs(TEXT).input_ids, (ids, theirs(TEXT).input_ids)
    assert ours.chat_template == theirs.chat_template
    if all(t.tensor_type == Type.F32 for t in reader.tensors):
        with torch.no_grad():
            a, b = (m.eval()(torch.tensor([ids])).logits for m in (model, other))
        assert (a - b).abs().max() < 1e-4, (a - b).abs().max()
        print("logits: largest difference", (a - b).abs().max().item())
    print("all equal")


if __name__ == "__main__":
    main()
