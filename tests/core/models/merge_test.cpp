#include "core/models/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace lyceum::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Tensors in memory, by name.
class Tensors final : public formats::TensorSource {
public:
    void add(const std::string& name, std::vector<std::int64_t> shape, std::vector<float> values)
    {
        tensors_.push_back({.name = name, .shape = std::move(shape), .dtype = "F32"});
        values_[name] = std::move(values);
    }
    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return tensors_;
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        std::ranges::copy(values_.at(std::string(name)), out.begin());
        return {};
    }

private:
    std::vector<formats::TensorInfo> tensors_;
    std::map<std::string, std::vector<float>> values_;
};

/// W = [[3, 0], [0, 4]] as [out, in], B A = [[0, 2], [0, 0]], alpha / sqrt(rank) = 2.
ModelPackage small_package(const char* family, const std::string& module, bool use_dora)
{
    auto base = std::make_shared<Tensors>();
    base->add(module + ".weight", {2, 2}, {3, 0, 0, 4});
    auto adapter = std::make_shared<Tensors>();
    adapter->add(module + ".lora_A.weight", {4, 2}, {0, 1, 0, 1, 0, 0, 0, 0});
    adapter->add(module + ".lora_B.weight", {2, 4}, {1, 1, 0, 0, 0, 0, 0, 0});
    if (use_dora)
        adapter->add(module + ".lora_magnitude_vector", {2}, {10, 2});
    ModelPackage package;
    package.architecture.family = family;
    package.architecture.num_attention_heads = package.architecture.num_key_value_heads = 1;
    package.tensors = std::move(base);
    package.adapter = Adapter{.rank = 4,
                              .alpha = 4,
                              .use_rslora = true,
                              .use_dora = use_dora,
                              .tensors = std::move(adapter)};
    return package;
}

std::vector<float> merged(const ModelPackage& package, const std::string& name)
{
    const auto whole = with_merged_adapter(package);
    EXPECT_FALSE(whole.adapter);
    std::vector<float> values(4);
    EXPECT_TRUE(whole.tensors->read_float32(name, values));
    return values;
}

TEST(MergedAdapter, IsScaledByTheRootOfTheRankWithRslora)
{
    const std::string q = "model.layers.0.self_attn.q_proj";
    EXPECT_THAT(merged(small_package("llama", q, false), q + ".weight"), ElementsAre(3, 4, 0, 4));
}

TEST(MergedAdapter, HasItsRowsAtTheirMagnitudesWithDora)
{
    const std::string q = "model.layers.0.self_attn.q_proj";
    EXPECT_THAT(merged(small_package("llama", q, true), q + ".weight"), ElementsAre(6, 8, 0, 2));
    const std::string c = "transformer.h.0.attn.c_attn"; // its file has columns for rows
    EXPECT_THAT(merged(small_package("gpt2", c, true), c + ".weight"), ElementsAre(6, 0, 8, 2));
}

ModelPackage base_of(const char* dtype, const char* path)
{
    ModelPackage base;
    base.dtype = dtype;
    base.path = path;
    return base;
}

TEST(MergeWarnings, AreNoneWhereAMergeIsExact)
{
    EXPECT_THAT(merge_warnings(base_of("BF16", "/models/smollm2"), true), IsEmpty());
    EXPECT_THAT(merge_warnings(base_of("Q4_1", "/models/smollm2.gguf"), false), IsEmpty());
}

TEST(MergeWarnings, SayThatARoundedBaseMakesQlorasMergeLossy)
{
    EXPECT_THAT(merge_warnings(base_of("Q4_1", "/models/smollm2.gguf"), true),
                ElementsAre(HasSubstr("rounded to Q4_1")));
}

TEST(MergeWarnings, SayThatABaseInATemporaryFolderWillBeMissing)
{
    EXPECT_THAT(merge_warnings(base_of("F32", "/tmp/x/model"), false),
                ElementsAre(HasSubstr("/tmp/x/model the adapter can be neither used nor merged")));
    EXPECT_THAT(merge_warnings(base_of("F32", "/tmpx/model"), false), IsEmpty());
}

TEST(MergeWarnings, SayThatACheckpointMayGo)
{
    auto base = base_of("F32", "/models/smollm2");
    base.checkpoint_folder = "/srv/runs/a/checkpoints/step-000050";
    EXPECT_THAT(merge_warnings(base, false), ElementsAre(HasSubstr("step-000050")));
}

} // namespace
} // namespace lyceum::models
