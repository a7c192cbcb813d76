"""Writes tests/core/infer/smollm2_reference.json: what Transformers computes with the starter model's GGUF, in
float32, for tests/core/infer/real_model_test.cpp: losses, logits, greedy continuations.

Needs torch, transformers and gguf:  python tests/reference/loss_reference.py SmolLM2-135M-Instruct.Q4_1.gguf
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

path = pathlib.Path(sys.argv[1]).resolve()
tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()

texts = [
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "To add 1/2 and 1/3, write both with the denominator 6: 3/6 + 2/6 = 5/6.",
    "Na\u00efve caf\u00e9, \u4f60\u597d, 12345 \U0001f600\n\n\tdef f(x):\n        return x",
]
questions = ["What is the capital of France?", "What is 2 + 3?", "Name three planets."]
result = {"texts": [], "chats": []}
with torch.no_grad():
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        logits = model(torch.tensor([ids])).logits[0]
        losses = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]), reduction="none")
        result["texts"].append({
            "text": text, "ids": ids, "nll": losses.double().sum().item(),
            # Every 997th logit of the last position, and its largest.
            "logits": logits[-1, ::997].tolist(), "best": logits[-1].argmax().item()})
    for question in questions:
        ids = tokenizer.apply_chat_template([{"role": "user", "content": question}],
                                            add_generation_prompt=True)
        ids = list(ids["input_ids"]) if not isinstance(ids, list) else ids
        output = model.generate(torch.tensor([ids]), max_new_tokens=24, do_sample=False,
                                repetition_penalty=1.0, temperature=None, top_p=None, top_k=None)
        new = output[0, len(ids):].tolist()
        result["chats"].append({"question": question, "prompt": ids, "new": new})
    # The same side by side, padded on the left.
    longest = max(len(chat["prompt"]) for chat in result["chats"])
    padding = [longest - len(chat["prompt"]) for chat in result["chats"]]
    batch = torch.tensor([[tokenizer.pad_token_id] * n + chat["prompt"]
                          for n, chat in zip(padding, result["chats"])])
    mask = torch.tensor([[0] * n + [1] * (longest - n) for n in padding])
    output = model.generate(batch, attention_mask=mask, max_new_tokens=24, do_sample=False,
                            repetition_penalty=1.0, temperature=None, top_p=None, top_k=None)
    for chat, row in zip(result["chats"], output[:, longest:].tolist()):
        end = row.index(tokenizer.eos_token_id) if tokenizer.eos_token_id in row else len(row)
        chat["left_padded"] = row[:end]

out = pathlib.Path(__file__).parent.parent / "core" / "infer" / "smollm2_reference.json"
out.write_text(json.dumps(result) + "\n")
