#include "core/text/chat_template.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

namespace lyceum::text {
namespace {

std::vector<Message> messages_of(const nlohmann::json& list)
{
    std::vector<Message> messages;
    for (const auto& message : list)
        messages.push_back(
            {message["role"].get<std::string>(), message["content"].get<std::string>()});
    return messages;
}

Result<std::string> render(const std::string& source)
{
    auto parsed = ChatTemplate::parse(source);
    if (!parsed)
        return parsed.error();
    return parsed.value().render({{"user", "hello"}});
}

std::string error_of(const std::string& source)
{
    const auto rendered = render(source);
    return rendered ? "it was accepted: " + rendered.value() : rendered.error().message;
}

TEST(ChatTemplate, RendersAsTransformersDoes)
{
    for (const auto& shape : test::read_reference("core/text/data/chat_templates.json")) {
        SCOPED_TRACE(shape["name"].get<std::string>());
        const auto parsed = ChatTemplate::parse(shape["template"].get<std::string>());
        ASSERT_TRUE(parsed) << parsed.error().message;
        for (const auto& expected : shape["renderings"]) {
            const auto rendered = parsed.value().render(
                messages_of(expected["messages"]),
                {.add_generation_prompt = expected["add_generation_prompt"].get<bool>(),
                 .bos_token = "<s>",
                 .eos_token = "</s>"});
            if (expected["text"].is_object()) {
                EXPECT_FALSE(rendered);
                continue;
            }
            ASSERT_TRUE(rendered) << rendered.error().message;
            EXPECT_EQ(rendered.value(), expected["text"].get<std::string>());
        }
    }
}

TEST(ChatTemplate, OfTheStarterModelAddsItsSystemMessage)
{
    const auto rendered =
        test::smollm2().chat_template->render({{"user", "Hi"}}, {.add_generation_prompt = true});
    EXPECT_EQ(rendered.value(), "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, "
                                "trained by Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>"
                                "\n<|im_start|>assistant\n");
}

TEST(ChatTemplate, TellsTheLineOfAnError)
{
    const auto expect = [](const char* source, const char* part) {
        const std::string message = error_of(source);
        EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    expect("a\nb\n{% if %}", "line 3");
    expect("a\n{{ 'x }}", "line 2: a string is not closed");
    expect("a\n{% include 'x' %}", "line 2: the tag \"include\" is not supported");
    expect("a\n{% macro f(x) %}\n{{ x.y }}{% endmacro %}\n{{ f() }}", "line 3: \"x\" is not");
    expect("{% macro f(x) %}{% endmacro %}\n{{ f(1, 2) }}", "line 2: the macro \"f\" takes at");
    expect("{% macro f(x) %}{% endmacro %}{{ f(y=2) }}", "has no parameter \"y\"");
    expect("{% for i in [1] %}{% macro f() %}{% break %}{% endmacro %}{% endfor %}", "outside of");
    expect("{{ messages.append(1) }}", "would change a list");
    expect("{{ strftime_now('%999999999d') }}", "gives no text");
    expect("{{ [x] | tojson }}", "what JSON cannot write");
    expect("{{ (messages | selectattr('role')) | length }}", "\"length\" of a generator");
    expect("a\n\n{{ 'x' | frobnicate }}", "line 3: the filter \"frobnicate\"");
    expect("{{ 'x' is frobnicated }}", "the test \"frobnicated\"");
    expect("{{ 'x'.frobnicate() }}", "the method \"frobnicate\"");
    expect("{{ lipsum(3) }}", "the function \"lipsum\"");
    expect("\n{{ nothing.role }}", "line 2: \"nothing\" is not defined");
    expect("{{ raise_exception('no ' ~ 'way') }}", "no way");
    expect("{{ 1 + 'a' }}", "\"+\" of an integer and a string");
    expect("{% for x in messages %}", "\"endfor\" is missing");
    expect("{% endif %}", "\"endif\" ends nothing");
    expect("{{ messages | map('upper') }}", "writing a generator");
    expect("{# open", "a comment is not closed");
    expect("{{ 1 // 0 }}", "a division by zero");
    expect("{{ 'x", "not closed");
}

TEST(ChatTemplate, LooksUpUnknownFiltersOnlyWhereTheyAreReached)
{
    EXPECT_EQ(render("{% if false %}{{ 'x' | frobnicate }}{% endif %}ok").value(), "ok");
}

std::string repeat(const std::string& text, int count)
{
    std::string result;
    for (int i = 0; i < count; ++i)
        result += text;
    return result;
}

TEST(ChatTemplate, BoundsWhatAHostileTemplateCanDo)
{
    const std::string loops = repeat("{% for i in range(90000) %}", 4) + repeat("{% endfor %}", 4);
    const std::vector<std::string> hostile = {
        loops,
        "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}"
        "{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}"
        "{% endfor %}",
        "{% set ns = namespace(x=1) %}{% set ns.x = ns %}",
        "{% set ns = namespace(x=1) %}{% set ns.x = [ns] %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = ns.x.replace('a', "
        "'aaaaaaaaaaaaaaaa') %}{% endfor %}",
        "{{ range(999999999) }}",
        "{{ range(0, 9000000000000000000, 9000000000000000) }}",
        "{{ 9007199254740993 * 9007199254740993 }}",
        "{{ 999999999999999999999999 }}",
        repeat("{% if true %}", 10'000) + repeat("{% endif %}", 10'000),
        "{{ " + repeat("(", 50'000) + "1" + repeat(")", 50'000) + " }}",
        "{{ " + repeat("[", 50'000) + repeat("]", 50'000) + " }}",
        "{{ " + repeat("not ", 50'000) + "1 }}",
        "{{ " + repeat("-", 50'000) + "1 }}",
        "{{ 1" + repeat(" + 1", 50'000) + " }}",
        "{{ messages" + repeat("[0]", 50'000) + " }}",
        "{{ 'a'" + repeat("|trim", 50'000) + " }}",
        "{{ 1" + repeat(" if 1", 40'000) + " }}",
        "{{ 1" + repeat(" if 1 else 1", 20'000) + " }}",
        repeat("x", 300'000),
        "{{ 9223372036854775807 + 1 }}{{ -9223372036854775807 - 2 }}",
        "{{ 2 ** 99 }}",
        "{{ 'a' * 999999999999 }}",
        "{{ range(9223372036854775800, 9223372036854775807, 100) | list * 999999999 }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(x) %}" + repeat("{% if true %}", 60) + "{{ f(x" + repeat(" + 1", 900) + ") }}" +
            repeat("{% endif %}", 60) + "{% endmacro %}{{ f(1) }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
        "{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(30) %}{% set ns.x = [ns.x, ns.x] %}"
        "{% endfor %}{{ ns.x == ns.x }}{{ ns.x }}",
        "{% set a = 'a' * 1000000 %}{% for i in range(90000) %}{% if a == a ~ 'b' %}{% endif %}"
        "{% endfor %}",
        repeat("x", 200'000) + "{% for i in range(9000) %}" + repeat("y", 50'000) + "{% endfor %}",
        "{{ range(90000) | map('replace', '', 'a' * 60000) | list }}",
        "{{ range(5000) | list | unique | list }}",
        "{% set x = messages %}{% for i in range(100) %}{{ x | tojson(indent='" +
            repeat(" ", 5000) +
            "') }}{% endfor %}{% for i in range(99999) %}{{ loop.foo.bar }}"
            "{% endfor %}",
    };
    for (const std::string& source : hostile)
        EXPECT_FALSE(render(source)) << source.substr(0, 80);
}

TEST(ChatTemplate, SurvivesDamage)
{
    for (const auto& shape : test::read_reference("core/text/data/chat_templates.json")) {
        const auto source = shape["template"].get<std::string>();
        for (std::size_t i = 0; i < source.size(); i += 3) {
            (void)render(source.substr(0, i));
            std::string changed = source;
            changed[i] = "{}%'[(-|"[i % 8];
            (void)render(changed);
        }
    }
}

} // namespace
} // namespace lyceum::text
