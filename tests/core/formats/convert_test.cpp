#include "core/base/atomic_file.h"
#include "core/formats/convert.h"
#include "core/formats/ggml_types.h"
#include "core/formats/json.h"
#include "tests/support/hex.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace lyceum::formats {
namespace {

TEST(Convert, EveryTypeGivesTheBitsOfGgufPy)
{
    const auto reference = read_json_file(LYCEUM_TEST_DATA "/reference/gguf_reference.json");
    ASSERT_TRUE(reference) << reference.error().message;
    int num_types = 0;
    for (const auto& [name, blocks] : reference.value()["blocks"].items()) {
        const GgmlType* type = find_ggml_type(name);
        ASSERT_NE(type, nullptr) << name;
        const auto bytes = test::from_hex(blocks["bytes"]);
        const auto bits = blocks["bits"].get<std::vector<std::uint32_t>>();
        std::vector<float> values(bits.size());
        ASSERT_EQ(bits.size() / type->block_elements * type->block_bytes, bytes.size());
        type->to_float32(bytes.data(), values.size() / type->block_elements, values.data());
        for (std::size_t i = 0; i < bits.size(); ++i)
            EXPECT_EQ(std::bit_cast<std::uint32_t>(values[i]), bits[i]) << name << " " << i;
        ++num_types;
    }
    EXPECT_EQ(num_types, 13);
}

TEST(Convert, EveryHalfSurvivesTheWayToFloatAndBack)
{
    for (std::uint32_t half = 0; half < 0x10000; ++half) {
        const float value = half_to_float(static_cast<std::uint16_t>(half));
        if (std::isnan(value))
            EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
        else
            ASSERT_EQ(float_to_half(value), half);
    }
}

TEST(Convert, FloatToHalfRoundsToNearestTiesToEven)
{
    EXPECT_EQ(float_to_half(1.0F + 0x1p-11F), 0x3C00);            // tie, down to even
    EXPECT_EQ(float_to_half(1.0F + 0x1p-11F + 0x1p-20F), 0x3C01); // above the tie
    EXPECT_EQ(float_to_half(1.0F + 0x3p-11F), 0x3C02);            // tie, up to even
    EXPECT_EQ(float_to_half(65519.996F), 0x7BFF);
    EXPECT_EQ(float_to_half(65520.0F), 0x7C00);
    EXPECT_EQ(float_to_half(0x1p-25F), 0x0000); // half of the smallest subnormal: tie to zero
    EXPECT_EQ(float_to_half(-0x1.8p-25F), 0x8001);
}

TEST(Convert, FloatToBfloat16RoundsToNearestTiesToEven)
{
    EXPECT_EQ(float_to_bfloat16(1.0F + 0x1p-8F), 0x3F80);
    EXPECT_EQ(float_to_bfloat16(1.0F + 0x3p-8F), 0x3F82);
    EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::infinity()), 0x7F80);
    EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::max()), 0x7F80);
    EXPECT_EQ(float_to_bfloat16(std::bit_cast<float>(0x7F800001U)) & 0x7FFF, 0x7FC0);
}

} // namespace
} // namespace lyceum::formats
