#pragma once

/// @file
/// Weights by a formula that tests/reference/families_reference.py shares, so that no weights are
/// kept in files.

#include "core/formats/tensor_source.h"
#include "core/models/model_package.h"
#include "core/models/model_tensors.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::test {

/// Value number `place` of the tensor of this name, in [-1, 1).
inline double formula(std::string_view name, std::uint64_t place)
{
    std::uint64_t seed = 14695981039346656037U;
    for (const char byte : name)
        seed = (seed ^ static_cast<std::uint8_t>(byte)) * 1099511628211U;
    std::uint64_t x = (place + 1) * 0x9E3779B97F4A7C15U + seed;
    x ^= x >> 32U;
    x *= 0xD6E8FEB86659FD93U;
    x ^= x >> 32U;
    return std::ldexp(static_cast<double>(x >> 40U), -23) - 1.0;
}

class FormulaWeights final : public formats::TensorSource {
public:
    explicit FormulaWeights(const models::Architecture& architecture)
    {
        for (const auto& [name, shape] : models::expected_tensors(architecture)) {
            formats::TensorInfo info{.name = name, .shape = shape, .dtype = "F32"};
            info.size_bytes = static_cast<std::uint64_t>(info.num_elements()) * sizeof(float);
            tensors_.push_back(std::move(info));
        }
    }

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return tensors_;
    }

    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        for (const formats::TensorInfo& info : tensors_) {
            if (info.name != name)
                continue;
            const bool is_norm = info.shape.size() == 1 && name.ends_with(".weight");
            for (std::size_t i = 0; i < out.size(); ++i) {
                const auto value = static_cast<float>(formula(name, i));
                out[i] = is_norm ? 1.0F + 0.25F * value : 0.5F * value;
            }
            return {};
        }
        return Error{ErrorCode::NotFound, "no tensor " + std::string(name), ""};
    }

private:
    std::vector<formats::TensorInfo> tensors_;
};

/// A model of this architecture with those weights, without a tokenizer.
inline models::ModelPackage formula_package(const models::Architecture& architecture)
{
    models::ModelPackage package;
    package.name = "formula-" + architecture.family;
    package.architecture = architecture;
    package.tensors = std::make_shared<FormulaWeights>(architecture);
    return package;
}

} // namespace lyceum::test
