#include "core/runtime/grad_scaler.h"
#include "core/runtime/precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <limits>

namespace lyceum::runtime {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::unique_ptr<Precision> made(std::string_view name)
{
    return make_precision(name).value();
}

TEST(GradScaler, MovesAsTorchsDoes)
{
    // tests/reference/precision_reference.py made the file.
    std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/task/precision.json");
    const auto reference = nlohmann::json::parse(file);
    GradScaler scaler({.growth_interval = 3});
    std::size_t skipped = 0;
    for (std::size_t i = 0; i < reference["overflows"].size(); ++i) {
        const bool has_overflowed = reference["overflows"][i] == 1;
        scaler.update(has_overflowed);
        skipped += has_overflowed ? 1U : 0U;
        EXPECT_EQ(scaler.scale(), reference["scales"][i].get<double>()) << "step " << i;
    }
    EXPECT_EQ(scaler.num_skipped(), static_cast<std::int64_t>(skipped));
}

TEST(GradScaler, GoesOnFromItsState)
{
    GradScaler whole({.growth_interval = 3}), second({.growth_interval = 3});
    for (const bool overflow : {true, false, false})
        whole.update(overflow);
    ASSERT_TRUE(second.load_state(whole.state()));
    whole.update(false); // the third without overflow: the scale grows
    second.update(false);
    EXPECT_EQ(second.scale(), whole.scale());
    EXPECT_EQ(second.scale(), 65536.0);
    EXPECT_EQ(second.num_skipped(), 1);
}

TEST(GradScaler, RefusesADamagedState)
{
    GradScaler scaler;
    for (const auto& state :
         {nlohmann::json(nullptr), nlohmann::json::array(),
          nlohmann::json{{"scale", 0.0}, {"growth_tracker", 0}, {"num_skipped", 0}},
          nlohmann::json{{"scale", "x"}, {"growth_tracker", 0}, {"num_skipped", 0}}})
        EXPECT_FALSE(scaler.load_state(state)) << state.dump();
    EXPECT_EQ(scaler.scale(), 65536.0);
}

TEST(Precision, AnUnknownOneIsAnErrorThatNamesTheOthers)
{
    const auto result = make_precision("8-true");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, ::testing::HasSubstr("8-true"));
    EXPECT_THAT(result.error().hint, ::testing::HasSubstr("bf16-mixed"));
}

TEST(Precision, ConvertsNumbersAndLeavesPackedBytesAlone)
{
    torch::nn::Module module;
    const auto weight = module.register_parameter("weight", torch::ones({2, 2}));
    const auto packed =
        module.register_parameter("packed", torch::ones({2}, at::kByte), /*requires_grad=*/false);
    made("bf16-true")->convert_module(module);
    EXPECT_EQ(weight.scalar_type(), at::kBFloat16) << "the tensor others hold, too";
    EXPECT_EQ(packed.scalar_type(), at::kByte);
    EXPECT_TRUE(weight.requires_grad());
}

TEST(Precision, AutocastEndsWithItsScope)
{
    const auto mixed = made("bf16-mixed");
    const auto product = [] { return at::mm(torch::ones({2, 2}), torch::ones({2, 2})); };
    {
        const auto context = mixed->forward_context();
        EXPECT_EQ(product().scalar_type(), at::kBFloat16);
        const AutocastScope none(std::nullopt);
        EXPECT_EQ(product().scalar_type(), at::kFloat);
    }
    EXPECT_EQ(product().scalar_type(), at::kFloat);
    EXPECT_FALSE(autocast_type());
}

TEST(Precision, SixteenBitsSkipAStepThatOverflowedAndSayWhy)
{
    const auto precision = made("16-mixed");
    EXPECT_EQ(precision->gradient_factor(), 1.0 / 65536.0);
    EXPECT_EQ(precision->scale_loss(torch::ones({})).item<double>(), 65536.0);
    const auto verdict = precision->judge(kInfinity).value();
    EXPECT_FALSE(verdict.is_taken);
    EXPECT_THAT(verdict.event, ::testing::HasSubstr("from 65536 to 32768"));
    EXPECT_TRUE(precision->judge(1.0).value().is_taken);
    EXPECT_THAT(precision->figures(),
                ::testing::ElementsAre(::testing::Pair("loss_scale", 32768.0),
                                       ::testing::Pair("skipped_steps", 1.0)));
}

TEST(Precision, SixteenBitsGiveUpWhenNoScaleIsSmallEnough)
{
    const auto precision = made("16-mixed");
    int skipped = 0;
    while (precision->judge(kInfinity) && skipped < 100)
        ++skipped;
    EXPECT_EQ(skipped, 32) << "from 2^16 down to 2^-16";
    EXPECT_THAT(precision->judge(kInfinity).error().hint, ::testing::HasSubstr("bf16-mixed"));
}

TEST(Precision, OtherPrecisionsNeitherScaleNorSkip)
{
    for (const char* name : {"auto", "32-true", "64-true", "bf16-true", "bf16-mixed"}) {
        const auto precision = made(name);
        EXPECT_EQ(precision->gradient_factor(), 1.0);
        EXPECT_TRUE(precision->judge(kInfinity).value().is_taken) << "NanGuard's to say";
        EXPECT_TRUE(precision->state().is_null());
    }
}

} // namespace
} // namespace lyceum::runtime
