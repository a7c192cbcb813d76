#include "core/formats/gguf.h"
#include "core/formats/safetensors.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace lyceum::formats {
namespace {

using test::GgufBuilder;
using testing::HasSubstr;

constexpr std::uint64_t kHuge = std::uint64_t{1} << 60;

struct Damaged {
    const char* what;
    std::string bytes;
    const char* message; ///< A part of the error's message.
};

std::string safetensors_bytes(const std::string& header, std::size_t data_size)
{
    GgufBuilder builder;
    return builder.string(header).raw(std::string(data_size, '\1')).bytes();
}

GgufBuilder one_tensor(const std::vector<std::uint64_t>& sizes, std::uint32_t type,
                       std::uint64_t offset)
{
    GgufBuilder builder;
    builder.start(1, 0).tensor("w", sizes, type, offset).pad().raw(std::string(64, 'x'));
    return builder;
}

GgufBuilder one_array(std::uint32_t type, std::uint64_t count)
{
    GgufBuilder builder;
    builder.start(0, 1).string("k").number<std::uint32_t>(9).number(type).number(count);
    return builder.raw(std::string(64, '\0'));
}

GgufBuilder alignment(std::uint32_t value)
{
    GgufBuilder builder;
    builder.start(1, 1).value_u32("general.alignment", value).tensor("w", {1}, 0, 0);
    return builder.pad().raw("abcd");
}

std::vector<Damaged> damaged_gguf()
{
    const auto start = [](std::uint64_t tensors, std::uint64_t values, std::uint32_t version = 3) {
        return GgufBuilder().start(tensors, values, version).raw(std::string(64, '\0')).bytes();
    };
    GgufBuilder twice;
    twice.start(0, 2).value_u32("k", 1).value_u32("k", 2);
    GgufBuilder overlap;
    overlap.start(2, 0).tensor("a", {16}, 0, 0).tensor("b", {8}, 0, 32).pad();
    overlap.raw(std::string(64, 'x'));
    GgufBuilder same;
    same.start(2, 0).tensor("a", {8}, 0, 0).tensor("a", {8}, 0, 32).pad();
    same.raw(std::string(64, 'x'));
    return {
        {"empty", "", "the magic number needs 4 bytes"},
        {"wrong magic", "GGML" + std::string(64, '\0'), "this is not a GGUF file"},
        {"version 1", start(0, 0, 1), "GGUF version 1"},
        {"version 99", start(0, 0, 99), "GGUF version 99"},
        {"big endian", start(0, 0, 3U << 24), "big-endian"},
        {"huge tensor count", start(kHuge, 0), "the number of tensors is 1152921504606846976"},
        {"huge value count", start(0, UINT64_MAX), "is 18446744073709551615, more than"},
        {"huge key", GgufBuilder().start(0, 1).number(kHuge).raw(std::string(32, 'k')).bytes(),
         "a metadata key has a length of 1152921504606846976"},
        {"unknown value type",
         GgufBuilder().start(0, 1).string("k").number<std::uint32_t>(13).number(kHuge).bytes(),
         "metadata k has the unknown type 13"},
        {"huge string",
         GgufBuilder().start(0, 1).string("k").number<std::uint32_t>(8).number(kHuge).bytes(),
         "metadata k needs 1152921504606846976 bytes"},
        {"array size overflows", one_array(10, kHuge * 4).bytes(), "metadata k has 46116"},
        {"array beyond the end", one_array(4, 1000).bytes(), "metadata k needs 4000 bytes"},
        {"too many strings", one_array(8, kHuge).bytes(), "metadata k has 11529"},
        {"array of arrays", one_array(9, 1).bytes(), "array of arrays"},
        {"array of unknown type", one_array(77, 1).bytes(), "unknown type 77"},
        {"key twice", twice.raw(std::string(32, '\0')).bytes(), "metadata k is there twice"},
        {"alignment 0", alignment(0).bytes(), "general.alignment is 0"},
        {"alignment 24", alignment(24).bytes(), "general.alignment is 24"},
        {"alignment 2^31", alignment(1U << 31).bytes(), "general.alignment is 2147483648"},
        {"five dimensions", one_tensor({1, 1, 1, 1, 1}, 0, 0).bytes(), "has 5 dimensions"},
        {"a dimension of 0", one_tensor({4, 0}, 0, 0).bytes(), "a dimension of 0"},
        {"elements overflow", one_tensor({kHuge, kHuge}, 0, 0).bytes(), "a dimension of 11529"},
        {"bytes overflow", one_tensor({kHuge * 4}, 28, 0).bytes(), "has 4611686018427387904"},
        {"larger than the file", one_tensor({1000}, 0, 0).bytes(), "needs 4000 bytes at offset 0"},
        {"offset past the end", one_tensor({4}, 0, kHuge).bytes(), "at offset 11529"},
        {"offset near 2^64", one_tensor({4}, 0, ~std::uint64_t{31}).bytes(), "at offset 18446"},
        {"misaligned offset", one_tensor({4}, 0, 3).bytes(), "no multiple of the alignment 32"},
        {"unknown tensor type", one_tensor({4}, 5, 0).bytes(), "unknown data type 5"},
        {"row of half a block", one_tensor({16, 2}, 3, 0).bytes(), "rows of 16 elements"},
        {"overlapping tensors", overlap.bytes(), "tensor b starts at offset 32, inside tensor a"},
        {"tensor twice", same.bytes(), "tensor a is there twice"},
    };
}

std::vector<Damaged> damaged_safetensors()
{
    const auto entry = [](const std::string& fields, std::size_t size = 8) {
        return safetensors_bytes("{\"w\":" + fields + "}", size);
    };
    GgufBuilder long_header;
    long_header.number(kHuge).raw("{}");
    return {
        {"empty", "", "the header's length needs 8 bytes"},
        {"huge header", long_header.bytes(), "is 1152921504606846976 bytes, the limit"},
        {"header past the end", GgufBuilder().number<std::uint64_t>(99).raw("{}").bytes(),
         "the header needs 99 bytes"},
        {"no JSON", safetensors_bytes("hello", 0), "does not begin with '{'"},
        {"broken JSON", safetensors_bytes("{\"w\":", 0), "not valid JSON"},
        {"not UTF-8", safetensors_bytes("{\"\xff\":{}}", 0), "not valid JSON"},
        {"deep JSON", safetensors_bytes("{\"w\":" + std::string(5000, '['), 0), "64 deep"},
        {"entry is a number", entry("5"), "tensor w is described by 5"},
        {"no dtype", entry(R"({"shape":[2],"data_offsets":[0,8]})"), "unknown dtype (none)"},
        {"unknown dtype", entry(R"({"dtype":"F99","shape":[2],"data_offsets":[0,8]})"), "F99"},
        {"negative size", entry(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"),
         "no valid \"shape\""},
        {"fractional size", entry(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})"),
         "no valid \"shape\""},
        {"huge size",
         entry(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})"),
         "no valid \"shape\""},
        {"size overflows",
         entry(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]})"),
         "has the shape [4294967296, 4294967296] of F32, but 8 bytes"},
        {"three offsets", entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8,9]})"),
         "data_offsets"},
        {"offsets reversed", entry(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"),
         "bytes 8 to 0"},
        {"offsets past the end", entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", 4),
         "bytes 0 to 8 of 4"},
        {"shape too small", entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0,8]})"),
         "the shape [1] of F32, but 8 bytes"},
        {"a hole", entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"),
         "starts at byte 4, expected 0"},
        {"data left over", entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
         "8 bytes of data, but its tensors take 4"},
        {"overlap",
         safetensors_bytes(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                               "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                           8),
         "tensor b starts at byte 4, expected 8"},
        {"tensor twice",
         safetensors_bytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
                               "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                           8),
         "twice"},
    };
}

class DamagedFiles : public testing::Test {
protected:
    std::filesystem::path write(const std::string& bytes)
    {
        test::write_bytes(path_, bytes);
        return path_;
    }
    test::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "damaged";
};

TEST_F(DamagedFiles, EachDamageOfAGgufIsAnErrorThatSaysSo)
{
    for (const Damaged& damaged : damaged_gguf()) {
        const auto opened = GgufFile::open(write(damaged.bytes));
        ASSERT_FALSE(opened) << damaged.what;
        EXPECT_THAT(opened.error().message, HasSubstr(damaged.message)) << damaged.what;
        EXPECT_THAT(opened.error().message, HasSubstr(path_.string())) << damaged.what;
    }
}

TEST_F(DamagedFiles, EachDamageOfASafetensorsIsAnErrorThatSaysSo)
{
    for (const Damaged& damaged : damaged_safetensors()) {
        const auto opened = open_safetensors(write(damaged.bytes));
        ASSERT_FALSE(opened) << damaged.what;
        EXPECT_THAT(opened.error().message, HasSubstr(damaged.message)) << damaged.what;
        EXPECT_THAT(opened.error().message, HasSubstr(path_.string())) << damaged.what;
    }
}

std::string whole_gguf()
{
    GgufBuilder builder;
    builder.start(2, 3).value_string("general.architecture", "tiny");
    builder.value_strings("words", {"one", "two"}).value_u32("general.alignment", 32);
    builder.tensor("q", {32, 2}, 3, 0).tensor("w", {4}, 0, 64).pad();
    return builder.raw(std::string(64 + 16, 'x')).bytes();
}

std::string whole_safetensors()
{
    return safetensors_bytes(R"({"__metadata__":{"a":"b"},
        "w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
        "v":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}})",
                             22);
}

TEST_F(DamagedFiles, AFileCutAtAnyByteIsAnError)
{
    const std::string gguf = whole_gguf();
    ASSERT_TRUE(GgufFile::open(write(gguf)));
    for (std::size_t size = 0; size < gguf.size(); ++size)
        EXPECT_FALSE(GgufFile::open(write(gguf.substr(0, size)))) << size;
    const std::string safetensors = whole_safetensors();
    ASSERT_TRUE(open_safetensors(write(safetensors)));
    for (std::size_t size = 0; size < safetensors.size(); ++size)
        EXPECT_FALSE(open_safetensors(write(safetensors.substr(0, size)))) << size;
}

/// Reads everything that can be read, for the sanitizers to watch.
void read_all(const TensorSource& source)
{
    for (const TensorInfo& info : source.tensors()) {
        std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
        static_cast<void>(source.read_float32(info.name, values));
        static_cast<void>(source.raw_bytes(info.name));
    }
}

TEST_F(DamagedFiles, NoRandomChangeOfAFewBytesCrashesTheReaders)
{
    std::mt19937 random(20240229);
    const std::string originals[] = {whole_gguf(), whole_safetensors()};
    const auto pick = [&](std::size_t limit) { return random() % limit; };
    constexpr unsigned char kNasty[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = originals[round % 2];
        for (std::size_t change = 0; change <= pick(3); ++change)
            bytes[pick(bytes.size())] =
                static_cast<char>(pick(2) == 0 ? kNasty[pick(5)] : pick(256));
        if (round % 2 == 0) {
            if (const auto file = GgufFile::open(write(bytes))) {
                read_all(*file.value());
                for (const std::string& key : file.value()->keys()) {
                    static_cast<void>(file.value()->get_strings(key));
                    static_cast<void>(file.value()->get_integers(key));
                    static_cast<void>(file.value()->get_number(key));
                }
            }
        } else if (const auto file = open_safetensors(write(bytes))) {
            read_all(*file.value());
            static_cast<void>(read_safetensors_metadata(path_));
        }
    }
}

} // namespace
} // namespace lyceum::formats
