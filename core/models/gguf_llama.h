#pragma once

#include "core/formats/gguf.h"
#include "core/models/model_package.h"

#include <memory>

namespace lyceum::models {

/// The tensors of a llama-architecture GGUF under Hugging Face's names. llama.cpp's converter
/// interleaves the rows of q and k within each head (rotation of neighbours in place of halves);
/// reading undoes it. Source: llama.cpp, convert_hf_to_gguf.py, LlamaModel.permute; names: gguf-py,
/// tensor_mapping.py.
class LlamaGgufTensors final : public formats::TensorSource {
public:
    /// @return Unsupported naming a tensor that Llama models of this version do not have.
    [[nodiscard]] static Result<std::shared_ptr<const LlamaGgufTensors>>
    create(std::shared_ptr<const formats::GgufFile> file, const Architecture& architecture);

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override;
    /// Unsupported for q_proj and k_proj, whose rows lie in another order.
    [[nodiscard]] Result<std::span<const std::byte>>
    raw_bytes(std::string_view name) const override;

private:
    struct Stored {
        std::string name;       ///< In the file.
        std::int64_t heads = 0; ///< Whose rows are interleaved; 0: none are.
    };
    explicit LlamaGgufTensors(std::shared_ptr<const formats::GgufFile> file)
        : file_(std::move(file))
    {
    }
    [[nodiscard]] Result<void> read_interleaved(std::size_t position, std::span<float> out) const;

    std::shared_ptr<const formats::GgufFile> file_;
    formats::TensorIndex index_; ///< Under Hugging Face's names.
    std::vector<Stored> stored_; ///< In the order of index_.
};

/// What a GGUF file calls a tensor.
struct GgufName {
    std::string name;
    std::int64_t interleaved_heads = 0; ///< Heads whose rows are interleaved; 0: none are.
};
/// @param hugging_face_name of the model's tensor, with ".weight" or ".bias".
/// @return Unsupported for a family or a tensor that this version writes no GGUF of.
[[nodiscard]] Result<GgufName> gguf_name(std::string_view hugging_face_name,
                                         const Architecture& architecture);

/// "llama.block_count" and its like. @return Unsupported naming a key that changes the mathematics.
[[nodiscard]] Result<Architecture> read_llama_architecture(const formats::GgufFile& file);

/// `tokenizer.ggml.*`. @return Unsupported naming the kind of tokenizer; InvalidData.
[[nodiscard]] Result<text::TokenizerSpec> read_gguf_tokenizer(const formats::GgufFile& file);

} // namespace lyceum::models
