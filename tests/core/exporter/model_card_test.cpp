#include "core/exporter/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

models::ModelPackage package_of(const std::string& licence, const std::string& source)
{
    models::ModelPackage package;
    package.base_name = "smollm2";
    package.num_parameters = 134515008;
    package.licence = {licence, source};
    return package;
}

TEST(ModelCard, TellsLicenceSourceAndTraining)
{
    Provenance provenance{.version = "0.1.0", .time = "2026-01-31T12:00:00Z", .dtype = "float32"};
    provenance.checkpoint.emplace();
    provenance.checkpoint->run = "fractions";
    provenance.checkpoint->step = 50;
    provenance.checkpoint->method = "lora";
    provenance.checkpoint->lora_rank = 16;
    provenance.checkpoint->lora_alpha = 32;
    provenance.checkpoint->val_loss = 0.75;
    provenance.run_yaml = "name: fractions\n";
    const std::string card = make_model_card(
        package_of("Apache-2.0", "HF, https://huggingface.co/Org/Some-Model; as GGUF"), provenance);
    EXPECT_THAT(card, StartsWith("---\nlicense: apache-2.0\nbase_model: Org/Some-Model\n"));
    EXPECT_THAT(card, HasSubstr("# fractions\n"));
    EXPECT_THAT(card, HasSubstr("Run `fractions`, step 50"));
    EXPECT_THAT(card, HasSubstr("LoRA of rank 16 and alpha 32, merged"));
    EXPECT_THAT(card, HasSubstr("Validation loss: 0.7500 nats per token"));
    EXPECT_THAT(card, HasSubstr("```yaml\nname: fractions\n```"));
}

TEST(ModelCard, NamesTheMethodAndWhatItMeansForTheWeights)
{
    Provenance provenance{.version = "0.1.0"};
    provenance.checkpoint = {.method = "lora", .lora_rank = 64, .lora_alpha = 8};
    provenance.checkpoint->use_rslora = provenance.checkpoint->use_dora = true;
    EXPECT_THAT(make_model_card(package_of("", ""), provenance),
                HasSubstr("DoRA of rank 64 and alpha 8 over the root of the rank (rsLoRA)"));
    provenance.checkpoint = {.method = "qlora", .lora_rank = 8, .lora_alpha = 16};
    const std::string card = make_model_card(package_of("", ""), provenance);
    EXPECT_THAT(card, HasSubstr("with QLoRA of rank 8 and alpha 16, merged"));
    EXPECT_THAT(card, HasSubstr("kept in 4 bits (NF4)"));
}

TEST(ModelCard, AHostileLicenceCannotAddKeysToTheFrontMatter)
{
    const std::string card = make_model_card(
        package_of("mit\nmodel-index: x", "https://huggingface.co/a\nb: c"), Provenance{});
    EXPECT_THAT(card, StartsWith("---\nlicense: mitmodel-indexx\nbase_model: a\nlibrary_name:"));
}

TEST(ModelCard, AnUnknownLicenceIsSaidToBeUnknown)
{
    const std::string card = make_model_card(package_of("", ""), Provenance{});
    EXPECT_THAT(card, HasSubstr("licence of the base model is not stated"));
    EXPECT_THAT(card, Not(HasSubstr("license:")));
}

} // namespace
} // namespace lyceum::exporter
