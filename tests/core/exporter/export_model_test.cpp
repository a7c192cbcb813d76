#include "core/base/atomic_file.h"
#include "core/exporter/export_model.h"
#include "core/exporter/verify.h"
#include "core/formats/gguf.h"
#include "core/formats/json.h"
#include "core/formats/torch_file.h"
#include "core/nn/causal_lm.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lyceum::exporter {
namespace {

using testing::Contains;
using testing::HasSubstr;

class ExportModel : public testing::Test {
protected:
    void SetUp() override
    {
        test::write_tiny_folder(temporary_.path() / "models" / "tiny");
        test::write_tiny_checkpoint(checkpoint(), 50, "tiny", "lora", test::tiny_adapter());
        test::write_bytes(run() / "run.yaml", "name: my-run\n");
    }
    [[nodiscard]] std::filesystem::path run() const
    {
        return models::run_dir(temporary_.path(), "my-run");
    }
    [[nodiscard]] std::filesystem::path checkpoint() const
    {
        return run() / "checkpoints" / "step-000050";
    }
    [[nodiscard]] std::filesystem::path out() const { return temporary_.path() / "out"; }
    [[nodiscard]] models::ModelPackage open(const std::string& reference) const
    {
        auto package = models::open_model(reference, temporary_.path());
        EXPECT_TRUE(package) << package.error().message;
        return std::move(package).value();
    }
    [[nodiscard]] at::Tensor logits_of(const models::ModelPackage& package) const
    {
        const auto model = nn::load_causal_lm(package);
        EXPECT_TRUE(model) << model.error().message;
        return probe_logits(*model.value(), probe_ids(package).value()).value();
    }

    test::TemporaryFolder temporary_;
};

TEST_F(ExportModel, ALoraCheckpointBecomesAMergedFolderWithTheSameLogits)
{
    const auto package = open("my-run");
    const auto report = export_model(package, {.out = out()});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_LE(report.value().max_difference, 1e-4);
    EXPECT_GT(report.value().max_difference, 0.0); // merging does round
    for (const std::string& name : report.value().files)
        EXPECT_TRUE(std::filesystem::exists(out() / name)) << name;
    EXPECT_THAT(report.value().files, Contains("tokenizer_config.json"));
    const auto written = open(out().string());
    EXPECT_FALSE(written.adapter);
    EXPECT_LE(max_difference(logits_of(package), logits_of(written)), 1e-4);
    EXPECT_GT(max_difference(logits_of(open("tiny")), logits_of(written)), 1e-2);
    EXPECT_THAT(read_file(out() / "README.md").value(), HasSubstr("name: my-run"));
}

TEST_F(ExportModel, ABaseModelIsExportedExactly)
{
    const auto report = export_model(open("tiny"), {.out = out()});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report.value().max_difference, 0.0);
}

TEST_F(ExportModel, DropoutOfTheTrainingIsNotMistakenForADifference)
{
    test::write_tiny_folder(temporary_.path() / "models" / "dropping",
                            "\"attention_dropout\":0.5,");
    const auto report =
        export_model(open("dropping"), {.out = out(), .formats = {Format::HuggingFace}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report.value().max_difference, 0.0);
}

TEST_F(ExportModel, SixteenBitWeightsAreTheNearestAndTheirDifferenceIsReported)
{
    for (const Dtype dtype : {Dtype::Bfloat16, Dtype::Float16}) {
        const auto report = export_model(open("my-run"), {.out = out(), .dtype = dtype});
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_GT(report.value().max_difference, 1e-6);
        const auto written = open(out().string());
        EXPECT_EQ(written.dtype, dtype == Dtype::Bfloat16 ? "BF16" : "F16");
        EXPECT_NEAR(max_difference(logits_of(open("my-run")), logits_of(written)),
                    report.value().max_difference, 1e-5);
    }
}

TEST_F(ExportModel, AWeightTooLargeForFloat16IsNamedAndNothingIsLeft)
{
    auto tensors = test::tiny_tensors(test::tiny_architecture());
    tensors["model.norm.weight"].second[3] = 70000.0F;
    test::write_tensors(temporary_.path() / "models/tiny/model.safetensors", tensors);
    const auto refused = export_model(open("tiny"), {.out = out(), .dtype = Dtype::Float16});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("model.norm.weight holds 70000"));
    EXPECT_FALSE(std::filesystem::exists(out()));
    for (const auto& entry : std::filesystem::directory_iterator(temporary_.path()))
        EXPECT_THAT(entry.path().filename().string(), testing::Not(HasSubstr("writing")));
    EXPECT_TRUE(export_model(open("tiny"), {.out = out(), .dtype = Dtype::Bfloat16}));
}

TEST_F(ExportModel, TheManifestHasEachFilesHashAndAllowsTheNextExport)
{
    ASSERT_TRUE(export_model(open("tiny"), {.out = out()}));
    const auto manifest = formats::read_json_file(out() / "lyceum_export.json");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest.value()["files"].size(), 7U);
    EXPECT_EQ(manifest.value()["files"][0]["name"], "model.safetensors");
    EXPECT_EQ(manifest.value()["files"][0]["sha256"].get<std::string>().size(), 64U);
    EXPECT_TRUE(export_model(open("my-run"), {.out = out()}));
    temporary_.write("out/mine.txt", "x");
    EXPECT_EQ(export_model(open("tiny"), {.out = out()}).error().code, ErrorCode::AlreadyExists);
}

TEST_F(ExportModel, StopsWhereProgressSaysSoAndLeavesNothing)
{
    std::vector<std::string> seen;
    const auto stopped = export_model(open("tiny"), {.out = out()}, [&](auto doing) {
        seen.emplace_back(doing);
        return doing != "comparing the logits";
    });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(seen.front(), "reading the model");
    EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(ExportModel, AGgufFileOfEachDtypeOpensAsTheSameModel)
{
    using Case = std::pair<Dtype, std::string>;
    for (const auto& [dtype, stored] : {Case{Dtype::Float32, "F32"}, Case{Dtype::Float16, "F16"},
                                        Case{Dtype::Bfloat16, "BF16"}}) {
        const auto report =
            export_model(open("my-run"), {.out = out(), .formats = {Format::Gguf}, .dtype = dtype});
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_THAT(report.value().files, Contains("model.gguf"));
        const auto written = open((out() / "model.gguf").string());
        EXPECT_EQ(written.dtype, stored);
        EXPECT_EQ(written.chat_template->source(), test::kTinyTemplate);
        EXPECT_EQ(written.tokenizer->vocabulary_size(), 260);
        EXPECT_NEAR(max_difference(logits_of(open("my-run")), logits_of(written)),
                    report.value().max_difference, 1e-5);
        EXPECT_LE(report.value().max_difference, dtype == Dtype::Float32 ? 1e-4 : 0.1);
    }
}

TEST_F(ExportModel, QuantisedGgufFilesKeepVectorsWholeAndOddRowsInHalves)
{
    models::Architecture wide = test::tiny_architecture();
    wide.hidden_size = 64;
    test::write_tiny_folder(temporary_.path() / "models" / "wide", "\"head_dim\":6,", wide);
    for (const Dtype dtype : {Dtype::Q8_0, Dtype::Q4_0}) {
        const auto report =
            export_model(open("wide"), {.out = out(), .formats = {Format::Gguf}, .dtype = dtype});
        ASSERT_TRUE(report) << report.error().message;
        const auto file = formats::GgufFile::open(out() / "model.gguf").value();
        const auto type = [&](const char* name) {
            return std::string(file->placement(name)->type->name);
        };
        EXPECT_EQ(type("blk.0.attn_q.weight"), dtype == Dtype::Q8_0 ? "Q8_0" : "Q4_0");
        EXPECT_EQ(type("token_embd.weight"), "Q8_0");
        EXPECT_EQ(type("blk.1.attn_norm.weight"), "F32");
        EXPECT_EQ(type("blk.1.ffn_down.weight"), "F16");    // rows of 40
        EXPECT_EQ(type("blk.1.attn_output.weight"), "F16"); // rows of 24
    }
}

TEST_F(ExportModel, SeveralFormatsShareAFolderAndAManifest)
{
    const auto report = export_model(
        open("my-run"), {.out = out(), .formats = {Format::HuggingFace, Format::Gguf}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report.value().files,
                testing::IsSupersetOf({"config.json", "model.safetensors", "model.gguf"}));
    const auto folder = logits_of(open(out().string()));
    const auto gguf = logits_of(open((out() / "model.gguf").string()));
    EXPECT_EQ(max_difference(folder, gguf), 0.0);
    EXPECT_THAT(read_file(out() / "README.md").value(), HasSubstr("llama-cli -m model.gguf"));
}

TEST_F(ExportModel, AStateDictBesideOthersIsVerifiedForItself)
{
    const auto alone = export_model(open("my-run"), {.out = out(), .formats = {Format::Torch}});
    ASSERT_TRUE(alone) << alone.error().message;
    EXPECT_THAT(alone.value().files, Contains("pytorch_model.bin"));
    EXPECT_LE(max_difference(logits_of(open("my-run")), logits_of(open(out().string()))), 1e-4);
    const auto both = export_model(
        open("my-run"),
        {.out = out(), .formats = {Format::HuggingFace, Format::Torch}, .dtype = Dtype::Bfloat16});
    ASSERT_TRUE(both) << both.error().message;
    EXPECT_EQ(std::ranges::count(both.value().files, "config.json"), 1);
    EXPECT_EQ(formats::open_torch(out() / "pytorch_model.bin").value()->tensors()[0].dtype, "BF16");
}

TEST_F(ExportModel, AnAdapterIsWrittenAsPeftNamesIt)
{
    const auto report = export_model(open("my-run"), {.out = out(), .formats = {Format::Adapter}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report.value().max_difference, 0.0);
    const auto config = formats::read_json_file(out() / "adapter_config.json").value();
    EXPECT_EQ(config["r"], 2);
    EXPECT_EQ(config["lora_alpha"], 3.0);
    EXPECT_EQ(config["target_modules"], (formats::Json{"q_proj", "v_proj"}));
    const auto tensors = formats::open_safetensors(out() / "adapter_model.safetensors").value();
    EXPECT_EQ(tensors->tensors().size(), test::tiny_adapter().size());
    EXPECT_TRUE(
        tensors->raw_bytes("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"));
    const auto both =
        export_model(open("my-run"), {.out = out(), .formats = {Format::Adapter, Format::Gguf}});
    ASSERT_TRUE(both) << both.error().message; // replaces the first one, which was ours
    EXPECT_THAT(both.value().files, Contains("adapter/adapter_config.json"));
    ASSERT_TRUE(export_model(open("my-run"), {.out = out()})); // and that one, folder and all
}

TEST_F(ExportModel, AModelWithoutAnAdapterHasNoneToExport)
{
    const auto refused = export_model(open("tiny"), {.out = out(), .formats = {Format::Adapter}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("tiny has no adapter"));
    EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(ExportModel, ShardsAboveTheLimitOpenAsTheSameModel)
{
    const auto report = export_model(open("tiny"), {.out = out(), .max_shard_bytes = 20'000});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report.value().files, Contains("model.safetensors.index.json"));
    EXPECT_EQ(max_difference(logits_of(open("tiny")), logits_of(open(out().string()))), 0.0);
}

TEST_F(ExportModel, ATokenizerThatGgufHasNoNameForIsNamed)
{
    auto package = open("tiny");
    text::TokenizerSpec spec = test::tiny_tokenizer_spec();
    spec.pre_tokenizer = R"({"type":"Sequence","pretokenizers":[
        {"type":"Digits","individual_digits":false},{"type":"ByteLevel","add_prefix_space":false}]})";
    package.tokenizer = text::Tokenizer::create(spec).value();
    const auto refused = export_model(package, {.out = out(), .formats = {Format::Gguf}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(refused.error().message, HasSubstr("Digits"));
    EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST(ExportOptions, OnlyGgufIsQuantised)
{
    EXPECT_TRUE(check_options({.formats = {Format::Gguf}, .dtype = Dtype::Q4_0}));
    const auto refused =
        check_options({.formats = {Format::Gguf, Format::HuggingFace}, .dtype = Dtype::Q4_0});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(refused.error().message, HasSubstr("--format hf cannot be written with"));
}

TEST(ExportOptions, FormatsAreAListWithoutRepetitionOrUnknownNames)
{
    EXPECT_THAT(parse_formats("hf,gguf").value(),
                testing::ElementsAre(Format::HuggingFace, Format::Gguf));
    EXPECT_THAT(parse_formats("hf,hf").error().message, HasSubstr("names hf twice"));
    EXPECT_THAT(parse_formats("onnx").error().message, HasSubstr("\"onnx\""));
    EXPECT_FALSE(parse_formats(""));
    EXPECT_EQ(parse_dtype("bf16").value(), Dtype::Bfloat16);
}

TEST(Dtype, IsReadByNameOrRefusedWithTheKnownNames)
{
    EXPECT_EQ(parse_dtype("bfloat16").value(), Dtype::Bfloat16);
    EXPECT_EQ(parse_dtype("int3").error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(parse_dtype("int3").error().hint, HasSubstr("bfloat16"));
}

TEST(Verify, ADifferenceInOneBitOfOneTensorIsNamed)
{
    const test::TemporaryFolder folder;
    test::write_tiny_folder(folder.path());
    const auto package = models::open_model(folder.path().string(), {});
    ASSERT_TRUE(package);
    const auto model = nn::load_causal_lm(package.value());
    ASSERT_TRUE(model);
    EXPECT_TRUE(compare_tensors(*model.value(), *package.value().tensors));
    auto tensors = test::tiny_tensors(test::tiny_architecture());
    float& value = tensors["model.layers.1.mlp.up_proj.weight"].second[7];
    value = std::nextafter(value, 1.0F);
    test::write_tensors(folder.path() / "model.safetensors", tensors);
    const auto changed = models::open_model(folder.path().string(), {});
    EXPECT_THAT(compare_tensors(*model.value(), *changed.value().tensors).error().message,
                HasSubstr("model.layers.1.mlp.up_proj.weight has other values"));
}

} // namespace
} // namespace lyceum::exporter
