#pragma once

#include "core/formats/safetensors.h"
#include "core/models/model_package.h"
#include "core/models/model_tensors.h"
#include "core/text/byte_level.h"
#include "core/text/tokenizer.h"
#include "tests/support/gguf_builder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace lyceum::test {

inline constexpr const char* kTinyTemplate =
    "{% for message in messages %}{{ '<s>' + message['role'] + ':' + message['content'] + '</s>' "
    "}}{% endfor %}";

/// A Llama small enough to look at: every size differs from every other where it can.
inline models::Architecture tiny_architecture()
{
    models::Architecture a;
    a.vocab_size = 260;
    a.hidden_size = 24;
    a.intermediate_size = 40;
    a.num_hidden_layers = 2;
    a.num_attention_heads = 4;
    a.num_key_value_heads = 2;
    a.head_dim = 6;
    a.max_position_embeddings = 128;
    return a;
}

/// One token a byte, then <s> (256) and </s> (257); no merges.
inline text::TokenizerSpec tiny_tokenizer_spec()
{
    text::TokenizerSpec spec;
    for (int byte = 0; byte < 256; ++byte)
        spec.vocabulary.push_back(text::to_byte_alphabet(std::string(1, static_cast<char>(byte))));
    for (const char* token : {"<s>", "</s>"}) {
        const auto id = static_cast<text::TokenId>(spec.vocabulary.size());
        spec.vocabulary.emplace_back(token);
        spec.added_tokens.push_back({.id = id, .content = token});
    }
    spec.pre_tokenizer = "gpt2";
    spec.bos = 256;
    spec.eos = 257;
    return spec;
}

/// Random values with a fixed seed, by name.
using TinyTensors = std::map<std::string, std::pair<std::vector<std::int64_t>, std::vector<float>>>;

inline std::vector<float> random_values(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(random() % 2001) / 5000.0F - 0.2F;
    return values;
}

inline TinyTensors tiny_tensors(const models::Architecture& architecture, unsigned seed = 1)
{
    TinyTensors tensors;
    for (const auto& [name, shape] : models::expected_tensors(architecture)) {
        std::size_t count = 1;
        for (const std::int64_t size : shape)
            count *= static_cast<std::size_t>(size);
        tensors[name] = {shape, random_values(count, seed++)};
    }
    return tensors;
}

inline void write_tensors(const std::filesystem::path& path, const TinyTensors& tensors)
{
    std::filesystem::create_directories(path.parent_path());
    std::vector<formats::TensorData> data;
    for (const auto& [name, tensor] : tensors)
        data.push_back({name, tensor.first, "F32", std::as_bytes(std::span(tensor.second))});
    const auto written = formats::write_safetensors(path, data);
    ASSERT_TRUE(written) << written.error().message;
}

inline std::string tiny_config(const models::Architecture& a, const std::string& more = "")
{
    const auto entry = [](const char* key, std::int64_t value) {
        return std::string("\"") + key + "\":" + std::to_string(value) + ",";
    };
    return R"({"model_type":"llama","architectures":["LlamaForCausalLM"],"rms_norm_eps":1e-5,)"
           R"("tie_word_embeddings":)" +
           std::string(a.tie_word_embeddings ? "true," : "false,") +
           entry("vocab_size", a.vocab_size) + entry("hidden_size", a.hidden_size) +
           entry("intermediate_size", a.intermediate_size) +
           entry("num_hidden_layers", a.num_hidden_layers) +
           entry("num_attention_heads", a.num_attention_heads) +
           entry("num_key_value_heads", a.num_key_value_heads) + more +
           "\"max_position_embeddings\":" + std::to_string(a.max_position_embeddings) + "}";
}

/// A whole Hugging Face folder of the tiny model.
/// @param more of config.json: `"key":value,` each.
inline void write_tiny_folder(const std::filesystem::path& folder, const std::string& more = "",
                              const models::Architecture& architecture = tiny_architecture())
{
    write_bytes(folder / "config.json", tiny_config(architecture, more));
    write_tensors(folder / "model.safetensors", tiny_tensors(architecture));
    const auto tokenizer = text::Tokenizer::create(tiny_tokenizer_spec());
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    write_bytes(folder / "tokenizer.json", tokenizer.value()->to_json());
    write_bytes(folder / "tokenizer_config.json",
                R"({"bos_token":"<s>","eos_token":{"content":"</s>"},"chat_template":")" +
                    std::string(kTinyTemplate) + "\"}");
}

/// LoRA tensors of rank 2 for the q and v projections of the tiny model.
inline TinyTensors tiny_adapter(unsigned seed = 50)
{
    TinyTensors tensors;
    const models::Architecture a = tiny_architecture();
    for (const auto& [name, shape] : models::expected_tensors(a)) {
        if (!name.ends_with("q_proj.weight") && !name.ends_with("v_proj.weight"))
            continue;
        const std::string stem = name.substr(0, name.size() - 6);
        const auto in = static_cast<std::size_t>(shape[1]);
        const auto out = static_cast<std::size_t>(shape[0]);
        tensors[stem + "lora_A.weight"] = {{2, shape[1]}, random_values(2 * in, seed++)};
        tensors[stem + "lora_B.weight"] = {{shape[0], 2}, random_values(2 * out, seed++)};
    }
    return tensors;
}

/// A checkpoint folder with its manifest; without hashes unless `files` says so.
inline void write_tiny_checkpoint(const std::filesystem::path& folder, std::int64_t step,
                                  const std::string& base, const std::string& method,
                                  const TinyTensors& tensors)
{
    models::CheckpointManifest manifest;
    manifest.run = "tiny-run";
    manifest.step = step;
    manifest.base_model = base;
    manifest.method = method;
    if (method == "lora") {
        manifest.lora_rank = 2;
        manifest.lora_alpha = 3.0;
        manifest.lora_targets = {"q_proj", "v_proj"};
    }
    const char* name = method == "lora" ? "adapter_model.safetensors" : "model.safetensors";
    write_tensors(folder / name, tensors);
    manifest.files.push_back({name, std::filesystem::file_size(folder / name), ""});
    write_bytes(folder / "checkpoint.json", models::to_json(manifest));
}

} // namespace lyceum::test
