#include "core/models/model_package.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

TEST(ListModels, ShowsTheKnownOnesAndThoseOfTheWorkspaceDamagedOnesToo)
{
    const test::TemporaryFolder workspace;
    test::write_tiny_folder(workspace.path() / "models" / "tiny");
    test::write_bytes(workspace.path() / "models" / "broken.gguf", "GGUF");
    test::write_bytes(workspace.path() / "models" / "notes" / "x.txt", "no model");
    const auto listed = list_models(workspace.path());
    ASSERT_TRUE(listed) << listed.error().message;
    ASSERT_EQ(listed.value().size(), 3U);
    const ModelSummary& known = listed.value()[0];
    EXPECT_EQ(known.name, "smollm2-135m-instruct");
    EXPECT_EQ(known.title, "SmolLM2 135M Instruct");
    EXPECT_EQ(known.num_parameters, 134515008);
    EXPECT_TRUE(known.present);
    EXPECT_EQ(known.size_bytes, 98362432U);
    EXPECT_EQ(known.licence.name, "Apache-2.0");
    EXPECT_EQ(listed.value()[1].name, "broken");
    EXPECT_THAT(listed.value()[1].problem, HasSubstr("broken.gguf"));
    EXPECT_EQ(listed.value()[2].name, "tiny");
    EXPECT_EQ(listed.value()[2].problem, "");
    EXPECT_EQ(listed.value()[2].dtype, "F32");
}

TEST(ListModels, AWorkspaceThatIsNotThereHasNone)
{
    const auto listed = list_models("/no/such/workspace");
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed.value().size(), 1U);
}

} // namespace
} // namespace lyceum::models
