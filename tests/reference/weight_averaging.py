"""Expected values of tests/core/train/weight_averaging_test.cpp: torch.optim.swa_utils on known weights."""

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, get_swa_multi_avg_fn


def weights(step: int) -> torch.Tensor:
    return torch.tensor([torch.sin(torch.tensor(0.7 * step + i, dtype=torch.float64)) for i in range(4)],
                        dtype=torch.float32)


def average(function, steps) -> list[float]:
    model = torch.nn.ParameterList([torch.nn.Parameter(torch.zeros(4))])
    averaged = AveragedModel(model, multi_avg_fn=function)
    for step in steps:
        with torch.no_grad():
            model[0].copy_(weights(step))
        averaged.update_parameters(model)
    return averaged.module[0].tolist()


print("EMA, decay 0.9, every step 1..10:", average(get_ema_multi_avg_fn(0.9), range(1, 11)))
print("EMA, decay 0.5, every second step:", average(get_ema_multi_avg_fn(0.5), range(2, 11, 2)))
print("SWA, steps 6..10:", average(get_swa_multi_avg_fn(), range(6, 11)))
