#include "core/formats/json.h"
#include "core/formats/torch_file.h"
#include "core/formats/torch_writer.h"
#include "core/formats/zip_writer.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/hex.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace lyceum::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Of a literal with zeros inside.
template <std::size_t N>
std::string raw(const char (&literal)[N])
{
    return std::string(literal, N - 1);
}

class TorchFiles : public testing::Test {
protected:
    Json reference()
    {
        auto json = read_json_file(LYCEUM_TEST_DATA "/reference/torch_reference.json");
        EXPECT_TRUE(json) << json.error().message;
        return std::move(json).value();
    }
    std::string bytes_of(const Json& hex)
    {
        const auto bytes = test::from_hex(hex.get<std::string>());
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    Result<std::unique_ptr<TensorSource>> open(const std::string& bytes)
    {
        test::write_bytes(path_, bytes);
        return open_torch(path_);
    }
    /// An archive with this pickle and a storage "0" of four float32.
    Result<std::unique_ptr<TensorSource>> open_pickle(const std::string& pickle)
    {
        ZipWriter zip(AtomicFile::create(path_).value());
        EXPECT_TRUE(zip.add("archive/data.pkl", pickle));
        EXPECT_TRUE(zip.add("archive/data/0", std::string(16, '\0')));
        EXPECT_TRUE(zip.commit());
        return open_torch(path_);
    }

    test::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "model.bin";
};

std::vector<float> read(const TensorSource& source, const TensorInfo& info)
{
    std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
    const auto done = source.read_float32(info.name, values);
    EXPECT_TRUE(done) << done.error().message;
    return values;
}

std::string text(const std::string& value)
{
    return "X" + std::string(1, static_cast<char>(value.size())) + std::string(3, '\0') + value;
}

std::string small(char value)
{
    return std::string("K") + value;
}

/// {"w": a tensor of storage "0"}; the numbers are opcodes.
std::string tensor_pickle(const std::string& offset, const std::string& shape,
                          const std::string& strides, char elements = 4)
{
    return raw("\x80\x02}") + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n((" +
           text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + small(elements) +
           "tQ" + offset + "(" + shape + "t(" + strides + "t" + raw("\x89") + "}tRs.";
}

TEST_F(TorchFiles, AreReadAsTorchLoadsThem)
{
    const Json all = reference();
    for (const char* name : {"module", "odd", "checkpoint"}) {
        const auto source = open(bytes_of(all[name]["file"]));
        ASSERT_TRUE(source) << name << source.error().message;
        EXPECT_EQ(source.value()->tensors().size(), all[name]["tensors"].size());
        for (const TensorInfo& info : source.value()->tensors()) {
            const Json& expected = all[name]["tensors"][info.name];
            EXPECT_EQ(info.shape, expected["shape"].get<std::vector<std::int64_t>>()) << info.name;
            if (info.dtype == "I64")
                continue;
            EXPECT_EQ(read(*source.value(), info), expected["values"].get<std::vector<float>>())
                << info.name;
        }
    }
}

TEST_F(TorchFiles, OfTheOldFormatAreRefusedWithTheWayToConvertThem)
{
    const auto refused = open(bytes_of(reference()["legacy"]));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(refused.error().hint, HasSubstr("torch.save(torch.load("));
}

TEST_F(TorchFiles, WithAModuleAreRefusedByTheNameOfItsClass)
{
    const auto refused = open(bytes_of(reference()["object"]));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("torch.nn.modules.linear.Linear"));
}

TEST_F(TorchFiles, ThatAreWrittenAreRead)
{
    auto writer = create_torch(
        path_, {{"a", {2, 2}, find_ggml_type("F32")}, {"b", {3}, find_ggml_type("BF16")}});
    ASSERT_TRUE(writer) << writer.error().message;
    const std::vector<float> a = {1.0F, -2.0F, 3.5F, 4.0F};
    const std::vector<std::uint16_t> b = {0x3F80, 0xC000, 0x0000};
    ASSERT_TRUE(writer.value()->append(std::as_bytes(std::span(a))));
    ASSERT_TRUE(writer.value()->append(std::as_bytes(std::span(b))));
    ASSERT_TRUE(writer.value()->commit());
    const auto source = open_torch(path_);
    ASSERT_TRUE(source) << source.error().message;
    const auto& tensors = source.value()->tensors();
    EXPECT_THAT(tensors[0].shape, ElementsAre(2, 2));
    EXPECT_EQ(read(*source.value(), tensors[0]), a);
    EXPECT_THAT(read(*source.value(), tensors[1]), ElementsAre(1.0F, -2.0F, 0.0F));
    const auto stored = source.value()->raw_bytes("a").value();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stored.data()) % 64, 0U); // for mmap=True
}

TEST_F(TorchFiles, WithCodeAreRefusedByTheNameOfOpcodeOrGlobal)
{
    const std::string start = raw("\x80\x02");
    const std::pair<std::string, const char*> attacks[] = {
        {start + "cposix\nsystem\n" + text("id") + raw("\x85R."), "the global posix.system"},
        {start + "c__builtin__\neval\n.", "the global __builtin__.eval"},
        {start + "(iposix\nsystem\n.", "the opcode INST"},
        {start + raw("\x8c\5posix\x8c\6system\x93."), "the opcode STACK_GLOBAL"},
        {start + raw(")\x81."), "the opcode NEWOBJ"},
        {start + raw("\x82\1."), "the opcode EXT1"},
        {start + "P1\n.", "the opcode PERSID"},
        {start + ")}b.", "BUILD on what is no OrderedDict"},
        {start + "ctorch\nFloatStorage\n)R.", "a call of FloatStorage"},
        {start + "N)R.", "a call of a value"},
        {raw("\x80\x04}."), "not of protocol 2"},
        {start + raw("\xff."), "the opcode 255"}};
    for (const auto& [pickle, problem] : attacks) {
        const auto refused = open_pickle(pickle);
        ASSERT_FALSE(refused) << problem;
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidData);
        EXPECT_THAT(refused.error().message, HasSubstr(problem));
    }
}

TEST_F(TorchFiles, ThatAreNoStateDictAreRefused)
{
    const std::string start = raw("\x80\x02");
    const std::pair<std::string, const char*> damaged[] = {
        {"", "the protocol"},
        {start, "an opcode"},
        {start + ".", "takes a value where there is none"},
        {start + "t.", "ends a list that it never began"},
        {start + "N.", "holds no dict"},
        {start + "}" + small(1) + "Ns.", "is no text"},
        {start + "}" + text("w") + small(1) + "s.", "entry w of the state dict is no tensor"},
        {start + ")" + text("w") + "a.", "adds to what is no list"},
        {start + raw("X\xff\xff\xff\xff"), "a text needs 4294967295 bytes"},
        {start + raw("h\7."), "asks for memo 7"},
        {start + raw("q\1."), "makes a memo of nothing"},
        {start + raw("\x8a\x09") + std::string(9, '\1') + ".", "an integer of 9 bytes"},
        {start + std::string(2'000'000, ')') + ".", "makes more than"},
        {start + std::string(2'000'000, '(') + ".", "makes more than"},
        {start + ")" + std::string(500'000, '\x85') + ".", "makes more than"}}; // nested tuples
    for (const auto& [pickle, problem] : damaged) {
        const auto refused = open_pickle(pickle);
        ASSERT_FALSE(refused) << problem;
        EXPECT_THAT(refused.error().message, HasSubstr(problem));
    }
}

TEST_F(TorchFiles, WithATensorBeyondItsStorageAreRefused)
{
    const auto whole = open_pickle(tensor_pickle(small(0), small(4), small(1)));
    ASSERT_TRUE(whole) << whole.error().message;
    ASSERT_TRUE(open_pickle(tensor_pickle(small(1), small(2), small(2))));
    const std::string huge = raw("\x8a\x08") + std::string(7, '\xff') + '\x7f';
    const std::string minus = raw("J\xff\xff\xff\xff");
    const std::pair<std::string, const char*> damaged[] = {
        {tensor_pickle(small(1), small(4), small(1)), "beyond its storage of 4"},
        {tensor_pickle(small(0), small(3), small(2)), "beyond its storage of 4"},
        {tensor_pickle(small(0), small(5), small(0)), "beyond its storage of 4"}, // expanded
        {tensor_pickle(small(0), huge, small(0)), "beyond its storage"},
        {tensor_pickle(small(0), small(2), huge), "beyond its storage"},
        {tensor_pickle(huge, small(1), small(1)), "beyond its storage"},
        {tensor_pickle(minus, small(1), small(1)), "offset -1"},
        {tensor_pickle(small(0), minus, small(1)), "damaged sizes or strides"},
        {tensor_pickle(small(0), small(2), minus), "damaged sizes or strides"},
        {tensor_pickle(small(0), small(2), small(1) + small(1)), "damaged sizes or strides"},
        {tensor_pickle(small(0), small(4), small(1), 5), "of 5 elements, but the archive has 4"}};
    for (const auto& [pickle, problem] : damaged) {
        const auto refused = open_pickle(pickle);
        ASSERT_FALSE(refused) << problem;
        EXPECT_THAT(refused.error().message, HasSubstr(problem));
    }
}

TEST_F(TorchFiles, InArchivesThatPyTorchDoesNotWriteAreRefused)
{
    const std::string whole = bytes_of(reference()["odd"]["file"]);
    const std::size_t directory = whole.find("PK\1\2");
    const auto problem_with = [&](std::size_t at, const std::string& bytes) {
        std::string copy = whole;
        copy.replace(directory + at, bytes.size(), bytes);
        const auto opened = open(copy);
        return opened ? std::string() : opened.error().message;
    };
    EXPECT_THAT(problem_with(10, raw("\x08\0")), HasSubstr("compressed"));
    EXPECT_THAT(problem_with(8, raw("\1\0")), HasSubstr("encrypted"));
    EXPECT_THAT(problem_with(20, "\7"), HasSubstr("compressed")); // sizes differ
    EXPECT_THAT(problem_with(42, raw("\1\0")), HasSubstr("is not where"));
    EXPECT_THAT(problem_with(46, "../"), HasSubstr("damaged entry"));
    EXPECT_THAT(problem_with(46, "/"), HasSubstr("damaged entry"));
    EXPECT_THAT(open("PK\3\4 and more that is no archive").error().message,
                HasSubstr("does not end as an archive"));
    EXPECT_THAT(open("hello").error().message, HasSubstr("is no file of torch.save"));
    std::string pickle = whole;
    pickle[pickle.find("transposed")] = 'T';
    EXPECT_THAT(open(pickle).error().message, HasSubstr("CRC differs"));
}

TEST_F(TorchFiles, CutAtAnyByteAreAnErrorAndNoChangeOfAFewBytesCrashes)
{
    const std::string whole = bytes_of(reference()["odd"]["file"]);
    ASSERT_TRUE(open(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_FALSE(open(whole.substr(0, size))) << size;
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = whole;
        for (unsigned change = 0; change <= random() % 3; ++change)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        if (const auto source = open(bytes))
            for (const TensorInfo& info : source.value()->tensors()) {
                std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
                static_cast<void>(source.value()->read_float32(info.name, values));
            }
    }
}

} // namespace
} // namespace lyceum::formats
