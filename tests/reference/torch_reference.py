#!/usr/bin/env python3
"""Small files of torch.save and the values torch.load finds in them; and the other way, a file of ours in torch.

    python tests/reference/torch_reference.py > tests/reference/torch_reference.json
    python tests/reference/torch_reference.py --check pytorch_model.bin [model.safetensors]

needs: torch (and safetensors with a second file, which must hold the same tensors). --check loads the file with
weights_only=True, with and without mmap, and says what is in it; exit status 0 when both agree.
"""
import collections
import io
import json
import sys

import torch


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue().hex()


def module_state():
    """As a module gives it: an OrderedDict with `_metadata`."""
    torch.manual_seed(5)
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    return module.state_dict()


def odd_state():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    return {"transposed": base.t(), "columns": base[:, 1:4], "row": base[2], "whole": base, "scalar": torch.tensor(2.5),
            "half": torch.tensor([1.5, -2.0, 65504.0], dtype=torch.float16),
            "brain": torch.tensor([[1.0, -3.0]], dtype=torch.bfloat16), "none": torch.zeros(0, 3),
            "same": torch.tensor([3.0]).expand(1), "positions": torch.arange(4)}


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--check":
        state = torch.load(sys.argv[2], weights_only=True)
        mapped = torch.load(sys.argv[2], weights_only=True, mmap=True)
        assert isinstance(state, collections.OrderedDict) and list(state) == list(mapped)
        assert all(torch.equal(state[name], mapped[name]) for name in state)
        print(f"{len(state)} tensors, {sum(t.numel() for t in state.values())} numbers,",
              {t.dtype for t in state.values()})
        if len(sys.argv) > 3:
            from safetensors.torch import load_file
            other = load_file(sys.argv[3])
            assert other.keys() == state.keys() and all(torch.equal(state[n], other[n]) for n in state)
            print("equal to", sys.argv[3])
        return
    result = {}
    for name, state in (("module", module_state()), ("odd", odd_state())):
        tensors = {key: {"shape": list(value.shape), "values": value.double().flatten().tolist()}
                   for key, value in state.items()}
        result[name] = {"file": saved(state), "tensors": tensors}
    checkpoint = {"epoch": 3, "lr": 0.1, "state_dict": module_state(), "names": ["a", None, True]}
    result["checkpoint"] = {"file": saved(checkpoint), "tensors": result["module"]["tensors"]}
    result["legacy"] = saved(module_state(), _use_new_zipfile_serialization=False)
    result["object"] = saved({"weight": torch.nn.Linear(1, 1)})
    json.dump(result, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
