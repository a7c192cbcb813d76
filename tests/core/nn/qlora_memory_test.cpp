#include "core/models/model_tensors.h"
#include "core/nn/causal_lm.h"
#include "core/runtime/resources.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace lyceum::nn {
namespace {

/// A model of 50 million numbers in its matrices, out of nothing: no file's pages count.
models::ModelPackage wide_package()
{
    class Waves final : public formats::TensorSource {
    public:
        explicit Waves(const models::Architecture& architecture)
        {
            for (const auto& [name, shape] : models::expected_tensors(architecture))
                tensors_.push_back({.name = name, .shape = shape, .dtype = "F32"});
        }
        [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
        {
            return tensors_;
        }
        [[nodiscard]] Result<void> read_float32(std::string_view,
                                                std::span<float> out) const override
        {
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<float>(i % 2001) / 1000.0F - 1.0F;
            return {};
        }

    private:
        std::vector<formats::TensorInfo> tensors_;
    };
    models::ModelPackage package;
    package.name = "wide";
    package.architecture = {.vocab_size = 300,
                            .hidden_size = 512,
                            .intermediate_size = 2048,
                            .num_hidden_layers = 12,
                            .num_attention_heads = 8,
                            .num_key_value_heads = 8,
                            .head_dim = 64,
                            .max_position_embeddings = 64};
    package.tensors = std::make_shared<Waves>(package.architecture);
    return package;
}

/// Loads in a process of its own and says what its memory rose to. Ends the process.
[[noreturn]] void load_and_exit(BaseWeights weights)
{
    constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
    const auto before = runtime::memory_use().current_bytes;
    const auto model = load_causal_lm(wide_package(), weights);
    const auto peak = runtime::memory_use().peak_bytes;
    const auto rise = peak > before ? (peak - before) / kMebibyte : 0;
    std::fprintf(stderr, "rise of %llu MiB for %llu MiB of weights\n",
                 static_cast<unsigned long long>(rise),
                 static_cast<unsigned long long>(model.value()->weight_bytes() / kMebibyte));
    // 25 MiB of weights, one matrix of 4 MiB in float32, and pages of LibTorch's code that are
    // touched for the first time (12 MiB); the whole would be 193 MiB.
    std::_Exit(rise < 25 + 4 + 24 ? 0 : 1);
}

TEST(QloraMemoryDeathTest, LoadingNeedsThe4BitWeightsAndOneMatrixMore)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe"); // a new process, not a fork of this one
    EXPECT_EXIT(load_and_exit(BaseWeights::Nf4), testing::ExitedWithCode(0), "for 2. MiB");
    EXPECT_EXIT(load_and_exit(BaseWeights::Float32), testing::ExitedWithCode(1), "for 19. MiB");
}

} // namespace
} // namespace lyceum::nn
