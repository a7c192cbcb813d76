#include "core/base/sha256.h"
#include "core/data/dataset.h"
#include "tests/core/data/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lyceum::data {
namespace {

constexpr std::string_view kDescription = "title: My quiz\nlicence: own\ngoal: tutor\n"
                                          "splits:\n  train: {file: train.jsonl, records: 1}\n";

TEST(Datasets, ThatAreBuiltInAreWholeAndAsTheirCardSays)
{
    const TemporaryFolder workspace;
    const auto datasets = list_datasets(workspace.path());
    ASSERT_TRUE(datasets);
    ASSERT_GE(datasets.value().size(), 2U);
    for (const DatasetInfo& dataset : datasets.value()) {
        SCOPED_TRACE(dataset.name);
        EXPECT_TRUE(dataset.built_in);
        EXPECT_FALSE(dataset.title.empty());
        EXPECT_FALSE(dataset.licence.empty());
        EXPECT_TRUE(read_card(dataset));
        for (const SplitInfo& split : dataset.splits) {
            const auto file = read_records(split.path);
            ASSERT_TRUE(file) << file.error().message;
            EXPECT_TRUE(file.value().problems.empty());
            EXPECT_EQ(file.value().records.size(), split.num_records);
            EXPECT_EQ(file.value().sha256, split.sha256);
        }
    }
}

TEST(Datasets, OfTheWorkspaceHideBuiltInOnes)
{
    const TemporaryFolder workspace;
    workspace.write("datasets/fractions-tutor/dataset.yaml", kDescription);
    const auto found = find_dataset("fractions-tutor", workspace.path());
    ASSERT_TRUE(found);
    EXPECT_EQ(found.value().title, "My quiz");
    EXPECT_FALSE(found.value().built_in);
    EXPECT_EQ(found.value().splits.front().num_records, 1U);
}

TEST(Datasets, ThatAreBrokenAreNamedOnlyWhenAskedFor)
{
    const TemporaryFolder workspace;
    for (const char* yaml : {"splits: 5\n", "title: x\n", "splits: {train: {file: ../x.jsonl}}\n",
                             "splits: {train: {file: /etc/passwd}}\n", "splits: {train: 5}\n",
                             "splits: {train: {file: a.jsonl, records: many}}\n", "a: [\n"}) {
        workspace.write("datasets/broken/dataset.yaml", yaml);
        EXPECT_EQ(list_datasets(workspace.path()).value().size(), 2U) << yaml;
        const auto found = find_dataset("broken", workspace.path());
        ASSERT_FALSE(found) << yaml;
        EXPECT_EQ(found.error().code, ErrorCode::InvalidData) << yaml;
        EXPECT_NE(found.error().message.find("dataset.yaml"), std::string::npos);
    }
}

TEST(Datasets, AreFoundByNearNames)
{
    const TemporaryFolder workspace;
    const auto found = find_dataset("fraction-tutor", workspace.path());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::NotFound);
    EXPECT_NE(found.error().hint.find("\"fractions-tutor\""), std::string::npos);
}

TEST(ResolveSplit, TakesNamesSplitsFilesAndFolders)
{
    const TemporaryFolder workspace;
    workspace.write("datasets/mine/dataset.yaml", kDescription);
    const auto file = workspace.write("datasets/mine/train.jsonl", "{\"text\": \"a\"}\n");
    const auto resolve = [&](std::string_view reference) {
        const auto path = resolve_split(reference, "train", workspace.path());
        return path ? path.value().string() : path.error().message + " " + path.error().hint;
    };
    EXPECT_EQ(resolve("mine"), file.string());
    EXPECT_EQ(resolve("mine:train"), file.string());
    EXPECT_EQ(resolve(file.string()), file.string());
    EXPECT_EQ(resolve((workspace.path() / "datasets/mine").string()), file.string());
    EXPECT_NE(resolve("fractions-tutor:test").find("test.jsonl"), std::string::npos);
    EXPECT_NE(resolve("mine:test").find("It has mine:train."), std::string::npos);
    EXPECT_NE(resolve("mine@2").find("version"), std::string::npos);
    EXPECT_NE(resolve("").find("no dataset"), std::string::npos);
}

} // namespace
} // namespace lyceum::data
