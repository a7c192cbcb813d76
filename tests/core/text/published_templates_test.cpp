#include "core/text/chat_template.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace lyceum::text {
namespace {

std::string read_text(const std::filesystem::path& path)
{
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Result<std::string> render(const std::string& jinja, const nlohmann::ordered_json& conversation,
                           bool generation, std::time_t now)
{
    LYCEUM_ASSIGN(const ChatTemplate parsed, ChatTemplate::parse(jinja));
    RenderOptions options{.add_generation_prompt = generation,
                          .bos_token = "<s>",
                          .eos_token = "</s>",
                          .unk_token = "<unk>",
                          .pad_token = "<pad>",
                          .now = now};
    if (conversation.contains("variables"))
        options.variables = conversation["variables"].dump();
    return parsed.render_json(conversation["messages"].dump(), options);
}

/// A model that sees its chats in another form than it was trained on answers worse, unnoticed.
TEST(PublishedTemplates, RenderAsTransformersDoes)
{
    const std::filesystem::path templates =
        std::filesystem::path(LYCEUM_VOCABULARIES) / "templates";
    if (!std::filesystem::exists(templates))
        GTEST_SKIP() << templates << " is not there: bash packaging/setup.sh test fetches it.";
    const auto reference = nlohmann::ordered_json::parse(read_text(
        std::filesystem::path(LYCEUM_TEST_DATA) / "core/text/data/published_templates.json"));
    std::size_t num_texts = 0;
    for (const auto& expected : reference["renderings"]) {
        const auto name = expected["template"].get<std::string>();
        const auto conversation = expected["conversation"].get<std::string>();
        SCOPED_TRACE(name + ", " + conversation);
        const auto rendered = render(
            read_text(templates / (name + ".jinja")), reference["conversations"][conversation],
            expected["generation"].get<bool>(), reference["now"].get<std::time_t>());
        if (expected["text"].is_object()) {
            EXPECT_FALSE(rendered) << expected["text"]["error"];
            continue;
        }
        ++num_texts;
        ASSERT_TRUE(rendered) << rendered.error().message;
        EXPECT_EQ(rendered.value(), expected["text"].get<std::string>());
    }
    EXPECT_GT(num_texts, 200U);
}

} // namespace
} // namespace lyceum::text
