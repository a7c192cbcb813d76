#include "core/kernels/nf4.h"
#include "core/kernels/nf4_loops.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <bit>
#include <fstream>

namespace lyceum::kernels {
namespace {

/// tests/reference/nf4_reference.py made it with bitsandbytes.
nlohmann::json reference()
{
    std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/kernels/nf4.json");
    return nlohmann::json::parse(file);
}

/// The reference's matrix.
at::Tensor numbers(std::int64_t rows, std::int64_t columns)
{
    at::Tensor values = at::empty({rows, columns}, at::kFloat);
    auto* out = values.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < rows * columns; ++i)
        out[i] = static_cast<float>(
            static_cast<double>(((i * 7919 + 13) % 2001 - 1000) * ((i / 64 * 37) % 23 + 1)) /
            16384.0);
    if (rows > 3)
        values[3].zero_();
    return values;
}

std::string hex_of(const at::Tensor& bytes)
{
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text;
    for (std::int64_t i = 0; i < bytes.numel(); ++i) {
        const auto byte = bytes.const_data_ptr<std::uint8_t>()[i];
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

std::vector<std::uint32_t> bits_of(const float* values, std::int64_t count)
{
    std::vector<std::uint32_t> bits;
    for (std::int64_t i = 0; i < count; ++i)
        bits.push_back(std::bit_cast<std::uint32_t>(values[i]));
    return bits;
}

std::vector<std::uint32_t> bits_of(const at::Tensor& values)
{
    return bits_of(values.const_data_ptr<float>(), values.numel());
}

at::Tensor dequantized(const Nf4Matrix& matrix)
{
    at::Tensor all = at::empty({matrix.rows, matrix.columns}, at::kFloat);
    dequantize_nf4(matrix, 0, matrix.rows, all);
    return all;
}

TEST(Nf4, TheCodeBooksAreThePublishedOnes)
{
    const auto expected = reference();
    EXPECT_EQ(bits_of(nf4::code_book().data(), 16),
              expected["code_book"].get<std::vector<std::uint32_t>>());
    EXPECT_EQ(bits_of(nf4::scale_book().data(), 256),
              expected["scale_book"].get<std::vector<std::uint32_t>>());
}

TEST(Nf4, CodesScalesAndValuesEqualBitsandbytesBitForBit)
{
    const auto expected = reference();
    const Nf4Matrix matrix = quantize_nf4(numbers(68, 250));
    EXPECT_EQ(hex_of(matrix.codes), expected["codes"].get<std::string>());
    EXPECT_EQ(hex_of(matrix.scale_codes), expected["scale_codes"].get<std::string>());
    EXPECT_EQ(bits_of(matrix.scale_scales),
              expected["scale_scales"].get<std::vector<std::uint32_t>>());
    EXPECT_EQ(std::bit_cast<std::uint32_t>(matrix.scale_offset),
              expected["scale_offset"].get<std::uint32_t>());
    const at::Tensor values = dequantized(matrix);
    EXPECT_EQ(bits_of(values[5]), expected["decoded_row_5"].get<std::vector<std::uint32_t>>());
    std::uint64_t sum = 0;
    for (const std::uint32_t bits : bits_of(values))
        sum += bits;
    EXPECT_EQ(sum, expected["decoded_sum"].get<std::uint64_t>());
    EXPECT_EQ((values - numbers(68, 250)).abs().max().item<float>(),
              expected["largest_error"].get<float>());
}

TEST(Nf4, TakesAboutFourBitsANumber)
{
    const Nf4Matrix matrix = quantize_nf4(numbers(512, 512));
    EXPECT_LT(static_cast<double>(matrix.num_bytes()) * 8.0 / (512.0 * 512.0), 4.14);
}

TEST(Nf4, AnyRowsComeOutAsInTheWhole)
{
    for (const std::int64_t columns : {1, 7, 63, 64, 65, 250}) { // rows begin inside bytes, blocks
        const Nf4Matrix matrix = quantize_nf4(numbers(9, columns));
        const at::Tensor whole = dequantized(matrix);
        for (std::int64_t begin = 0; begin < 9; ++begin)
            for (std::int64_t end = begin; end <= 9; ++end) {
                at::Tensor rows = at::full({end - begin, columns}, 1e9F);
                dequantize_nf4(matrix, begin, end, rows);
                EXPECT_TRUE(at::equal(rows, whole.slice(0, begin, end)))
                    << columns << " columns, rows " << begin << " to " << end;
            }
    }
}

TEST(Nf4, ProductAndGradientAreThoseOfTheDequantisedMatrix)
{
    at::manual_seed(1);
    const Nf4Matrix matrix = quantize_nf4(at::randn({1030, 600})); // more than one block of rows
    ASSERT_LT(nf4_buffer(matrix).size(0), matrix.rows);
    const at::Tensor x = at::randn({5, 600}).requires_grad_();
    const at::Tensor direction = at::randn({5, 1030});
    const at::Tensor ours = multiply(x, matrix);
    const at::Tensor our_gradient = torch::autograd::grad({(ours * direction).sum()}, {x})[0];
    const at::Tensor theirs = at::mm(x, dequantized(matrix).t());
    const at::Tensor gradient = torch::autograd::grad({(theirs * direction).sum()}, {x})[0];
    EXPECT_LT((ours - theirs).abs().max().item<float>(), 1e-4F);
    EXPECT_LT((our_gradient - gradient).abs().max().item<float>(), 1e-4F);
}

} // namespace
} // namespace lyceum::kernels
