#include "core/optim/packed_moment.h"

#include <torch/torch.h>

namespace lyceum::optim {

PackedMoment zero_moment(const at::Tensor& parameter)
{
    TORCH_CHECK_NOT_IMPLEMENTED(parameter.is_cpu() && parameter.scalar_type() == at::kFloat &&
                                    parameter.is_contiguous(),
                                "optimizer.state_bits: 8 needs float32 parameters on the "
                                "processor; use 32");
    return {torch::zeros(parameter.sizes(), at::kByte),
            torch::zeros({kernels::num_blocks(parameter.numel())}, at::kFloat)};
}

} // namespace lyceum::optim
