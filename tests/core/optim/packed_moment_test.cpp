#include "core/optim/adamw.h"
#include "core/optim/lion.h"
#include "core/optim/packed_moment.h"
#include "tests/core/optim/reference.h"
#include "tests/core/optim/regression.h"

#include <gtest/gtest.h>

namespace lyceum::optim {
namespace {

using test::LinearRegression;

constexpr std::int64_t kStride = 37; // the reference keeps every 37th value

test::MakeOptimizer adamw_of(config::StateBits bits)
{
    return [bits](std::vector<ParameterGroup> groups) {
        return std::make_unique<AdamW>(std::move(groups), AdamWOptions{.state_bits = bits});
    };
}

test::MakeOptimizer lion_of(config::StateBits bits)
{
    return [bits](std::vector<ParameterGroup> groups) {
        return std::make_unique<Lion>(std::move(groups), LionOptions{.state_bits = bits});
    };
}

std::int64_t state_bytes(const Optimizer& optimizer)
{
    std::int64_t bytes = 0;
    for (const auto& [name, tensor] : optimizer.state())
        bytes += static_cast<std::int64_t>(tensor.nbytes());
    return bytes;
}

at::Tensor state_of(const Optimizer& optimizer, const std::string& name)
{
    for (const auto& entry : optimizer.state())
        if (entry.name == name)
            return entry.tensor;
    ADD_FAILURE() << name;
    return {};
}

TEST(DynamicCode, EqualsBitsandbytes)
{
    const auto reference = test::optimizer_reference();
    for (std::size_t i = 0; i < 256; ++i) {
        const auto is_signed = reference["signed_code"][i].get<float>();
        const auto is_unsigned = reference["unsigned_code"][i].get<float>();
        EXPECT_NEAR(kernels::signed_code().values.at(i), is_signed, std::abs(is_signed) * 1e-6);
        EXPECT_NEAR(kernels::unsigned_code().values.at(i), is_unsigned, is_unsigned * 1e-6);
    }
}

TEST(Pack, GivesTheCodesAndScalesOfBitsandbytes)
{
    const auto reference = test::optimizer_reference()["packed"];
    const auto values = test::waves(600, 0.5, at::kFloat).pow(9); // two blocks and a part
    std::vector<std::uint8_t> codes(600);
    std::vector<float> scales(3);
    kernels::pack(values.data_ptr<float>(), {codes.data(), scales.data()}, kernels::signed_code(),
                  0, 3, 600);
    std::size_t num_different = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const int difference = codes[i] - reference["codes"][i].get<int>();
        EXPECT_LE(std::abs(difference), 1) << i; // on the boundary between two codes
        num_different += difference != 0 ? 1U : 0U;
    }
    EXPECT_LE(num_different, 3U);
    for (std::size_t i = 0; i < scales.size(); ++i)
        EXPECT_NEAR(scales[i], reference["scales"][i].get<float>(), 1e-6);
}

TEST(Pack, UnpacksToTheNearestValue)
{
    const auto values = test::waves(1000, 0.5, at::kFloat);
    std::vector<std::uint8_t> codes(1000);
    std::vector<float> scales(4), unpacked(1000);
    const kernels::PackedMoment packed{codes.data(), scales.data()};
    kernels::pack(values.data_ptr<float>(), packed, kernels::signed_code(), 0, 4, 1000);
    kernels::unpack(packed, unpacked.data(), kernels::signed_code(), 0, 4, 1000);
    for (std::size_t i = 0; i < unpacked.size(); ++i)
        EXPECT_NEAR(unpacked[i], values.data_ptr<float>()[i], 0.008) << i;
}

TEST(Pack, KeepsZerosExactly)
{
    std::vector<float> values(256, 0.0F), unpacked(256, 1.0F);
    std::vector<std::uint8_t> codes(256);
    float scale = 1.0F;
    const kernels::PackedMoment packed{codes.data(), &scale};
    kernels::pack(values.data(), packed, kernels::unsigned_code(), 0, 1, 256);
    kernels::unpack(packed, unpacked.data(), kernels::unsigned_code(), 0, 1, 256);
    EXPECT_EQ(unpacked, values);
    values[7] = 3.0F;
    kernels::pack(values.data(), packed, kernels::unsigned_code(), 0, 1, 256);
    kernels::unpack(packed, unpacked.data(), kernels::unsigned_code(), 0, 1, 256);
    EXPECT_EQ(unpacked, values);
}

/// @param share of the values that may differ by more than `tolerance`: a code on a boundary.
void expect_like_bitsandbytes(const char* name, const test::MakeOptimizer& make, double rate,
                              double tolerance, double share)
{
    const auto reference = test::optimizer_reference()[name];
    LinearRegression regression(LinearRegression::kLarge, make);
    regression.run(0, 20, rate);
    const auto values = regression.weight.detach().flatten();
    const auto codes = state_of(*regression.optimizer, "exp_avg.weight").flatten();
    const auto scales = state_of(*regression.optimizer, "exp_avg_scale.weight");
    const auto count = reference["weight"].size();
    std::size_t num_different = 0, num_other_codes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::int64_t>(i) * kStride;
        const double difference = values[at].item<double>() - reference["weight"][i].get<double>();
        num_different += std::abs(difference) > tolerance ? 1U : 0U;
        num_other_codes += codes[at].item<int>() != reference["codes"][i].get<int>() ? 1U : 0U;
    }
    EXPECT_LE(static_cast<double>(num_different), share * static_cast<double>(count)) << name;
    EXPECT_LE(static_cast<double>(num_other_codes), share * static_cast<double>(count)) << name;
    for (std::int64_t i = 0; i < scales.numel(); ++i) {
        const auto expected = reference["scales"][static_cast<std::size_t>(i)].get<double>();
        EXPECT_NEAR(scales[i].item<double>(), expected, expected * 1e-2) << name;
    }
}

TEST(AdamW, In8BitsStepsAsBitsandbytes)
{
    expect_like_bitsandbytes("adamw_8bit", adamw_of(config::StateBits::Bits8), 0.01, 1e-5, 0.05);
}

TEST(Lion, In8BitsStepsAsBitsandbytes)
{
    expect_like_bitsandbytes("lion_8bit", lion_of(config::StateBits::Bits8), 1e-3, 1e-5, 0.05);
}

TEST(AdamW, In8BitsKeepsAQuarterOfTheBytes)
{
    const LinearRegression whole(LinearRegression::kLarge, adamw_of(config::StateBits::Bits32));
    const LinearRegression packed(LinearRegression::kLarge, adamw_of(config::StateBits::Bits8));
    EXPECT_EQ(state_bytes(*whole.optimizer), 2 * (5120 + 64) * 4);
    EXPECT_EQ(state_bytes(*packed.optimizer), 2 * (5120 + 20 * 4 + 64 * 4)); // the bias: 32 bits
}

TEST(PackedMoment, RefusesWhatItCannotPack)
{
    EXPECT_THROW((void)zero_moment(torch::zeros({8192}, at::kDouble)), c10::Error);
}

} // namespace
} // namespace lyceum::optim
