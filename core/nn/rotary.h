#pragma once

#include "core/kernels/attention.h"
#include "core/kernels/rotary.h"
#include "core/models/architecture.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace lyceum::nn {

/// The rotary angles of a model, with its rope scaling. Not shared between threads. Source:
/// Transformers, modeling_rope_utils.py.
class Rotary {
public:
    explicit Rotary(const models::Architecture& architecture);

    /// What attention needs to turn some tokens by.
    struct Angles {
        at::Tensor table;     ///< As kernels::RotaryTable's.
        at::Tensor positions; ///< [N] int64: rows of the table.
    };
    /// @param positions [N] int64, contiguous. @param texts where in them texts end: with dynamic
    /// scaling the frequencies depend on how long a text is.
    [[nodiscard]] Angles angles(const at::Tensor& positions,
                                const std::vector<kernels::Span>& texts);

private:
    models::Architecture architecture_;
    kernels::RotaryTable table_;
};

/// Frequencies of a text of `length` tokens, [head_dim / 2].
[[nodiscard]] at::Tensor scaled_frequencies(const models::Architecture& architecture,
                                            std::int64_t length);

} // namespace lyceum::nn
