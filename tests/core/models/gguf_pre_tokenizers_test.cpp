#include "core/models/gguf_pre_tokenizers.h"

#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

/// Every ByteLevel in `part` has what the tokenizers library asks for.
void expect_complete(const formats::Json& part, std::string_view name)
{
    if (part.value("type", "") == "ByteLevel") {
        for (const char* key : {"add_prefix_space", "trim_offsets", "use_regex"})
            EXPECT_TRUE(part.contains(key)) << name << " lacks " << key;
    }
    if (const auto parts = part.find("pretokenizers"); parts != part.end())
        for (const formats::Json& each : *parts)
            expect_complete(each, name);
}

// A model from a GGUF file, exported as a Hugging Face folder, would not load in Transformers.
TEST(GgufPreTokenizers, AreWhatTheTokenizersLibraryReads)
{
    ASSERT_FALSE(gguf_pre_tokenizers().empty());
    for (const GgufPreTokenizer& each : gguf_pre_tokenizers())
        expect_complete(each.description, each.name);
}

} // namespace
} // namespace lyceum::models
