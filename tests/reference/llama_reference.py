"""Writes tests/core/nn/tiny_llama.safetensors and tiny_llama.json: a tiny Llama with random weights and what
Transformers computes with it, for tests/core/nn/causal_lm_test.cpp.

Needs torch, transformers and safetensors:  python tests/reference/llama_reference.py
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

folder = pathlib.Path(__file__).parent.parent / "core" / "nn"
torch.manual_seed(20)
config = LlamaConfig(
    vocab_size=97, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=6,
    num_key_value_heads=2, head_dim=8, max_position_embeddings=64, rms_norm_eps=1e-5,
    rope_theta=100000.0, tie_word_embeddings=True, attn_implementation="eager")
model = LlamaForCausalLM(config).eval()
with torch.no_grad():
    for name, parameter in model.named_parameters():
        # Larger than the usual 0.02, so that attention is not flat and every part matters.
        parameter.copy_(1 + 0.1 * torch.randn_like(parameter) if "norm" in name
                        else 0.3 * torch.randn_like(parameter))

texts = [torch.randint(0, 97, (n,)).tolist() for n in (11, 5, 16)]
result = {"texts": texts, "logits_last": [], "loss": [], "gradient": {}}
total = 0.0
for ids in texts:
    batch = torch.tensor([ids])
    output = model(batch, labels=batch)
    result["logits_last"].append(output.logits[0, -1].tolist())
    result["loss"].append(output.loss.item())
    total = total + output.loss * (len(ids) - 1)
total.backward()
for name, parameter in model.named_parameters():
    # Enough to catch any mistake: the norm, and the projection on one fixed direction.
    gradient = parameter.grad.flatten().double()
    direction = torch.cos(torch.arange(gradient.numel()).double())
    result["gradient"][name] = [gradient.norm().item(), (gradient * direction).sum().item()]

state = {k: v.contiguous() for k, v in model.state_dict().items() if k != "lm_head.weight"}
save_file(state, folder / "tiny_llama.safetensors")
(folder / "tiny_llama.json").write_text(json.dumps(result) + "\n")
