"""Writes tests/core/nn/families.json: small models of every family and option with weights from a formula, and what
Transformers computes with them, for tests/core/nn/families_test.cpp (which makes the same weights by the same formula).

Needs torch, transformers and numpy:  python tests/reference/families_reference.py
"""

import json
import pathlib

import numpy
import torch
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModel, AutoConfig

VOCABULARY = 61
LLAMA = dict(model_type="llama", vocab_size=VOCABULARY, hidden_size=32, intermediate_size=40, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=32, rms_norm_eps=1e-5,
             rope_theta=10000.0, tie_word_embeddings=True)
QWEN = dict(LLAMA, num_hidden_layers=3)
GPT2 = dict(model_type="gpt2", vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=40)
BERT = dict(model_type="bert", vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
            num_attention_heads=4, max_position_embeddings=40, pad_token_id=0)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
CONFIGS = {
    "llama": LLAMA,
    "llama_untied_biases": dict(LLAMA, tie_word_embeddings=False, attention_bias=True, mlp_bias=True),
    "llama_head_dim": dict(LLAMA, head_dim=12, num_key_value_heads=1),
    "llama_gelu": dict(LLAMA, hidden_act="gelu"),
    "llama_linear": dict(LLAMA, rope_scaling=dict(type="linear", factor=3.0)),
    "llama_dynamic": dict(LLAMA, max_position_embeddings=12, rope_scaling=dict(type="dynamic", factor=2.0)),
    "llama_yarn": dict(LLAMA, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=8)),
    "llama_yarn_options": dict(LLAMA, rope_scaling=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=4.0, beta_slow=0.5,
        mscale=1.5, mscale_all_dim=0.7, truncate=False)),
    "llama3_old_spelling": dict(LLAMA, rope_scaling=LLAMA3),
    "llama3_new_spelling": dict({k: v for k, v in LLAMA.items() if k != "rope_theta"},
                                rope_parameters=dict(LLAMA3, rope_theta=5000.0)),
    "llama_longrope": dict(LLAMA, rope_scaling=dict(
        rope_type="longrope", short_factor=[1.0, 1.5, 2.0, 4.0], long_factor=[1.0, 1.5, 2.0, 4.0],
        attention_factor=1.25, original_max_position_embeddings=16)),
    "mistral_window": dict(LLAMA, model_type="mistral", sliding_window=5, tie_word_embeddings=False),
    "mistral_no_window": dict(LLAMA, model_type="mistral", sliding_window=None, head_dim=16),
    "qwen2": dict(QWEN, model_type="qwen2"),
    "qwen2_window": dict(QWEN, model_type="qwen2", use_sliding_window=True, sliding_window=4, max_window_layers=1),
    "qwen3": dict(QWEN, model_type="qwen3", head_dim=12, tie_word_embeddings=False),
    "qwen3_layer_types": dict(QWEN, model_type="qwen3", head_dim=8, attention_bias=True, use_sliding_window=True,
                              sliding_window=6,
                              layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
    "gpt2": GPT2,
    "gpt2_options": dict(GPT2, n_inner=50, activation_function="relu", scale_attn_by_inverse_layer_idx=True,
                         tie_word_embeddings=False, layer_norm_epsilon=1e-3),
    "bert": BERT,
    "bert_masked": dict(BERT, architectures=["BertForMaskedLM"], hidden_act="gelu_new", type_vocab_size=3),
    "roberta": dict(BERT, model_type="roberta", pad_token_id=1),
    "roberta_masked": dict(BERT, model_type="roberta", pad_token_id=1, architectures=["RobertaForMaskedLM"]),
}
LENGTHS = (11, 5, 16)


def formula(name, count):
    """Values in [-1, 1) that depend on the name and the place only; the C++ side has the same."""
    seed = 14695981039346656037
    for byte in name.encode():
        seed = (seed ^ byte) * 1099511628211 % 2**64
    x = (numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)) + numpy.uint64(seed)
    x ^= x >> numpy.uint64(32)
    x *= numpy.uint64(0xD6E8FEB86659FD93)
    x ^= x >> numpy.uint64(32)
    return (x >> numpy.uint64(40)).astype(numpy.float64) / 2**23 - 1


def weights(name, shape):
    values = formula(name, int(numpy.prod(shape))).astype(numpy.float32)
    is_norm = len(shape) == 1 and name.endswith(".weight")
    values = numpy.float32(1) + numpy.float32(0.25) * values if is_norm else numpy.float32(0.5) * values
    return torch.from_numpy(values).reshape(shape)


def text(index, length):
    return [int((value + 1) / 2 * (VOCABULARY - 4)) + 4 for value in formula(f"text {index}", length)]


def full_name(model, name):
    prefix = model.base_model_prefix
    outside = name.startswith((prefix + ".", "cls.", "lm_head."))
    return name if outside else f"{prefix}.{name}"


def make(config):
    settings = AutoConfig.for_model(**{k: v for k, v in config.items()}, attn_implementation="eager",
                                    resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, hidden_dropout_prob=0.0,
                                    attention_probs_dropout_prob=0.0)
    kind = (AutoModelForMaskedLM if "architectures" in config else
            AutoModel if config["model_type"] in ("bert", "roberta") else AutoModelForCausalLM)
    model = kind.from_config(settings).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights(full_name(model, name), tuple(parameter.shape)))
    return model


def rounded(tensor):
    return [round(value, 6) for value in tensor.tolist()]


def outputs(model, config, ids, result):
    batch = torch.tensor([ids])
    if config["model_type"] not in ("bert", "roberta"):
        output = model(batch, labels=batch)
        result["logits"].append(rounded(output.logits[0, -1]))
        return output.loss * (len(ids) - 1)
    types = torch.arange(len(ids)).remainder(config.get("type_vocab_size", 2))[None]
    output = model(batch, token_type_ids=types if config["model_type"] == "bert" else None)
    if "architectures" in config:
        result["logits"].append(rounded(output.logits[0, -1]))
        return torch.nn.functional.cross_entropy(output.logits[0], batch[0], reduction="sum")
    result["hidden"].append(rounded(output.last_hidden_state[0, -1]))
    result["pooled"].append(rounded(output.pooler_output[0]))
    return (output.last_hidden_state ** 2).sum() + output.pooler_output.sum()


def gradients(model):
    result = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        gradient = parameter.grad.flatten().double()
        direction = torch.cos(torch.arange(gradient.numel()).double())
        result[full_name(model, name)] = [gradient.norm().item(), (gradient * direction).sum().item()]
    return result


def main():
    texts = [text(i, n) for i, n in enumerate(LENGTHS)]
    models = {}
    for key, config in CONFIGS.items():
        config = dict(config)
        if config["model_type"] == "roberta":
            config["max_position_embeddings"] = 42
        result = dict(config=dict(config), logits=[], hidden=[], pooled=[])
        losses = []
        for ids in texts:  # a new model each: dynamic scaling remembers
            model = make(dict(config))
            losses.append(outputs(model, config, ids, result))
        result["loss"] = [loss.item() for loss in losses]
        model = make(dict(config))
        total = 0.0
        for ids in sorted(texts, key=len):
            total = total + outputs(model, config, ids, dict(logits=[], hidden=[], pooled=[]))
        total.backward()
        result["gradient"] = gradients(model)
        if config["model_type"] not in ("bert", "roberta") and "dynamic" not in key:
            start = torch.tensor([texts[1]])
            output = make(dict(config)).generate(start, max_new_tokens=12, do_sample=False, eos_token_id=None,
                                                 pad_token_id=0)
            result["greedy"] = output[0, start.shape[1]:].tolist()
        models[key] = {k: v for k, v in result.items() if v != []}
    path = pathlib.Path(__file__).parent.parent / "core" / "nn" / "families.json"
    path.write_text("{\"texts\": " + json.dumps(texts) + ",\n\"models\": {\n" +
                    ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in models.items()) + "\n}}\n")


if __name__ == "__main__":
    main()
