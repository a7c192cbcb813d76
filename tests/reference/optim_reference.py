"""Reference values for tests/core/optim: 20 steps of each optimizer, and the schedules.

torch.optim's SGD, AdamW, Adafactor and Muon and transformers' Adafactor in float64; bitsandbytes' Lion, AdamW8bit and
Lion8bit in float32. Run with a Python that has torch 2.11, transformers and bitsandbytes 0.50; writes
optim_reference.json beside itself.
"""
import json
import math
import pathlib

import bitsandbytes
import bitsandbytes.backends.cpu.ops
import torch
import transformers
from torch.optim.lr_scheduler import ReduceLROnPlateau
from transformers import optimization as schedules

STEPS = 20
LOSSES = [3.0, 2.5, 2.6, 2.4999, 2.55, 2.0, 2.1, 2.2, 2.3, 2.4, 1.9, 1.95, 1.96, 1.97, 1.98, 1.99, 1.9, 1.9, 1.9, 1.9]


def waves(count, start, dtype):
    return torch.tensor([math.sin(start + 0.7 * i) for i in range(count)], dtype=dtype)


class Regression:
    """x W^T + b against y; the learning rate goes round 1, 2, 3, 4 times the base."""

    def __init__(self, rows, columns, samples, dtype):
        self.weight = torch.nn.Parameter(waves(rows * columns, 0.1, dtype).reshape(rows, columns))
        self.bias = torch.nn.Parameter(waves(rows, 0.2, dtype))
        self.x = waves(samples * columns, 0.3, dtype).reshape(samples, columns)
        self.y = waves(samples * rows, 0.4, dtype).reshape(samples, rows)

    def run(self, optimizers, rate):
        for step in range(STEPS):
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate * (1 + step % 4)
                optimizer.zero_grad()
            ((self.x @ self.weight.T + self.bias - self.y) ** 2).mean().backward()
            for optimizer in optimizers:
                optimizer.step()
        return self

    def result(self, every=1):
        return {"weight": self.weight.flatten()[::every].tolist(), "bias": self.bias.tolist()}


def small(make, rate):
    task = Regression(4, 6, 5, torch.float64)
    groups = [{"params": [task.weight], "weight_decay": 0.1}, {"params": [task.bias], "weight_decay": 0.0}]
    return task.run([make(groups)], rate).result()


def muon(orthogonalise_in=None):
    task = Regression(4, 6, 5, torch.float64)
    keep = torch.Tensor.bfloat16
    if orthogonalise_in is not None:
        torch.Tensor.bfloat16 = lambda self: self.to(orthogonalise_in)
    hidden = torch.optim.Muon([task.weight], weight_decay=0.1, momentum=0.95, adjust_lr_fn="match_rms_adamw")
    rest = torch.optim.AdamW([task.bias], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0)
    result = task.run([hidden, rest], 0.01).result()
    torch.Tensor.bfloat16 = keep
    return result


def orthogonalised(rows, columns):
    keep = torch.Tensor.bfloat16
    torch.Tensor.bfloat16 = lambda self: self
    from torch.optim import _muon
    matrix = waves(rows * columns, 0.5, torch.float64).square().sub(0.3).reshape(rows, columns)
    result = _muon._zeropower_via_newtonschulz(
        matrix, (_muon.DEFAULT_A, _muon.DEFAULT_B, _muon.DEFAULT_C), 5, _muon.EPS)
    torch.Tensor.bfloat16 = keep
    return result.flatten().tolist()


def lion():
    task = Regression(4, 6, 5, torch.float32)
    groups = [{"params": [task.weight], "weight_decay": 0.1}, {"params": [task.bias], "weight_decay": 0.0}]
    return task.run([bitsandbytes.optim.Lion(groups, lr=1.0, betas=(0.9, 0.99))], 0.01).result()


def large(make, rate):
    """Large enough for 8 bits: 5120 values and a last block that is whole, 64 in 32 bits."""
    task = Regression(64, 80, 8, torch.float32)
    groups = [{"params": [task.weight], "weight_decay": 0.1}, {"params": [task.bias], "weight_decay": 0.0}]
    optimizer = make(groups)
    result = task.run([optimizer], rate).result(every=37)
    state = optimizer.state[task.weight]
    result["codes"] = state["state1"].flatten()[::37].tolist()
    result["scales"] = state["absmax1"].tolist()
    return result


def quantised(values, code):
    """The nearest code of each value in its block of 256: bitsandbytes' CPU library finds it only roughly near 0."""
    codes, scales = [], []
    for block in values.flatten().split(256):
        scales.append(block.abs().max())
        codes.append(((block / scales[-1])[:, None] - code[None, :]).abs().argmin(1))
    return torch.cat(codes).to(torch.uint8).reshape(values.shape), torch.stack(scales)


def quantise_exactly(values, code, scales_out, codes_out, _blocksize):
    codes, scales = quantised(values, code)
    codes_out.copy_(codes)
    scales_out.copy_(scales)


bitsandbytes.backends.cpu.ops._quant_blockwise_fp32_direct = quantise_exactly


def packed(count):
    """Codes and scales of values that span many decades."""
    codes, scales = quantised(waves(count, 0.5, torch.float32) ** 9, bitsandbytes.functional.create_dynamic_map(True))
    return {"codes": codes.tolist(), "scales": scales.tolist()}


def schedule(make, steps=41):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def plateau(factor, patience, threshold, min_lr):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = ReduceLROnPlateau(optimizer, factor=factor, patience=patience, threshold=threshold, min_lr=min_lr)
    rates = []
    for loss in LOSSES:
        scheduler.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def wsd(shape):
    return schedule(lambda o: schedules.get_wsd_schedule(o, 4, 10, num_training_steps=40, decay_type=shape,
                                                         min_lr_ratio=0.1))


result = {
    "sgd": small(lambda g: torch.optim.SGD(g, lr=1.0), 0.05),
    "sgd_momentum": small(lambda g: torch.optim.SGD(g, lr=1.0, momentum=0.9), 0.01),
    "sgd_nesterov": small(lambda g: torch.optim.SGD(g, lr=1.0, momentum=0.9, nesterov=True), 0.01),
    "adamw": small(lambda g: torch.optim.AdamW(g, lr=1.0, betas=(0.9, 0.95), eps=1e-8), 0.01),
    "adafactor": small(lambda g: transformers.Adafactor(g, lr=1.0, scale_parameter=False, relative_step=False), 0.01),
    "adafactor_relative": small(lambda g: torch.optim.Adafactor(g, lr=1.0, eps=(1e-15, 1e-3)), 0.1),
    "muon": muon(torch.float64),
    "muon_bfloat16": muon(),
    "orthogonalised_wide": orthogonalised(3, 5),
    "orthogonalised_tall": orthogonalised(6, 4),
    "lion": lion(),
    "adamw_8bit": large(lambda g: bitsandbytes.optim.AdamW8bit(g, lr=1.0, betas=(0.9, 0.95), eps=1e-8), 0.01),
    "lion_8bit": large(lambda g: bitsandbytes.optim.Lion8bit(g, lr=1.0, betas=(0.9, 0.99)), 1e-3),
    "signed_code": bitsandbytes.functional.create_dynamic_map(True).tolist(),
    "unsigned_code": bitsandbytes.functional.create_dynamic_map(False).tolist(),
    "packed": packed(600),
    "restarts": schedule(lambda o: schedules.get_cosine_with_hard_restarts_schedule_with_warmup(o, 4, 40, 3)),
    "inverse_sqrt": schedule(lambda o: schedules.get_inverse_sqrt_schedule(o, 4)),
    "inverse_sqrt_without_warmup": schedule(lambda o: schedules.get_inverse_sqrt_schedule(o, 0)),
    "wsd_1-sqrt": wsd("1-sqrt"),
    "wsd_linear": wsd("linear"),
    "wsd_cosine": wsd("cosine"),
    "plateau_losses": LOSSES,
    "plateau": plateau(0.5, 2, 1e-4, 0.0),
    "plateau_impatient": plateau(0.3, 0, 1e-2, 0.05),
}

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
