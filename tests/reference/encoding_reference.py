#!/usr/bin/env python3
"""Writes tests/core/data/data/encoded_dialogues.json: ids and loss masks of dialogues in SmolLM2's format.

usage: encoding_reference.py MODEL.gguf

The mask is made another way than ours: by looking for the tokens of "<|im_start|>assistant\\n" in the ids of the whole text
and marking what follows up to and with the next <|im_end|>. Needs the `tokenizers`, `transformers` and `gguf` wheels.
"""
import json
import pathlib
import sys

import tokenizer_reference
from gguf import GGUFReader
from tokenizers import pre_tokenizers
from transformers.utils.chat_template_utils import _compile_jinja_template

OUT = pathlib.Path(__file__).parent.parent / "core/data/data/encoded_dialogues.json"

DIALOGUES = [
    [("user", "What is 1/2 + 1/3?"), ("assistant", "Answer: 5/6")],
    [("system", "You are a tutor."), ("user", "Hi"), ("assistant", "Hello!"), ("user", "2 + 2?"), ("assistant", "4\n\nAnswer: 4")],
    [("user", "First."), ("user", "Second."), ("assistant", "Both.")],
    [("assistant", "I begin."), ("user", "Good."), ("assistant", "And end, with \u00e9 \u6570 \U0001f600.")],
]


def main():
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = tokenizer_reference.smollm2(sys.argv[1], pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level]))
    template = _compile_jinja_template(GGUFReader(sys.argv[1]).fields["tokenizer.chat_template"].contents())
    header = tokenizer.encode("<|im_start|>assistant\n").ids
    end = tokenizer.token_to_id("<|im_end|>")
    cases = []
    for dialogue in DIALOGUES:
        messages = [{"role": role, "content": content} for role, content in dialogue]
        ids = tokenizer.encode(template.render(messages=messages, add_generation_prompt=False)).ids
        learn = [0] * len(ids)
        for i in range(len(ids)):
            if i >= len(header) and ids[i - len(header) : i] == header:
                last = ids.index(end, i)
                learn[i : last + 1] = [1] * (last + 1 - i)
        cases.append({"messages": messages, "ids": ids, "learn": learn})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases, ensure_ascii=True) + "\n")
    print(len(cases), "dialogues,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
