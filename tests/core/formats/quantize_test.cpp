#include "core/formats/json.h"
#include "core/formats/quantize.h"
#include "tests/support/hex.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

namespace lyceum::formats {
namespace {

TEST(Quantize, EveryTypeGivesTheBytesOfGgufPy)
{
    const auto reference = read_json_file(LYCEUM_TEST_DATA "/reference/gguf_reference.json");
    ASSERT_TRUE(reference) << reference.error().message;
    int num_types = 0;
    for (const auto& [name, expected] : reference.value()["quantized"].items()) {
        const GgmlType* type = find_ggml_type(name);
        ASSERT_NE(type, nullptr) << name;
        const auto raw = test::from_hex(expected["values"]);
        std::vector<float> values(raw.size() / sizeof(float));
        std::memcpy(values.data(), raw.data(), raw.size());
        const std::size_t blocks = values.size() / type->block_elements;
        std::vector<std::byte> bytes(blocks * type->block_bytes);
        type->from_float32(values.data(), blocks, bytes.data());
        EXPECT_EQ(bytes, test::from_hex(expected["bytes"])) << name;
        ++num_types;
    }
    EXPECT_EQ(num_types, 4);
}

TEST(Quantize, AValueThatATypeCannotHoldIsFound)
{
    const auto unfit = [](const char* type, float value) {
        const std::vector<float> values = {1.0F, value};
        return find_unfit(values, *find_ggml_type(type)) == value;
    };
    const float largest = std::numeric_limits<float>::max();
    EXPECT_FALSE(unfit("F32", largest));
    EXPECT_FALSE(unfit("F16", 65519.0F));
    EXPECT_TRUE(unfit("F16", -65520.0F));
    EXPECT_FALSE(unfit("BF16", 3.38e38F));
    EXPECT_TRUE(unfit("BF16", largest)); // rounds to infinity
    EXPECT_FALSE(unfit("Q4_0", 524000.0F));
    EXPECT_TRUE(unfit("Q4_0", 525000.0F));
    EXPECT_TRUE(unfit("Q8_0", -8.4e6F));
    EXPECT_TRUE(unfit("F32", std::numeric_limits<float>::infinity()));
    const std::vector<float> nan = {std::numeric_limits<float>::quiet_NaN()};
    EXPECT_TRUE(find_unfit(nan, *find_ggml_type("F32")));
}

} // namespace
} // namespace lyceum::formats
