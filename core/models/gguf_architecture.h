#pragma once

/// @file
/// Architectures of GGUF files: llama.cpp's names and keys for the families of family.h, as data.
/// Source: gguf-py, constants.py and tensor_mapping.py; llama.cpp, convert_hf_to_gguf.py.

#include "core/formats/gguf.h"
#include "core/formats/gguf_writer.h"
#include "core/models/family.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// One value of general.architecture.
struct GgufArchitecture {
    std::string_view name;
    /// Those written as it, the first of them what a file is read as: GGUF does not tell Mistral
    /// from Llama, nor RoBERTa from BERT.
    std::array<std::string_view, 2> families = {};
    bool interleaves_heads = false; ///< Rows of q and k, for rotation of neighbours.
    bool has_output_bias = false;   ///< The attention's output may have one.
    bool has_mlp_bias = false;      ///< The feed-forward may have them.
    std::string_view hidden_act;    ///< GGUF has no key for it.
    double dropout = 0.0;           ///< While training, as in Transformers' configuration.
    Family names;                   ///< GGUF's names where family.h has Hugging Face's.
};

/// Null for a name that is not known.
[[nodiscard]] const GgufArchitecture* find_gguf_architecture(std::string_view name);
/// What a model of this family is written as; every family of family.h has one.
[[nodiscard]] const GgufArchitecture& gguf_architecture_of(std::string_view family);
/// "llama, qwen2, ...", for messages.
[[nodiscard]] std::string known_gguf_architectures();

/// `general.architecture` and the keys of its name.
/// @return Unsupported naming an architecture or a key that this version does not understand;
/// InvalidData naming a key that is missing or of another type. Sizes are for check_architecture.
[[nodiscard]] Result<Architecture> read_gguf_architecture(const formats::GgufFile& file);

/// The keys of the architecture, `general.architecture` first. Where a window or dynamic scaling,
/// which llama.cpp does not have in these architectures, changes the results of long texts, the
/// context ends before them.
/// @return Unsupported naming an option that GGUF has no key for.
[[nodiscard]] Result<formats::GgufMetadata> write_gguf_architecture(const Architecture& a);

/// Where a tensor of a model lies in a GGUF file, and how.
struct GgufPlace {
    std::string name;
    std::int64_t interleaved_heads = 0; ///< Heads whose rows are interleaved; 0: none are.
    bool is_transposed = false;         ///< [out, in] in the file, [in, out] in the model.
    std::int64_t skipped_rows = 0;      ///< Leading rows of the model's that the file leaves out.

    [[nodiscard]] bool is_moved() const { return interleaved_heads > 0 || is_transposed; }
    /// Element i of row `row` of the file's tensor is element `start + i * step` of the model's.
    struct Row {
        std::size_t start = 0;
        std::size_t step = 1;
    };
    /// @param rows, columns of the file's tensor; a vector has one column.
    [[nodiscard]] Row row(std::size_t row, std::size_t rows, std::size_t columns) const;
};

/// @param name of the model's tensor, with ".weight" or ".bias".
/// @return nothing for the pooler and the masked-LM head of an encoder, which GGUF files for
/// embeddings do not have; Unsupported naming a tensor with no place.
[[nodiscard]] Result<std::optional<GgufPlace>> gguf_place(std::string_view name,
                                                          const Architecture& architecture);
/// Hugging Face's name of a GGUF tensor; nothing when no model of the architecture has it.
[[nodiscard]] std::optional<std::string> model_name(std::string_view gguf_name,
                                                    const Architecture& architecture);

/// llama.cpp's divisors of the rotary frequencies, "rope_freqs.weight".
inline constexpr std::string_view kRopeFactors = "rope_freqs.weight";

} // namespace lyceum::models
