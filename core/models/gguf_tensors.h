#pragma once

#include "core/formats/gguf.h"
#include "core/models/gguf_architecture.h"

#include <memory>
#include <utility>
#include <vector>

namespace lyceum::models {

/// The tensors of a GGUF file under Hugging Face's names and in its shapes. llama.cpp's converter
/// interleaves the rows of llama's q and k within each head (rotation of neighbours in place of
/// halves) and transposes GPT-2's matrices; reading undoes it. Source: llama.cpp,
/// convert_hf_to_gguf.py, LlamaModel.permute and GPT2Model.modify_tensors.
class GgufTensors final : public formats::TensorSource {
public:
    /// @return Unsupported naming a tensor that models of the architecture do not have.
    [[nodiscard]] static Result<std::shared_ptr<const GgufTensors>>
    create(std::shared_ptr<const formats::GgufFile> file, const Architecture& architecture);

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override;
    /// Unsupported for tensors whose values lie in another order.
    [[nodiscard]] Result<std::span<const std::byte>>
    raw_bytes(std::string_view name) const override;

private:
    explicit GgufTensors(std::shared_ptr<const formats::GgufFile> file) : file_(std::move(file)) {}
    [[nodiscard]] Result<void> add(formats::TensorInfo info, const Architecture& architecture);
    [[nodiscard]] Result<void> read_moved(std::size_t position, std::span<float> out) const;

    std::shared_ptr<const formats::GgufFile> file_;
    formats::TensorIndex index_;    ///< Under Hugging Face's names.
    std::vector<GgufPlace> places_; ///< In the order of index_.
};

} // namespace lyceum::models
