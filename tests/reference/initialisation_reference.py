"""New weights as Transformers draws them: mean and deviation of every parameter, and which rows are
zero. Needs torch and transformers.

    python3 tests/reference/initialisation_reference.py > tests/core/nn/initialisation.json
"""
import json

import torch
from transformers import (BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, LlamaConfig,
                          LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, RobertaConfig,
                          RobertaModel)

LLAMA = {"hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 2,
         "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 1000}
ENCODER = {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2,
           "num_attention_heads": 4, "vocab_size": 500, "max_position_embeddings": 130}
GPT2 = {"n_embd": 256, "n_layer": 3, "n_head": 8, "vocab_size": 1000, "n_positions": 300}

MODELS = [
    (LlamaConfig, LlamaForCausalLM,
     LLAMA | {"initializer_range": 0.03, "attention_bias": True, "mlp_bias": True}),
    (Qwen2Config, Qwen2ForCausalLM, LLAMA),
    (GPT2Config, GPT2LMHeadModel, GPT2),
    (BertConfig, BertModel, ENCODER),
    (RobertaConfig, RobertaModel, ENCODER),
]


def describe(name, parameter):
    values = parameter.detach().double()
    rows = [i for i in range(len(values)) if values.dim() > 1 and not values[i].any()]
    return [name, round(values.mean().item(), 7), round(values.std(unbiased=False).item(), 7), rows]


def main():
    torch.manual_seed(0)
    result = []
    for make_config, make_model, settings in MODELS:
        config = make_config(**settings)
        model = make_model(config)
        root = "" if hasattr(model, "lm_head") else config.model_type + "."
        result.append({
            "config": {"model_type": config.model_type} | settings,
            "parameters": [describe(root + name, p) for name, p in model.named_parameters()]})
    print(json.dumps(result, indent=None, separators=(",", ":")).replace("[\"", "\n[\""))


if __name__ == "__main__":
    main()
