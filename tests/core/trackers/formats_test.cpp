#include "core/formats/crc32.h"
#include "core/formats/json.h"
#include "core/formats/protobuf.h"
#include "core/trackers/csv.h"
#include "core/trackers/tensorboard_records.h"
#include "core/trackers/tensorboard_tracker.h"
#include "core/trackers/wandb_records.h"
#include "tests/support/hex.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <span>

namespace lyceum::trackers {
namespace {

namespace fs = std::filesystem;
using formats::ProtoReader;
using formats::ProtoWriter;

/// Values made by the libraries themselves: tests/reference/trackers_reference.py.
const formats::Json& reference()
{
    static const auto kReference =
        formats::read_json_file(LYCEUM_TEST_DATA "/reference/trackers_reference.json").value();
    return kReference;
}

std::string bytes_of(const formats::Json& hex)
{
    const auto bytes = test::from_hex(hex.get<std::string>());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// All that a tracker wrote, without the record of the file's version.
std::string tensorboard_bytes(const std::function<void(TensorBoardTracker&)>& log)
{
    const test::TemporaryFolder folder;
    TensorBoardTracker tracker;
    EXPECT_TRUE(tracker.start({.run = "run", .folder = folder.path(), .time = 1}));
    log(tracker);
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const auto bytes = read_if_there(entry.path()).value();
        const auto version = first_tensorboard_record(bytes);
        EXPECT_TRUE(version);
        return bytes.substr(version->size() + kTensorBoardFraming);
    }
    return {};
}

TEST(Crc32c, IsTheOneOfTheStandard)
{
    const std::string_view digits = "123456789"; // the check value of every catalogue of CRCs
    EXPECT_EQ(formats::crc32c(std::as_bytes(std::span(digits))), 0xE3069283U);
    EXPECT_EQ(formats::crc32(std::as_bytes(std::span(digits))), 0xCBF43926U);
}

TEST(TensorBoardRecords, ScalarsAreWhatItsOwnWriterWrites)
{
    const auto bytes = tensorboard_bytes([](TensorBoardTracker& tracker) {
        EXPECT_TRUE(
            tracker.log_metrics({.step = 300,
                                 .time = 1700000000.25,
                                 .values = {{"train_loss", 2.5}, {"learning_rate", 0.0002}}}));
    });
    EXPECT_EQ(bytes, bytes_of(reference()["tensorboard"]["scalars"]));
}

TEST(TensorBoardRecords, HistogramsAreWhatItsOwnWriterWrites)
{
    const auto bytes = tensorboard_bytes([](TensorBoardTracker& tracker) {
        EXPECT_TRUE(tracker.log_histogram({.step = 7,
                                           .time = 1700000000.25,
                                           .name = "gradients/layer",
                                           .minimum = -1,
                                           .maximum = 2,
                                           .sum = 1.5,
                                           .sum_squares = 4.5,
                                           .limits = {-0.5, 0, 2},
                                           .counts = {1, 2, 3}}));
    });
    EXPECT_EQ(bytes, bytes_of(reference()["tensorboard"]["histogram"]));
}

TEST(TensorBoardRecords, ADamagedOrCutRecordIsNone)
{
    const auto whole = tensorboard_record("data");
    EXPECT_EQ(first_tensorboard_record(whole), "data");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(first_tensorboard_record(whole.substr(0, size))) << size;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(first_tensorboard_record(damaged)) << i;
    }
}

TEST(WandbRecords, AFileIsWhatTheFormatSays)
{
    const auto record = bytes_of(reference()["wandb"]["history"]);
    auto file = wandb_file_header();
    file += wandb_frame(record, file.size());
    EXPECT_EQ(file, bytes_of(reference()["wandb"]["file"]));
}

TEST(WandbRecords, RecordsCrossBlocksAndReadBack)
{
    auto file = wandb_file_header();
    std::vector<std::string> records;
    char letter = 'A';
    for (const auto& size : reference()["wandb"]["long_file"]["sizes"]) {
        records.emplace_back(size.get<std::size_t>(), letter++);
        file += wandb_frame(records.back(), file.size());
    }
    EXPECT_EQ(formats::crc32(std::as_bytes(std::span(file))),
              reference()["wandb"]["long_file"]["crc32"].get<std::uint32_t>());
    const auto read = read_wandb_records(file);
    ASSERT_EQ(read.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i)
        EXPECT_EQ(read[i].data, records[i]);
    EXPECT_EQ(read.back().end, file.size());
    EXPECT_EQ(read_wandb_records(file.substr(0, file.size() - 1)).size(), records.size() - 1);
    EXPECT_TRUE(read_wandb_records("no such file").empty());
}

TEST(Protobuf, BrokenMessagesEndTheWalkAndNothingElse)
{
    const auto whole = ProtoWriter().integer(1, 300).real(2, 0.5).bytes(3, "text").text();
    EXPECT_EQ(formats::find_proto_field(whole, 1)->integer, 300U);
    EXPECT_EQ(formats::find_proto_field(whole, 3)->bytes, "text");
    EXPECT_FALSE(formats::find_proto_field(whole, 4));
    for (const std::string& broken :
         {whole.substr(0, whole.size() - 1),
          std::string("\x1a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
          std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), std::string("\x0b\x01"),
          std::string("\x00\x01", 2), std::string("\x09\x01")}) {
        ProtoReader reader(broken);
        int num_fields = 0;
        while (reader.next())
            ++num_fields;
        EXPECT_TRUE(reader.is_broken());
        EXPECT_LE(num_fields, 2);
    }
}

TEST(Csv, WhatASampleHoldsComesBack)
{
    const std::vector<std::string> cells = {"7", "a, \"b\"\nc", "", "\r"};
    EXPECT_EQ(csv_line(cells), "7,\"a, \"\"b\"\"\nc\",,\"\r\"\n");
    EXPECT_THAT(parse_csv(csv_line(cells) + "8,half"), testing::ElementsAre(cells));
}

} // namespace
} // namespace lyceum::trackers
