#include "core/base/atomic_file.h"
#include "core/exporter/weights.h"
#include "core/formats/gguf_writer.h"
#include "core/formats/safetensors.h"
#include "core/formats/torch_writer.h"
#include "core/formats/zip_writer.h"
#include "core/models/hugging_face_config.h"
#include "core/models/model_opener.h"
#include "core/nn/causal_lm.h"
#include "tests/support/formula_weights.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

/// How much memory opening and loading take, measured as the kernel counts it (VmHWM of
/// /proc/self/status) in a process of its own: this program, run again with one test.

namespace lyceum::exporter {
namespace {

namespace fs = std::filesystem;
using models::Architecture;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

std::uint64_t peak_bytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::uint64_t kibibytes = 0; word == "VmHWM:" && status >> kibibytes)
            return kibibytes * 1024;
    return 0;
}

Result<models::ModelPackage> open_weights(const fs::path& path)
{
    return path.extension() == ".gguf"
               ? models::open_gguf(path, models::Parts::WeightsOnly)
               : models::open_hugging_face(path, models::Parts::WeightsOnly);
}

/// The part that runs in the other process.
TEST(MemoryProbe, DISABLED_OpensAndLoads)
{
    const char* model = std::getenv("LYCEUM_PROBE_MODEL");
    const char* out = std::getenv("LYCEUM_PROBE_OUT");
    ASSERT_TRUE(model != nullptr && out != nullptr) << "started by the other tests only";
    ASSERT_EQ(at::ones({4096}).sum().item<float>(), 4096.0F); // LibTorch's own start
    std::ofstream("/proc/self/clear_refs") << 5;              // the peak starts anew
    const std::uint64_t before = peak_bytes();
    const auto package = open_weights(model);
    std::string outcome = package ? "opened" : package.error().message;
    if (package) {
        const auto loaded = nn::load_causal_lm(package.value());
        outcome = loaded ? "loaded" : loaded.error().message;
    }
    std::ofstream(out) << peak_bytes() - before << '\n' << outcome << '\n';
}

class ModelMemory : public testing::Test {
protected:
    struct Outcome {
        std::uint64_t bytes = 0; ///< At the peak, beyond what the process had before.
        std::string words;       ///< "loaded", or the error.
    };
    Outcome probe(const fs::path& model) const
    {
        const fs::path out = folder_.path() / "outcome";
        fs::remove(out);
        const std::string command =
            "LYCEUM_PROBE_MODEL='" + model.string() + "' LYCEUM_PROBE_OUT='" + out.string() +
            "' '" + fs::read_symlink("/proc/self/exe").string() +
            "' --gtest_also_run_disabled_tests --gtest_filter=MemoryProbe.* > /dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0) << model;
        Outcome outcome;
        std::ifstream file(out);
        file >> outcome.bytes >> std::ws;
        std::getline(file, outcome.words);
        return outcome;
    }

    void expect_bounded(const std::string& name, std::string_view bytes,
                        const std::string& words) const
    {
        fs::path path = folder_.path() / name;
        test::write_bytes(path, bytes);
        if (path.extension() != ".gguf") {
            path = path.parent_path();
            test::write_bytes(path / "config.json", config_.dump());
        }
        const Outcome outcome = probe(path);
        EXPECT_THAT(outcome.words, testing::HasSubstr(words)) << name;
        EXPECT_LE(outcome.bytes, bytes.size() + 64 * kMebibyte) << name;
    }

    test::TemporaryFolder folder_;
    Architecture architecture_ = {.vocab_size = 16384,
                                  .hidden_size = 512,
                                  .intermediate_size = 1408,
                                  .num_hidden_layers = 4,
                                  .num_attention_heads = 8,
                                  .num_key_value_heads = 8,
                                  .head_dim = 64,
                                  .max_position_embeddings = 256};
    formats::Json config_ = models::write_hugging_face_config(architecture_);
};

TEST_F(ModelMemory, LoadingTakesTheMemoryOfTheWeightsAndLittleMoreInEveryFormat)
{
    const auto package = test::formula_package(architecture_);
    const auto model = nn::load_causal_lm(package).value();
    std::uint64_t size = 0;
    for (const auto& item : model->named_parameters())
        size += static_cast<std::uint64_t>(item.value().numel()) * sizeof(float);
    ASSERT_GT(size, 80 * kMebibyte);
    const auto hugging_face = plan_hugging_face(*model, Dtype::Float32);
    for (const char* name : {"safetensors", "bin"})
        test::write_bytes(folder_.path() / name / "config.json", config_.dump());
    auto writer =
        formats::create_safetensors_folder(folder_.path() / "safetensors", tensors_of(hugging_face),
                                           formats::kMaxShardBytes)
            .value();
    ASSERT_TRUE(write_weights(*model, hugging_face, *writer));
    writer = formats::create_torch(folder_.path() / "bin" / "pytorch_model.bin",
                                   tensors_of(hugging_face))
                 .value();
    ASSERT_TRUE(write_weights(*model, hugging_face, *writer));
    std::vector<std::string> names = {"safetensors", "bin"};
    for (const Dtype dtype : {Dtype::Float32, Dtype::Q8_0}) {
        const auto plan = plan_gguf(*model, architecture_, dtype).value();
        names.push_back(std::string(dtype_name(dtype)) + ".gguf");
        writer = formats::create_gguf(folder_.path() / names.back(),
                                      models::write_gguf_architecture(architecture_).value(),
                                      tensors_of(plan))
                     .value();
        ASSERT_TRUE(write_weights(*model, plan, *writer));
    }
    for (const std::string& name : names) {
        const Outcome outcome = probe(folder_.path() / name);
        EXPECT_EQ(outcome.words, "loaded") << name;
        EXPECT_LE(outcome.bytes, size + size / 5) << name;
        RecordProperty(name, std::to_string(outcome.bytes * 100 / size) + " %");
        std::cout << name << ": " << outcome.bytes * 100 / size << " % of the weights\n";
    }
}

TEST_F(ModelMemory, HostileGgufFilesStayWithinTheirSizeAnd64MiB)
{
    constexpr std::uint64_t kHuge = std::uint64_t{1} << 60;
    const auto start = [](std::uint64_t tensors, std::uint64_t values) {
        return test::GgufBuilder().start(tensors, values);
    };
    expect_bounded("counts.gguf", start(kHuge, kHuge).raw(std::string(kMebibyte, '\0')).bytes(),
                   "more than the file has room for");
    auto many = start(1 << 20, 0);
    for (int i = 0; i < 1 << 20; ++i)
        many.tensor(std::to_string(i), {}, 0, 0);
    expect_bounded("tensors.gguf", many.bytes(), "the limit is 65536");
    auto most = start(1 << 16, 0);
    for (int i = 0; i < 1 << 16; ++i)
        most.tensor(std::string(200, 'x') + std::to_string(i), {1, 1, 1, 1}, 0, 0);
    expect_bounded("names.gguf", most.pad().raw(std::string(64, '\0')).bytes(), "inside tensor");
    auto keys = start(0, 1 << 16);
    for (int i = 0; i < 1 << 16; ++i)
        keys.value_u32(std::string(300, 'k') + std::to_string(i), 0);
    expect_bounded("keys.gguf", keys.bytes(), "general.architecture is missing");
    auto strings = start(0, 1);
    strings.string("tokenizer.ggml.tokens").number<std::uint32_t>(9).number<std::uint32_t>(8);
    strings.number(std::uint64_t{1} << 22).raw(std::string(std::size_t{1} << 25, '\0'));
    expect_bounded("strings.gguf", strings.bytes(), "the limit is 1048576");
}

TEST_F(ModelMemory, HostileHuggingFaceFoldersStayWithinTheirSizeAnd64MiB)
{
    const auto header = [](std::string text) { return test::GgufBuilder().string(text).bytes(); };
    expect_bounded("a/model.safetensors",
                   test::GgufBuilder().number(std::uint64_t{8} << 30).raw("{}").bytes(),
                   "the limit is 16777216");
    std::string zeros = "{\"a\": [0";
    for (int i = 0; i < 8'000'000; ++i)
        zeros += ",0";
    expect_bounded("b/model.safetensors", header(zeros + "]}"), "more than 400000 values");
    expect_bounded("c/model.safetensors",
                   header("{\"a\": {\"dtype\": \"" + std::string(15 * kMebibyte, 'x') + "\"}}"),
                   "has the unknown dtype");
    std::string entries = "{";
    for (int i = 0; i < 60'000; ++i)
        entries += (i == 0 ? "\"" : ",\"") + std::to_string(i) +
                   R"(": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]})";
    expect_bounded("d/model.safetensors", header(entries + "}") + "0123", "expected 4");
    std::string pickle = "\x80\x02]("; // a list of small numbers without end
    for (int i = 0; i < 20'000'000; ++i)
        pickle += "K\x01";
    fs::create_directories(folder_.path() / "e");
    formats::ZipWriter zip(AtomicFile::create(folder_.path() / "e" / "x.zip").value());
    ASSERT_TRUE(zip.add("archive/data.pkl", std::as_bytes(std::span(pickle))));
    ASSERT_TRUE(zip.commit());
    std::ifstream file(folder_.path() / "e" / "x.zip", std::ios::binary);
    const std::string archive((std::istreambuf_iterator<char>(file)), {});
    expect_bounded("e/pytorch_model.bin", archive, "more than 1000000");
}

} // namespace
} // namespace lyceum::exporter
