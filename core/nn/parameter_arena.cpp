#include "core/nn/parameter_arena.h"

#include "core/models/family.h"
#include "core/models/model_tensors.h"

#include <ATen/ATen.h>
#include <sys/mman.h>

#include <cstdlib>
#include <functional>
#include <new>
#include <numeric>

namespace lyceum::nn {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::int64_t kAlignment = 16; // floats: a cache line
constexpr std::int64_t kPiecesAtMost = 1 << 14;

} // namespace

std::int64_t num_parameters(const models::Architecture& architecture)
{
    std::int64_t count = 0;
    for (const auto& [name, shape] : models::expected_tensors(architecture))
        count += std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    return count;
}

std::int64_t num_matrix_parameters(const models::Architecture& architecture)
{
    std::int64_t in_layer = 0;
    for (const models::LinearShape& linear : models::layer_linears(architecture))
        in_layer += linear.in * linear.out;
    return in_layer * architecture.num_hidden_layers;
}

ParameterArena::ParameterArena(std::int64_t num_elements)
    : capacity_(num_elements + kAlignment * kPiecesAtMost)
{
    std::size_t bytes = static_cast<std::size_t>(capacity_) * sizeof(float);
    bytes = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    auto* memory = static_cast<float*>(std::aligned_alloc(kHugePage, bytes));
    if (memory == nullptr)
        throw std::bad_alloc();
    madvise(memory, bytes, MADV_HUGEPAGE); // A wish; without it things are slower, not wrong.
    block_ = std::shared_ptr<float>(memory, [](float* block) { std::free(block); });
}

at::Tensor ParameterArena::take(const std::vector<std::int64_t>& shape)
{
    const std::int64_t size =
        std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    if (used_ + size > capacity_)
        return at::empty(shape, at::kFloat);
    float* start = block_.get() + used_;
    used_ += (size + kAlignment - 1) / kAlignment * kAlignment;
    return at::from_blob(
        start, shape, [block = block_](void*) {}, at::TensorOptions().dtype(at::kFloat));
}

} // namespace lyceum::nn
