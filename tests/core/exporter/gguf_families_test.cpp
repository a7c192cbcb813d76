#include "core/base/sha256.h"
#include "core/exporter/weights.h"
#include "core/formats/gguf.h"
#include "core/formats/gguf_writer.h"
#include "core/formats/json.h"
#include "core/models/family.h"
#include "core/models/gguf_rope.h"
#include "core/models/hugging_face_config.h"
#include "core/models/model_opener.h"
#include "core/nn/causal_lm.h"
#include "core/nn/encoder.h"
#include "tests/support/formula_weights.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::exporter {
namespace {

using formats::Json;
using models::Architecture;
using testing::HasSubstr;

const Json& read_once(const char* name)
{
    static std::map<std::string, Json> files;
    if (!files.contains(name)) {
        auto json = formats::read_json_file(std::string(LYCEUM_TEST_DATA) + name);
        EXPECT_TRUE(json) << json.error().message;
        files[name] = std::move(json).value();
    }
    return files[name];
}
/// tests/reference/families_reference.py made it: configurations and what Transformers computes.
const Json& transformers()
{
    return read_once("/core/nn/families.json");
}
/// tests/reference/gguf_families_reference.py made it: what llama.cpp's converter writes.
const Json& converter()
{
    return read_once("/core/exporter/gguf_families.json");
}

Architecture architecture_of(const std::string& name)
{
    const Json& model = transformers()["models"][name];
    auto read = models::read_hugging_face_config(model["config"], "config.json");
    EXPECT_TRUE(read) << read.error().message;
    Architecture a = std::move(read).value();
    a.has_pooler = model.contains("pooled");
    a.has_lm_head = model["config"].contains("architectures");
    return a;
}

std::shared_ptr<torch::nn::Module> load(const models::ModelPackage& package)
{
    if (models::family_of(package.architecture).is_encoder) {
        auto encoder = nn::load_encoder(package);
        EXPECT_TRUE(encoder) << encoder.error().message;
        return encoder.value();
    }
    auto lm = nn::load_causal_lm(package);
    EXPECT_TRUE(lm) << lm.error().message;
    return lm.value();
}

Result<void> write(const Architecture& a, Dtype dtype, const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const auto metadata, models::write_gguf_architecture(a));
    const auto model = load(test::formula_package(a));
    LYCEUM_ASSIGN(const auto plan, plan_gguf(*model, a, dtype));
    LYCEUM_ASSIGN(const auto writer, formats::create_gguf(path, metadata, tensors_of(plan)));
    return write_weights(*model, plan, *writer);
}

std::vector<std::string> keys_of(const Json& object)
{
    std::vector<std::string> keys;
    for (const auto& [key, unused] : object.items())
        keys.push_back(key);
    return keys;
}

/// Options that llama.cpp has no key for, with the words of the error.
const std::map<std::string, const char*> kRefused = {
    {"llama_gelu", "the activation gelu"},
    {"llama_yarn_options", "does not truncate"},
    {"qwen3_layer_types", "a bias on the attention's output"},
    {"gpt2_options", "the activation relu"},
    {"bert_masked", "the activation gelu_new"}};

std::vector<std::string> written_names()
{
    std::vector<std::string> names = keys_of(transformers()["models"]);
    std::erase_if(names, [](const std::string& name) { return kRefused.contains(name); });
    return names;
}

const auto kName = [](const auto& info) { return info.param; };

class AsTheConverter : public testing::TestWithParam<std::string> {};

/// Type and value, as the reference has them.
Json described(const formats::GgufEntry& entry)
{
    if (const auto* text = std::get_if<std::string>(&entry))
        return {"string", *text};
    if (const auto* number = std::get_if<std::uint32_t>(&entry))
        return {"uint32", *number};
    if (const auto* number = std::get_if<float>(&entry))
        return {"float32", *number};
    return {"bool", std::get<bool>(entry)};
}

TEST_P(AsTheConverter, TheMetadataAreTheSame)
{
    const auto written = models::write_gguf_architecture(architecture_of(GetParam()));
    ASSERT_TRUE(written) << written.error().message;
    Json ours;
    for (const auto& [key, entry] : written.value())
        ours[key] = described(entry);
    for (const auto& [key, value] : converter()[GetParam()]["metadata"].items()) {
        ASSERT_TRUE(ours.contains(key)) << key;
        if (value[0] == "float32")
            EXPECT_FLOAT_EQ(ours[key][1].get<float>(), value[1].get<float>()) << key;
        else
            EXPECT_EQ(ours[key], value) << key;
        EXPECT_EQ(ours[key][0], value[0]) << key;
        ours.erase(key);
    }
    // What the converter leaves to defaults that are the same.
    for (const auto& [key, value] : ours.items())
        EXPECT_THAT(key.substr(key.find('.') + 1),
                    testing::AnyOf("attention.key_length", "attention.value_length", "vocab_size",
                                   "rope.dimension_count"));
}

TEST_P(AsTheConverter, TheTensorsAreTheSameBitForBit)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "x.gguf";
    for (const auto& [key, dtype] :
         {std::pair("float32", Dtype::Float32), std::pair("q8_0", Dtype::Q8_0)}) {
        const auto done = write(architecture_of(GetParam()), dtype, path);
        ASSERT_TRUE(done) << done.error().message;
        const auto file = formats::GgufFile::open(path).value();
        const Json& expected = converter()[GetParam()][key];
        EXPECT_EQ(file->tensors().size(), expected.size());
        for (const formats::TensorInfo& info : file->tensors()) {
            ASSERT_TRUE(expected.contains(info.name)) << info.name;
            const Json& tensor = expected[info.name];
            EXPECT_EQ(info.dtype, tensor["type"]) << info.name;
            EXPECT_EQ(Json(info.shape), tensor["shape"]) << info.name;
            const auto bytes = file->raw_bytes(info.name).value();
            if (tensor.contains("sha256"))
                EXPECT_EQ(sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
                          tensor["sha256"])
                    << info.name;
            else // torch's pow and ours differ in the last place
                for (std::size_t i = 0; i < tensor["values"].size(); ++i)
                    EXPECT_NEAR(models::gguf_rope_factors(architecture_of(GetParam()))[i],
                                tensor["values"][i].get<float>(), 2e-6);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Families, AsTheConverter, testing::ValuesIn(keys_of(converter())), kName);

class WrittenAndRead : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override
    {
        const auto done = write(architecture_of(GetParam()), Dtype::Float32, path());
        ASSERT_TRUE(done) << done.error().message;
        auto opened = models::open_gguf(path(), models::Parts::WeightsOnly);
        ASSERT_TRUE(opened) << opened.error().message;
        package_ = std::move(opened).value();
    }
    [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "x.gguf"; }

    test::TemporaryFolder folder_;
    models::ModelPackage package_;
};

TEST_P(WrittenAndRead, TheTensorsAreTheSameBitForBit)
{
    const Architecture a = architecture_of(GetParam());
    const test::FormulaWeights weights(a);
    std::size_t found = 0;
    for (const formats::TensorInfo& info : weights.tensors()) {
        std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
        ASSERT_TRUE(weights.read_float32(info.name, values));
        const auto place = models::gguf_place(info.name, a).value();
        if (!place) // the pooler, the masked-LM head
            continue;
        const auto name = models::model_name(place->name, a).value();
        const auto skipped = static_cast<std::ptrdiff_t>(place->skipped_rows * a.hidden_size);
        values.erase(values.begin(), values.begin() + skipped);
        std::vector<float> read(values.size());
        ASSERT_TRUE(package_.tensors->read_float32(name, read)) << name;
        EXPECT_EQ(read, values) << name;
        ++found;
    }
    EXPECT_EQ(package_.tensors->tensors().size(), found);
}

/// As far as the file's context reaches: up to a window all sees all.
TEST_P(WrittenAndRead, TheLogitsAreTransformers)
{
    const Json& expected = transformers()["models"][GetParam()];
    const auto module = load(package_);
    module->eval();
    const at::NoGradGuard no_grad;
    const bool is_encoder = models::family_of(package_.architecture).is_encoder;
    const char* kind = is_encoder ? "hidden" : "logits";
    if (!expected.contains(kind)) // a masked-LM head is not written
        return;
    // RoBERTa's texts are all of type 0.
    const std::int64_t types =
        expected["config"]["model_type"] == "bert" ? package_.architecture.type_vocab_size : 1;
    int compared = 0;
    for (std::size_t i = 0; i < transformers()["texts"].size(); ++i) {
        const auto text = transformers()["texts"][i].get<std::vector<std::int64_t>>();
        const auto length = static_cast<std::int64_t>(text.size());
        if (length > package_.architecture.context_length())
            continue;
        const at::Tensor ids = at::tensor(text, at::kLong).unsqueeze(0); // [1, T]
        at::Tensor result;
        if (auto* encoder = dynamic_cast<nn::Encoder*>(module.get())) {
            const at::Tensor token_types = at::arange(length).remainder(types).unsqueeze(0);
            result = encoder->hidden_states(ids, {{0, 0, length}}, token_types)[0][-1];
        } else {
            auto& lm = dynamic_cast<nn::CausalLm&>(*module);
            result = lm.logits(
                lm.hidden_states(ids, at::arange(length).unsqueeze(0), {{0, 0, length}})[0])[-1];
        }
        const at::Tensor reference = at::tensor(expected[kind][i].get<std::vector<float>>());
        EXPECT_LT((result - reference).abs().max().item<float>(), 1e-4F) << i;
        ++compared;
    }
    if (package_.architecture.context_length() >= 5) { // the shortest text
        EXPECT_GE(compared, 1);
    }
}

INSTANTIATE_TEST_SUITE_P(Families, WrittenAndRead, testing::ValuesIn(written_names()), kName);

TEST(GgufFamilies, WhatLlamaCppHasNoKeyForIsRefusedAndNamed)
{
    for (const auto& [name, words] : kRefused) {
        const auto refused = models::write_gguf_architecture(architecture_of(name));
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
        EXPECT_THAT(refused.error().message, HasSubstr(words));
    }
}

} // namespace
} // namespace lyceum::exporter
