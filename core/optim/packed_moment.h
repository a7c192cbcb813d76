#pragma once

#include "core/kernels/blockwise.h"

#include <ATen/core/Tensor.h>

namespace lyceum::optim {

/// A moment of one parameter in 8 bits a value: codes in the parameter's shape and a scale for each
/// block of 256.
struct PackedMoment {
    at::Tensor codes;  ///< uint8
    at::Tensor scales; ///< float32 [num_blocks]

    [[nodiscard]] bool is_defined() const { return codes.defined(); }
    [[nodiscard]] kernels::PackedMoment data() const
    {
        return {codes.data_ptr<std::uint8_t>(), scales.data_ptr<float>()};
    }
};

/// Smaller parameters (norms, biases) keep 32 bits, as in bitsandbytes: they save nothing and
/// matter most.
inline constexpr std::int64_t kMinPackedValues = 4096;
/// Blocks that are worth a thread.
inline constexpr std::int64_t kPackedGrain = 64;
[[nodiscard]] inline bool is_worth_packing(const at::Tensor& parameter)
{
    return parameter.numel() >= kMinPackedValues;
}

/// A moment of zeros. Throws when the parameter is not contiguous float32 on the processor.
[[nodiscard]] PackedMoment zero_moment(const at::Tensor& parameter);

} // namespace lyceum::optim
