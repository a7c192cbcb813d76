#include "core/formats/json.h"
#include "core/formats/protobuf.h"
#include "core/trackers/csv_tracker.h"
#include "core/trackers/jsonl_tracker.h"
#include "core/trackers/tensorboard_records.h"
#include "core/trackers/tensorboard_tracker.h"
#include "core/trackers/wandb_records.h"
#include "core/trackers/wandb_tracker.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

namespace lyceum::trackers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string content(const fs::path& path)
{
    return read_if_there(path).value();
}

RunStart beginning(const fs::path& folder)
{
    return {.run = "run", .folder = folder, .time = 100};
}

RunStart resumed(const fs::path& folder, std::int64_t step)
{
    return {.run = "run", .folder = folder, .step = step, .is_resumed = true, .time = 200};
}

void log_steps(Tracker& tracker, std::int64_t first, std::int64_t last)
{
    for (auto step = first; step <= last; ++step)
        ASSERT_TRUE(tracker.log_metrics({.step = step,
                                         .time = 100.0 + static_cast<double>(step),
                                         .values = {{"loss", 1.0 / static_cast<double>(step)}}}));
}

class FileTrackersTest : public testing::Test {
protected:
    [[nodiscard]] const fs::path& path() const { return folder_.path(); }

    /// Steps of every event in every event file, in the files' order.
    [[nodiscard]] std::vector<std::vector<std::int64_t>> tensorboard_steps() const
    {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(path()))
            files.push_back(entry.path());
        std::ranges::sort(files);
        std::vector<std::vector<std::int64_t>> steps;
        for (const auto& file : files) {
            steps.emplace_back();
            const auto bytes = content(file);
            std::size_t offset = 0;
            while (const auto record =
                       first_tensorboard_record(std::string_view(bytes).substr(offset))) {
                if (formats::find_proto_field(*record, 5))
                    steps.back().push_back(
                        static_cast<std::int64_t>(formats::find_proto_field(*record, 2)->integer));
                offset += record->size() + kTensorBoardFraming;
            }
            EXPECT_EQ(offset, bytes.size()) << file;
        }
        return steps;
    }

    [[nodiscard]] fs::path wandb_file() const
    {
        for (const auto& entry : fs::recursive_directory_iterator(path()))
            if (entry.path().extension() == ".wandb")
                return entry.path();
        return {};
    }

    /// Of each history record: its values by name; of others nothing.
    [[nodiscard]] std::vector<std::map<std::string, std::string>> wandb_rows() const
    {
        std::vector<std::map<std::string, std::string>> rows;
        std::uint64_t number = 0;
        for (const auto& record : read_wandb_records(content(wandb_file()))) {
            EXPECT_EQ(formats::find_proto_field(record.data, 1)->integer, ++number);
            const auto history = formats::find_proto_field(record.data, 2);
            if (!history)
                continue;
            rows.emplace_back();
            formats::ProtoReader items(history->bytes);
            while (const auto item = items.next())
                if (item->number == 1)
                    rows.back()[std::string(formats::find_proto_field(item->bytes, 2)->bytes)] =
                        formats::find_proto_field(item->bytes, 16)->bytes;
        }
        return rows;
    }

    test::TemporaryFolder folder_;
};

TEST_F(FileTrackersTest, CsvHasARowAStepAndAColumnAMetric)
{
    CsvTracker tracker;
    ASSERT_TRUE(tracker.start(beginning(path())));
    ASSERT_TRUE(tracker.log_metrics({.step = 1, .time = 10.5, .values = {{"loss", 2.5}}}));
    ASSERT_TRUE(tracker.log_metrics({.step = 2, .time = 11, .values = {{"loss", 2.25}}}));
    ASSERT_TRUE(tracker.log_metrics({.step = 2, .time = 12, .values = {{"val_loss", 3}}}));
    ASSERT_TRUE(tracker.log_metrics({.step = 3, .time = 13, .values = {{"loss", std::nan("")}}}));
    EXPECT_EQ(content(path() / "metrics.csv"), "step,time,loss,val_loss\n"
                                               "1,10.5,2.5,\n"
                                               "2,12,2.25,3\n"
                                               "3,13,nan,\n");
}

TEST_F(FileTrackersTest, CsvGoesOnWithoutDoublePointsOrHalfLines)
{
    {
        CsvTracker tracker;
        ASSERT_TRUE(tracker.start(beginning(path())));
        log_steps(tracker, 1, 5);
        ASSERT_TRUE(tracker.log_text({.step = 4, .title = "q", .text = "a,\n\"b\""}));
        ASSERT_TRUE(tracker.log_text({.step = 5, .title = "q", .text = "c"}));
    }
    std::ofstream(path() / "metrics.csv", std::ios::app) << "6,1"; // killed while it wrote
    CsvTracker tracker;
    ASSERT_TRUE(tracker.start(resumed(path(), 4)));
    ASSERT_TRUE(tracker.log_metrics({.step = 4, .time = 9, .values = {{"val_loss", 7}}}));
    log_steps(tracker, 5, 6);
    EXPECT_EQ(content(path() / "metrics.csv"), "step,time,loss,val_loss\n1,101,1,\n2,102,0.5,\n"
                                               "3,103,0.3333333333333333,\n4,9,0.25,7\n"
                                               "5,105,0.2,\n6,106,0.16666666666666666,\n");
    EXPECT_EQ(content(path() / "samples.csv"), "step,time,prompt,text\n4,0,q,\"a,\n\"\"b\"\"\"\n");
}

TEST_F(FileTrackersTest, ANewRunOfTheSameNameStartsNewFiles)
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        CsvTracker csv;
        JsonlTracker jsonl;
        ASSERT_TRUE(csv.start(beginning(path())));
        ASSERT_TRUE(jsonl.start(beginning(path())));
        log_steps(csv, 1, 2);
        log_steps(jsonl, 1, 2);
    }
    EXPECT_EQ(content(path() / "metrics.csv"), "step,time,loss\n1,101,1\n2,102,0.5\n");
    EXPECT_EQ(content(path() / "metrics.jsonl"), "{\"step\":1,\"time\":101.0,\"loss\":1.0}\n"
                                                 "{\"step\":2,\"time\":102.0,\"loss\":0.5}\n");
}

TEST_F(FileTrackersTest, JsonlGoesOnWithoutDoublePointsOrHalfLines)
{
    {
        JsonlTracker tracker;
        ASSERT_TRUE(tracker.start(beginning(path())));
        log_steps(tracker, 1, 5);
    }
    std::ofstream(path() / "metrics.jsonl", std::ios::app) << "{\"step\":6,";
    JsonlTracker tracker;
    ASSERT_TRUE(tracker.start(resumed(path(), 3)));
    ASSERT_TRUE(tracker.log_metrics({.step = 4, .time = 1, .values = {{"loss", INFINITY}}}));
    const auto text = content(path() / "metrics.jsonl");
    EXPECT_EQ(std::ranges::count(text, '\n'), 4);
    EXPECT_THAT(text, testing::EndsWith("{\"step\":4,\"time\":1.0,\"loss\":null}\n"));
}

TEST_F(FileTrackersTest, TensorBoardsOldFileEndsWhereTheNewOneBegins)
{
    {
        TensorBoardTracker tracker;
        ASSERT_TRUE(tracker.start(beginning(path())));
        ASSERT_TRUE(tracker.log_hyperparams({{"optimizer.lr", "0.1"}}));
        log_steps(tracker, 1, 5);
        ASSERT_TRUE(tracker.finalize(RunEnd::Stopped));
    }
    TensorBoardTracker tracker;
    ASSERT_TRUE(tracker.start(resumed(path(), 3)));
    log_steps(tracker, 4, 6);
    EXPECT_THAT(tensorboard_steps(), ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(4, 5, 6)));
}

TEST_F(FileTrackersTest, WandbHasOneRowAStepAndGoesOnInTheSameFile)
{
    {
        WandbTracker tracker({.project = "p", .entity = ""});
        ASSERT_TRUE(tracker.start(beginning(path())));
        ASSERT_TRUE(tracker.log_hyperparams({{"optimizer.lr", "0.1"}}));
        log_steps(tracker, 1, 3);
        ASSERT_TRUE(tracker.log_metrics({.step = 3, .time = 104, .values = {{"val_loss", 9}}}));
        log_steps(tracker, 4, 5);
        ASSERT_TRUE(tracker.finalize(RunEnd::Stopped));
    }
    EXPECT_EQ(wandb_rows().size(), 5U);
    std::ofstream(wandb_file(), std::ios::app) << "half a record";
    const auto file = wandb_file();
    WandbTracker tracker({.project = "p", .entity = ""});
    ASSERT_TRUE(tracker.start(resumed(path(), 3)));
    ASSERT_TRUE(tracker.log_hyperparams({{"optimizer.lr", "0.1"}}));
    log_steps(tracker, 4, 6);
    const auto rows = wandb_rows();
    EXPECT_EQ(wandb_file(), file);
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[2].at("val_loss"), "9");
    EXPECT_EQ(rows[2].at("loss"), "0.3333333333333333");
    EXPECT_EQ(rows[5].at("_step"), "6");
}

TEST_F(FileTrackersTest, AFolderThatCannotBeMadeIsAnErrorThatNamesIt)
{
    std::ofstream(path() / "file") << "x";
    CsvTracker tracker;
    const auto started = tracker.start(beginning(path() / "file" / "csv"));
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().message, HasSubstr((path() / "file").string()));
}

} // namespace
} // namespace lyceum::trackers
