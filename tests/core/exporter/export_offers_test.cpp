#include "core/exporter/export_model.h"
#include "core/exporter/export_offers.h"
#include "core/formats/gguf.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lyceum::exporter {
namespace {

using testing::HasSubstr;

class ExportOffers : public testing::Test {
protected:
    void SetUp() override
    {
        models::Architecture wide = test::tiny_architecture();
        wide.hidden_size = 64;
        test::write_tiny_folder(temporary_.path() / "models" / "wide", "\"head_dim\":6,", wide);
        test::write_tiny_folder(temporary_.path() / "models" / "tiny");
        test::write_tiny_checkpoint(models::run_dir(temporary_.path(), "my-run") / "checkpoints" /
                                        "step-000050",
                                    50, "tiny", "lora", test::tiny_adapter());
    }
    [[nodiscard]] models::ModelPackage open(const std::string& reference) const
    {
        auto package = models::open_model(reference, temporary_.path());
        EXPECT_TRUE(package) << package.error().message;
        return std::move(package).value();
    }
    [[nodiscard]] static FormatOffer offer(const models::ModelPackage& package, Format format)
    {
        const auto offers = export_offers(package);
        return *std::ranges::find(offers, format, &FormatOffer::format);
    }
    [[nodiscard]] static std::uint64_t tensor_bytes(const formats::TensorSource& source)
    {
        std::uint64_t total = 0;
        for (const formats::TensorInfo& tensor : source.tensors())
            total += tensor.size_bytes;
        return total;
    }

    test::TemporaryFolder temporary_;
};

/// A size that is too small lets an export fill the disk.
TEST_F(ExportOffers, TheSizeOfEachDtypeIsWhatTheExportTakes)
{
    const auto package = open("wide");
    for (const Format format : {Format::HuggingFace, Format::Gguf}) {
        const FormatOffer offered = offer(package, format);
        EXPECT_EQ(offered.dtypes.size(), format == Format::Gguf ? 5U : 3U);
        for (const DtypeOffer& each : offered.dtypes) {
            const auto out = temporary_.path() / "out";
            ASSERT_TRUE(
                export_model(package, {.out = out, .formats = {format}, .dtype = each.dtype}));
            const auto written =
                open(format == Format::Gguf ? (out / "model.gguf").string() : out.string());
            EXPECT_EQ(tensor_bytes(*written.tensors), each.size_bytes)
                << format_name(format) << " " << dtype_name(each.dtype);
        }
    }
}

TEST_F(ExportOffers, OnlyALoraRunHasAnAdapter)
{
    const FormatOffer lora = offer(open("my-run"), Format::Adapter);
    EXPECT_FALSE(lora.refusal);
    ASSERT_EQ(lora.dtypes.size(), 3U);
    EXPECT_EQ(lora.dtypes[0].size_bytes, 2 * lora.dtypes[1].size_bytes);
    const FormatOffer base = offer(open("tiny"), Format::Adapter);
    ASSERT_TRUE(base.refusal);
    EXPECT_THAT(base.refusal->message, HasSubstr("tiny has no adapter"));
    EXPECT_TRUE(base.dtypes.empty());
}

/// Refused before anything is read or written, in the same words.
TEST_F(ExportOffers, WhatAFormatCannotExpressIsRefusedBeforeAnythingIsWritten)
{
    auto package = open("tiny");
    package.architecture.hidden_act = "gelu"; // llama.cpp's llama knows SiLU only
    const FormatOffer offered = offer(package, Format::Gguf);
    ASSERT_TRUE(offered.refusal);
    EXPECT_THAT(offered.refusal->message, HasSubstr("gelu"));
    EXPECT_FALSE(offer(package, Format::HuggingFace).refusal);
    const auto out = temporary_.path() / "out";
    const auto refused = export_model(
        package, {.out = out, .formats = {Format::HuggingFace, Format::Gguf}}, [](auto) {
            ADD_FAILURE() << "nothing has begun";
            return true;
        });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, offered.refusal->message);
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(ExportOffers, AReportSaysWhatWasComparedForEachFormat)
{
    const auto report =
        export_model(open("my-run"), {.out = temporary_.path() / "out",
                                      .formats = {Format::HuggingFace, Format::Adapter}});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report.value().formats.size(), 2U);
    const FormatReport& folder = report.value().formats[0];
    EXPECT_EQ(folder.num_tensors, models::expected_tensors(test::tiny_architecture()).size());
    EXPECT_GT(folder.probe_tokens, 20U);
    EXPECT_EQ(folder.same_choices, folder.probe_tokens);
    EXPECT_TRUE(folder.limit);
    EXPECT_EQ(report.value().formats[1].num_tensors, test::tiny_adapter().size());
    EXPECT_EQ(report.value().hashes.size(), report.value().files.size() - 1); // not of itself
    EXPECT_EQ(report.value().hashes[0].sha256.size(), 64U);
}

} // namespace
} // namespace lyceum::exporter
