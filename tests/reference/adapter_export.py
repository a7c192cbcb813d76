#!/usr/bin/env python3
"""An exported adapter in PEFT: on the base model it gives the logits of the merged export.

    lyceum export RUN --format hf,adapter --out /tmp/exported
    lyceum export BASE --format hf --out /tmp/base
    python tests/reference/adapter_export.py /tmp/exported /tmp/base

needs: torch, transformers, peft. Exit status 0 when the logits agree within 1e-3.
"""
import os
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXT = "Half of a pizza and a third of a pizza make five sixths of a pizza."


def main():
    exported, base = sys.argv[1:3]
    ids = AutoTokenizer.from_pretrained(exported)(TEXT, return_tensors="pt").input_ids
    merged = AutoModelForCausalLM.from_pretrained(exported, dtype=torch.float32).eval()
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    with torch.no_grad():
        expected, before = merged(ids).logits, plain(ids).logits
        adapted = PeftModel.from_pretrained(plain, os.path.join(exported, "adapter")).eval()(ids).logits
    assert (expected - before).abs().max() > 1e-3, "the adapter changes nothing"
    difference = (expected - adapted).abs().max().item()
    assert difference < 1e-3, difference
    print(f"logits: largest difference {difference:.2e}; the adapter moves them by "
          f"{(expected - before).abs().max().item():.2e}")


if __name__ == "__main__":
    main()
