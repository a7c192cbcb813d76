"""Writes tests/core/infer/generation_reference.json: what Transformers' generate() makes of logits under its options
(logits in, probabilities out), and the greedy tokens of left-padded batches, for tests/core/infer.

Needs torch, transformers and numpy, beside families_reference.py:  python tests/reference/generation_reference.py
"""

import json
import pathlib

import torch

import families_reference as families

CONFIG = dict(families.LLAMA, max_position_embeddings=64)
OPTIONS = [
    dict(temperature=1.0),
    dict(temperature=0.7),
    dict(temperature=2.5, top_k=5),
    dict(temperature=1.0, top_p=0.6),
    dict(temperature=1.0, min_p=0.2),
    dict(temperature=1.0, repetition_penalty=1.3),
    dict(temperature=1.0, repetition_penalty=0.8),
    dict(temperature=1.5, top_k=20, top_p=0.8),
    dict(temperature=1.5, top_p=0.9, min_p=0.1),
    dict(temperature=1.5, top_k=12, min_p=0.3),
    dict(temperature=0.6, top_k=30, top_p=0.95, min_p=0.05, repetition_penalty=1.2),
    dict(temperature=3.0, top_k=7, top_p=0.5, min_p=0.5, repetition_penalty=2.0),
]
LENGTHS = (11, 3, 16, 1, 7)
NEW_TOKENS = 12


def cut(options):
    return dict(options, top_k=options.get("top_k", 0), top_p=options.get("top_p", 1.0))


def drawn_from(model, ids, options):
    output = model.generate(torch.tensor([ids]), do_sample=True, max_new_tokens=1, return_dict_in_generate=True,
                            output_scores=True, output_logits=True, pad_token_id=0, eos_token_id=None, **cut(options))
    probabilities = torch.softmax(output.scores[0][0].double(), -1)
    return dict(options=options, prompt=ids, logits=output.logits[0][0].tolist(),
                probabilities={i: p for i, p in enumerate(probabilities.tolist()) if p > 0})


def left_padded(model, prompts, **options):
    longest = max(len(ids) for ids in prompts)
    batch = torch.tensor([[0] * (longest - len(ids)) + ids for ids in prompts])
    mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompts])
    output = model.generate(batch, attention_mask=mask, do_sample=False, max_new_tokens=NEW_TOKENS, pad_token_id=0,
                            eos_token_id=None, **options)
    return output[:, longest:].tolist()


def main():
    model = families.make(CONFIG)
    prompts = [families.text(i, n) for i, n in enumerate(LENGTHS)]
    result = dict(config=CONFIG, prompts=prompts,
                  sampling=[drawn_from(model, prompts[i % 3], options) for i, options in enumerate(OPTIONS)],
                  greedy=left_padded(model, prompts),
                  greedy_penalty=[left_padded(model, [ids], repetition_penalty=1.4)[0] for ids in prompts])
    out = pathlib.Path(__file__).parent.parent / "core" / "infer" / "generation_reference.json"
    out.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
