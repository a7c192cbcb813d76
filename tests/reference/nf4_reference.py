"""Writes tests/core/kernels/nf4.json: a matrix in NF4 with double quantisation, for tests/core/kernels/nf4_test.cpp.

The codes of the numbers, their scales and their mean are bitsandbytes' (CPU); the scales' own codes are the nearest
entries of its code book, as its reference and GPU code chooses them (its CPU code of 0.50 looks them up in a table of
65536 steps: how many differ is printed); the values are what bitsandbytes makes of these codes.

Needs torch and bitsandbytes:  python tests/reference/nf4_reference.py
"""

import json
import pathlib

import bitsandbytes.functional as bnb
import numpy as np
import torch

ROWS, COLUMNS = 68, 250  # 266 blocks of 64, the last one short; 2 blocks of 256 scales


def numbers(count):
    """float32 numbers that another language makes exactly: whole numbers over a power of two."""
    return torch.tensor([((i * 7919 + 13) % 2001 - 1000) * ((i // 64 * 37) % 23 + 1) / 16384 for i in range(count)],
                        dtype=torch.float64).float()


def nearest(values, book, block):
    codes, scales = [], []
    for part in values.split(block):
        scale = part.abs().max().clamp(min=1e-38)
        scaled = part * (1.0 / scale) if len(part) == block else part / scale
        codes.append(torch.bucketize(scaled.clamp(-1, 1), (book[:-1] + book[1:]) / 2))
        scales.append(scale)
    return torch.cat(codes).to(torch.uint8), torch.stack(scales)


values = numbers(ROWS * COLUMNS).view(ROWS, COLUMNS)
values[3, :] = 0.0  # blocks without any size
plain, plain_state = bnb.quantize_4bit(values, blocksize=64, quant_type="nf4", compress_statistics=False)
codes, state = bnb.quantize_4bit(values, blocksize=64, quant_type="nf4", compress_statistics=True)
book = bnb.create_dynamic_map()
scale_codes, scale_scales = nearest(plain_state.absmax - state.offset, book, 256)
print(f"{(scale_codes != state.absmax).sum()} of {len(scale_codes)} codes of scales differ from bitsandbytes' table")
assert torch.equal(scale_scales, state.state2.absmax) and torch.equal(codes, plain)
state.absmax = scale_codes
decoded = bnb.dequantize_4bit(codes, state)
rest = values - decoded


def bits(tensor):
    return [int(b) for b in tensor.flatten().numpy().view(np.uint32)]


result = {
    "codes": bytes(codes.flatten().tolist()).hex(),
    "scale_codes": bytes(scale_codes.tolist()).hex(),
    "scale_scales": bits(scale_scales),
    "scale_offset": bits(state.offset.reshape(1))[0],
    "code_book": bits(state.code),
    "scale_book": bits(book),
    "decoded_row_5": bits(decoded[5]),
    "decoded_sum": sum(bits(decoded)),
    "largest_error": rest.abs().max().item(),
}
out = pathlib.Path(__file__).parent.parent / "core" / "kernels" / "nf4.json"
out.write_text(json.dumps(result) + "\n")
