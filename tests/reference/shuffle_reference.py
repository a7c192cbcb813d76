#!/usr/bin/env python3
"""Prints what core/data/shuffle.h promises for ten items and the seed 1234."""
MASK = 2**64 - 1


def split_mix_64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def shuffled(count, seed):
    numbers = split_mix_64(seed)
    items = list(range(count))
    for i in range(count - 1, 0, -1):
        draw = next(x for x in numbers if x >= 2**64 % (i + 1))
        items[i], items[draw % (i + 1)] = items[draw % (i + 1)], items[i]
    return items


if __name__ == "__main__":
    print(shuffled(10, 1234))
