"""Reference values for tests/core/optim: torch's AdamW, clip_grad_norm_ and transformers' schedules.

Run with a Python that has torch 2.11 and transformers; writes train_reference.json beside itself.
"""
import json
import math
import pathlib

import torch
from transformers import get_constant_schedule_with_warmup, get_cosine_with_min_lr_schedule_with_warmup
from transformers import get_linear_schedule_with_warmup

WARMUP, TOTAL = 3, 10


def waves(count, start):
    return torch.tensor([math.sin(start + 0.7 * i) for i in range(count)])


def schedule(make):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(TOTAL + 1):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def training():
    weight = torch.nn.Parameter(waves(12, 0.1).reshape(3, 4))
    bias = torch.nn.Parameter(waves(3, 0.2))
    groups = [{"params": [weight], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1.0, betas=(0.9, 0.95), eps=1e-8)
    x, y = waves(20, 0.3).reshape(5, 4), waves(15, 0.4).reshape(5, 3)
    norms = []
    for step in range(6):
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * (step + 1)
        optimizer.zero_grad()
        ((x @ weight.T + bias - y) ** 2).sum().backward()
        norms.append(torch.nn.utils.clip_grad_norm_([weight, bias], 1.0).item())
        optimizer.step()
    return {"norms": norms, "weight": weight.flatten().tolist(), "bias": bias.tolist()}


result = {
    "warmup": WARMUP,
    "total": TOTAL,
    "cosine": schedule(lambda o: get_cosine_with_min_lr_schedule_with_warmup(o, WARMUP, TOTAL, min_lr_rate=0.1)),
    "linear": schedule(lambda o: get_linear_schedule_with_warmup(o, WARMUP, TOTAL)),
    "constant": schedule(lambda o: get_constant_schedule_with_warmup(o, WARMUP)),
    "training": training(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
