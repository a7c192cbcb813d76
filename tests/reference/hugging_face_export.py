#!/usr/bin/env python3
"""An exported folder against Transformers: it loads, gives our loss, our token ids and our chat rendering.

    lyceum-engine export smollm2-135m-instruct --format hf --out /tmp/exported
    python tests/reference/hugging_face_export.py /tmp/exported --engine build/release/bin/lyceum-engine [--gguf MODEL.gguf]

needs: torch, transformers (and gguf with --gguf, which adds: the same ids as the tokenizer Transformers makes of it).
Exit status 0 when everything agrees; the loss of each line within 1e-4 of a nat a token.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

LINES = [
    "Half of a pizza and a third of a pizza make five sixths of a pizza.",
    "The water cycle moves water from the sea to the clouds, to the land, and back to the sea.",
    "x = 12345 + 678.90; print(f\"{x:.2f}\")  # 3 spaces   here",
    "Nai\u0308ve cafe\u0301, \u4f60\u597d, \U0001f600 and a tab\there.",
]
CHATS = [
    [{"role": "user", "content": "What is 1/2 + 1/3?"}],
    [{"role": "system", "content": "You are a tutor."}, {"role": "user", "content": "Hi"},
     {"role": "assistant", "content": "Hello!"}],
]


def engine(arguments, *verb):
    done = subprocess.run([arguments.engine, *verb, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{verb} failed: {done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--engine", required=True)
    parser.add_argument("--gguf")
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.folder)
    model, info = AutoModelForCausalLM.from_pretrained(arguments.folder, output_loading_info=True)
    assert not any(info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
    model = model.float().eval()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(LINES) + "\n")
        file.flush()
        scores = engine(arguments, "score", arguments.folder, "--file", file.name)
    worst = 0.0
    for line, score in zip(LINES, scores):
        ids = tokenizer(line, return_tensors="pt").input_ids
        with torch.no_grad():
            loss = model(ids, labels=ids).loss.item() if ids.shape[1] > 1 else 0.0
        assert score["tokens"] == ids.shape[1] - 1, (line, score, ids.shape)
        worst = max(worst, abs(loss - score["nll"] / score["tokens"]))
    assert len(scores) == len(LINES) + 1 and worst < 1e-4, worst
    print(f"loss: largest difference {worst:.2e} nats a token over {len(LINES)} lines")
    for chat in CHATS:
        for prompt in (False, True):
            text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=prompt)
            print(f"chat template: {text!r:.70}...")
    if arguments.gguf:
        other = AutoTokenizer.from_pretrained(os.path.dirname(arguments.gguf),
                                              gguf_file=os.path.basename(arguments.gguf))
        for line in LINES:
            assert tokenizer(line).input_ids == other(line).input_ids, line
        for chat in CHATS:
            for prompt in (False, True):
                ours, theirs = (t.apply_chat_template(chat, tokenize=False, add_generation_prompt=prompt)
                                for t in (tokenizer, other))
                assert ours == theirs, (ours, theirs)
                ids, other_ids = (t(text).input_ids for t, text in ((tokenizer, ours), (other, theirs)))
                assert ids == other_ids
        for name in ("bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id"):
            assert getattr(tokenizer, name) == getattr(other, name), name
        print("tokenizer: ids, special tokens and chat template equal those of the GGUF file")
    ids = tokenizer.apply_chat_template(CHATS[0], add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.no_grad():
        output = model.generate(**ids, max_new_tokens=24, do_sample=False)
    new = output[0, ids["input_ids"].shape[1]:].tolist()
    answer = engine(arguments, "generate", arguments.folder, "--chat", "--prompt", CHATS[0][0]["content"],
                    "--max-new-tokens", "24")[-1]
    stop = model.generation_config.eos_token_id
    stops = stop if isinstance(stop, list) else [stop]
    mine, theirs = ([i for i in ids_ if i not in stops] for ids_ in (answer["ids"], new))
    print(f"greedy answer: {tokenizer.decode(theirs)!r}, ours the same: {mine == theirs}")
    assert mine == theirs, (mine, theirs)
    assert math.isfinite(worst)
    print("all equal")


if __name__ == "__main__":
    main()
