"""Writes tests/core/exporter/gguf_families.json: the metadata and tensors that llama.cpp's converter gives for the models
of families_reference.py, for tests/core/exporter/gguf_families_test.cpp (which exports the same models).

Needs torch, transformers, numpy and llama.cpp's source (it lies in the llama-cpp-python source package):
    python tests/reference/gguf_families_reference.py llama_cpp_python-0.3.36/vendor/llama.cpp
"""

import hashlib
import json
import pathlib
import sys
import tempfile

import families_reference

# Others have options that the converter leaves out or that GGUF has no key for.
NAMES = ("llama", "llama_untied_biases", "llama_head_dim", "llama_linear", "llama_dynamic", "llama_yarn",
         "llama3_old_spelling", "llama3_new_spelling", "mistral_no_window", "qwen2", "qwen3", "gpt2", "bert", "roberta")


def convert(config, kind, folder):
    from conversion import get_model_class
    import gguf
    model = families_reference.make(dict(config))
    model.save_pretrained(folder)
    config = dict(config, architectures=[type(model).__name__])
    if config["model_type"] == "gpt2":
        config.update(n_ctx=config["n_positions"], layer_norm_epsilon=model.config.layer_norm_epsilon)
    if config["model_type"] in ("bert", "roberta"):
        config.update(layer_norm_eps=model.config.layer_norm_eps)
    (folder / "config.json").write_text(json.dumps(config))
    out = folder / "out.gguf"
    converter = get_model_class(config["architectures"][0])(folder, kind, out)
    converter.set_vocab = lambda: None
    converter.write()
    return gguf.GGUFReader(out)


def tensors(reader):
    result = {}
    for tensor in reader.tensors:
        entry = dict(type=tensor.tensor_type.name, shape=[int(n) for n in reversed(tensor.shape)])
        if tensor.name == "rope_freqs.weight":
            entry["values"] = tensor.data.tolist()
        else:
            entry["sha256"] = hashlib.sha256(tensor.data.tobytes()).hexdigest()
        result[tensor.name] = entry
    return result


def main():
    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/gguf-py"]
    import gguf
    models = {}
    for name in NAMES:
        config = dict(families_reference.CONFIGS[name])
        if config["model_type"] == "roberta":
            config["max_position_embeddings"] = 42
        entry = {}
        for kind, key in ((gguf.LlamaFileType.ALL_F32, "float32"), (gguf.LlamaFileType.MOSTLY_Q8_0, "q8_0")):
            with tempfile.TemporaryDirectory() as folder:
                reader = convert(config, kind, pathlib.Path(folder))
                entry[key] = tensors(reader)
                architecture = reader.fields["general.architecture"].contents()
                entry["metadata"] = {key: [field.types[0].name.lower(), field.contents()]
                                     for key, field in reader.fields.items()
                                     if key == "general.architecture" or key.startswith(architecture + ".")}
                del reader
        models[name] = entry
    path = pathlib.Path(__file__).parent.parent / "core" / "exporter" / "gguf_families.json"
    path.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in models.items()) + "\n}\n")


if __name__ == "__main__":
    main()
