"""Writes tests/core/task/precision.json: loss curves of a small Llama under each precision as PyTorch trains it, and the
moves of its GradScaler, for tests/core/task/precision_test.cpp and tests/core/runtime/grad_scaler_test.cpp.

Needs torch 2.11, transformers and numpy:  python tests/reference/precision_reference.py
"""

import contextlib
import json
import pathlib

import torch
from families_reference import LLAMA, formula
from transformers import AutoConfig, AutoModelForCausalLM

STEPS, RATE = 30, 3e-3
TEXTS = [[(7 * i * i + 3 * i + 5) % 61 for i in range(24)], [(11 * i + 2) % 61 for i in range(17)]]
MODES = {
    "32-true": (torch.float32, None),
    "64-true": (torch.float64, None),
    "bf16-true": (torch.bfloat16, None),
    "bf16-mixed": (torch.float32, torch.bfloat16),
    "16-mixed": (torch.float32, torch.float16),
}
OVERFLOWS = [0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0]


def make_model(dtype):
    config = {key: value for key, value in LLAMA.items() if key != "model_type"}
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("llama", **config), attn_implementation="sdpa")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.tensor(formula(name, parameter.numel()), dtype=torch.float32).reshape(parameter.shape)
            is_norm = parameter.dim() == 1 and name.endswith(".weight")
            parameter.copy_(1 + 0.25 * values if is_norm else 0.5 * values)
    return model.to(dtype)


def curve(weights, products):
    torch.manual_seed(0)
    model = make_model(weights)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0,
                                  fused=True)
    scaler = torch.amp.GradScaler("cpu", enabled=products == torch.float16)
    targets = sum(len(text) - 1 for text in TEXTS)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        with torch.autocast("cpu", products) if products else contextlib.nullcontext():
            loss = 0
            for text in TEXTS:
                ids = torch.tensor([text])
                logits = model(ids).logits[0, :-1]
                logits = logits if logits.dtype == torch.float64 else logits.float()
                loss = loss + torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum")
            loss = loss / targets
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    return losses


def scales():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scaler = torch.amp.GradScaler("cpu", growth_interval=3)
    result = []
    for overflows in OVERFLOWS:
        optimizer.zero_grad()
        scaler.scale(parameter.sum()).backward()
        if overflows:
            parameter.grad.fill_(float("inf"))
        scaler.step(optimizer)
        scaler.update()
        result.append(scaler.get_scale())
    return result


if __name__ == "__main__":
    result = {"steps": STEPS, "rate": RATE, "texts": TEXTS, "overflows": OVERFLOWS, "scales": scales(),
              "losses": {name: curve(*types) for name, types in MODES.items()}}
    path = pathlib.Path(__file__).parent.parent / "core/task/precision.json"
    path.write_text(json.dumps(result) + "\n")
