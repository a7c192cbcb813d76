"""Writes tests/core/nn/lora_variants.json: what PEFT computes with LoRA, rsLoRA, DoRA and QLoRA on the tiny Llama of
llama_reference.py and on single linears, for tests/core/nn/lora_variants_test.cpp.

A, B and magnitudes are set by a formula. Each variant's losses are those of three steps of AdamW and of the weights
after them. The base of qlora and qdora is what bitsandbytes' codes in NF4 stand for.

Needs torch, transformers, peft, bitsandbytes and safetensors:  python tests/reference/lora_variants_reference.py
"""

import json
import pathlib

import bitsandbytes.functional as bnb
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.pytorch_utils import Conv1D

folder = pathlib.Path(__file__).parent.parent / "core" / "nn"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
RANK, ALPHA = 4, 6.0
VARIANTS = {"lora": {}, "rslora": {"use_rslora": True}, "dora": {"use_dora": True},
            "rsdora": {"use_rslora": True, "use_dora": True}, "qlora": {}, "qdora": {"use_dora": True}}


def set_adapters(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            place = torch.arange(parameter.numel(), dtype=torch.float64).view(parameter.shape)
            if "lora_A" in name:
                parameter.copy_(0.2 * torch.cos(0.37 * place))
            elif "lora_B" in name:
                parameter.copy_(0.2 * torch.sin(0.53 * place + 1))
            elif "lora_magnitude" in name:
                parameter.mul_(1 + 0.1 * torch.cos(place))


def round_to_nf4(weight):
    """To NF4 and back. Written out: bitsandbytes 0.50 on a CPU reads back wrong values where a row is no multiple of
    64 (48 here: off by up to 0.5 from weights of 0.3), and takes its scales' codes from a rounded table."""
    codes, state = bnb.quantize_4bit(weight.contiguous(), blocksize=64, quant_type="nf4", compress_statistics=True)
    scales = bnb.quantize_4bit(weight.contiguous(), blocksize=64, quant_type="nf4")[1].absmax - state.offset
    assert len(scales) <= 256  # one block of scales
    book = bnb.create_dynamic_map()
    scale_codes = torch.bucketize(scales / scales.abs().max(), (book[:-1] + book[1:]) / 2)
    scales = book[scale_codes] * scales.abs().max() + state.offset
    codes = torch.stack([codes.flatten() >> 4, codes.flatten() & 15], 1).flatten()[:weight.numel()].long()
    rounded = (state.code[codes] * scales.repeat_interleave(64)[:weight.numel()]).view(weight.shape)
    assert (rounded - weight).abs().max() < 0.2 * weight.abs().max()
    return rounded


def make_model(name, options):
    config = LlamaConfig(
        vocab_size=97, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=64, rms_norm_eps=1e-5,
        rope_theta=100000.0, tie_word_embeddings=True, attn_implementation="eager")
    model = LlamaForCausalLM(config)
    model.load_state_dict(load_file(folder / "tiny_llama.safetensors"), strict=False)
    if name.startswith("q"):
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if any(target in key for target in TARGETS):
                    parameter.copy_(round_to_nf4(parameter))
    model = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=TARGETS, **options))
    set_adapters(model)
    return model


def total_loss(model, texts):
    total = 0.0
    for ids in texts:
        batch = torch.tensor([ids])
        total = total + model(input_ids=batch, labels=batch).loss * (len(ids) - 1)
    return total


def run(name, options, texts):
    model = make_model(name, options)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2, betas=(0.9, 0.95),
                                  weight_decay=0.0)
    result = {"logits": model(input_ids=torch.tensor([texts[2]])).logits[0, -1].tolist(), "gradient": {}, "losses": []}
    for step in range(3):
        optimizer.zero_grad()
        loss = total_loss(model, texts)
        result["losses"].append(loss.item())
        loss.backward()
        if step == 0:
            for key, parameter in model.named_parameters():
                if parameter.grad is None:
                    continue
                gradient = parameter.grad.flatten().double()
                direction = torch.cos(torch.arange(gradient.numel()).double())
                key = key.removeprefix("base_model.model.").replace(".default.weight", ".weight")
                result["gradient"][key.replace("magnitude_vector.weight", "magnitude_vector")] = [
                    gradient.norm().item(), (gradient * direction).sum().item()]
        optimizer.step()
    result["losses"].append(total_loss(model, texts).item())
    merged = model.merge_and_unload()
    result["merged_logits"] = merged(input_ids=torch.tensor([texts[2]])).logits[0, -1].tolist()
    return result


class One(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)


def numbers(shape, stride):
    count = torch.tensor(shape).prod().item()
    return torch.sin(stride * torch.arange(count, dtype=torch.float64)).float().view(shape)


def run_one(kind, dropout, options):
    """A linear [24, 16] with a bias, seen once while training with the generator's seed 3."""
    layer = Conv1D(24, 16) if kind == "conv1d" else torch.nn.Linear(16, 24)
    with torch.no_grad():
        weight = numbers((24, 16), 0.71)
        layer.weight.copy_(weight.t() if kind == "conv1d" else weight)
        layer.bias.copy_(numbers((24,), 0.3))
    model = get_peft_model(One(layer), LoraConfig(r=3, lora_alpha=ALPHA, lora_dropout=dropout, target_modules=["layer"],
                                                  fan_in_fan_out=kind == "conv1d", **options)).train()
    set_adapters(model)
    x = numbers((10, 16), 0.19).requires_grad_()
    torch.manual_seed(3)
    y = model(x)
    (y * numbers((10, 24), 0.43)).sum().backward()
    gradients = {key.split(".layer.")[1].replace(".default", "").replace("vector.weight", "vector"):
                 parameter.grad.flatten().tolist()
                 for key, parameter in model.named_parameters() if parameter.grad is not None}
    return {"y": y.flatten().tolist(), "x": x.grad.flatten().tolist(), **gradients}


texts = json.loads((folder / "tiny_llama.json").read_text())["texts"]
result = {"models": {name: run(name, options, texts) for name, options in VARIANTS.items()},
          "linears": {f"{kind}_{name}_{dropout}": run_one(kind, dropout, VARIANTS[name])
                      for kind in ("linear", "conv1d") for name, dropout in
                      (("rslora", 0.0), ("dora", 0.0), ("lora", 0.5), ("dora", 0.5))}}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.7g}")


(folder / "lora_variants.json").write_text(json.dumps(rounded(result)) + "\n")
