#include "core/data/encoding.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

namespace lyceum::data {
namespace {

using test::smollm2;
using Ids = std::vector<text::TokenId>;
using Mask = std::vector<std::uint8_t>;

Encoder encoder(std::size_t max_length = 512)
{
    return {.tokenizer = smollm2().tokenizer.get(),
            .chat_template = smollm2().chat_template.get(),
            .max_length = max_length};
}

Record dialogue(std::vector<text::Message> messages)
{
    Record record;
    record.messages = std::move(messages);
    record.line = 7;
    return record;
}

Record plain(std::string text)
{
    Record record;
    record.text = std::move(text);
    return record;
}

/// The text of the tokens that are learnt.
std::string learnt(const EncodedSample& sample)
{
    Ids ids;
    for (std::size_t i = 0; i < sample.ids.size(); ++i)
        if (sample.learn[i] != 0)
            ids.push_back(sample.ids[i]);
    return smollm2().tokenizer->decode(ids, false);
}

TEST(Encoding, MarksTheAssistantsTurnsAsAnIndependentSearchDoes)
{
    for (const auto& c : test::read_reference("core/data/data/encoded_dialogues.json")) {
        std::vector<text::Message> messages;
        for (const auto& message : c["messages"])
            messages.push_back(
                {message["role"].get<std::string>(), message["content"].get<std::string>()});
        const auto sample = encode(dialogue(messages), encoder());
        ASSERT_TRUE(sample) << sample.error().message;
        EXPECT_EQ(sample.value().ids, c["ids"].get<Ids>());
        EXPECT_EQ(sample.value().learn, c["learn"].get<Mask>());
    }
}

TEST(Encoding, BeginsAnAnswerWithTheTokensThatAGenerationStartsFrom)
{
    const std::vector<text::Message> question = {{"user", "Hi"}};
    const std::string prompt =
        smollm2().chat_template->render(question, {.add_generation_prompt = true}).value();
    const Ids start = smollm2().tokenizer->encode(prompt);
    // An answer that begins with a line break would merge with the template's own.
    const auto sample = encode(dialogue({{"user", "Hi"}, {"assistant", "\nHello"}}), encoder());
    ASSERT_GT(sample.value().ids.size(), start.size());
    EXPECT_TRUE(std::equal(start.begin(), start.end(), sample.value().ids.begin()));
    EXPECT_EQ(learnt(sample.value()), "\nHello<|im_end|>");
}

TEST(Encoding, WorksForTemplatesOfOtherShapes)
{
    const auto brackets =
        text::ChatTemplate::parse("{% for m in messages %}{% if m.role == 'user' %}[INST] {{ "
                                  "m.content }} [/INST]{% else %} {{ m.content }}{{ eos_token "
                                  "}}{% endif %}{% endfor %}")
            .value();
    Encoder other = encoder();
    other.chat_template = &brackets;
    const auto sample = encode(
        dialogue({{"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}}), other);
    ASSERT_TRUE(sample) << sample.error().message;
    EXPECT_EQ(smollm2().tokenizer->decode(sample.value().ids, false),
              "[INST] a [/INST] b<|im_end|>[INST] c [/INST] d<|im_end|>");
    EXPECT_EQ(learnt(sample.value()), " b<|im_end|> d<|im_end|>");
}

TEST(Encoding, RefusesATemplateThatRewritesEarlierTurns)
{
    const auto forgetful =
        text::ChatTemplate::parse("{% for m in messages %}{{ m.role }}:{% if loop.last %}{{ "
                                  "m.content }}{% endif %};{% endfor %}")
            .value();
    Encoder other = encoder();
    other.chat_template = &forgetful;
    const auto sample = encode(
        dialogue({{"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}}), other);
    ASSERT_FALSE(sample);
    EXPECT_NE(sample.error().message.find("Line 7: the chat template rewrites"), std::string::npos);
}

TEST(Encoding, NeedsATemplateForDialogues)
{
    Encoder without = encoder();
    without.chat_template = nullptr;
    EXPECT_FALSE(encode(dialogue({{"user", "a"}, {"assistant", "b"}}), without));
    EXPECT_TRUE(encode(plain("a"), without));
}

TEST(Encoding, TellsTheLineOfARecordThatTheTemplateRefuses)
{
    const auto strict = text::ChatTemplate::parse("{{ raise_exception('no') }}").value();
    Encoder other = encoder();
    other.chat_template = &strict;
    const auto sample = encode(dialogue({{"user", "a"}, {"assistant", "b"}}), other);
    EXPECT_NE(sample.error().message.find("Line 7"), std::string::npos);
}

TEST(Encoding, LearnsAllOfATextAndItsEnd)
{
    const auto sample = encode(plain("one two"), encoder());
    EXPECT_EQ(sample.value().ids.back(), 2);
    EXPECT_EQ(learnt(sample.value()), "one two<|im_end|>");
    EXPECT_EQ(sample.value().num_targets(), sample.value().ids.size() - 1);
}

TEST(Encoding, CountsWhatItCutsFromADialogue)
{
    const Record record = dialogue({{"user", "Count."}, {"assistant", "one two three four five"}});
    const auto whole = encode_all({record}, encoder()).value();
    const std::size_t length = whole.samples.front().ids.size();
    EXPECT_EQ(whole.stats.num_truncated_tokens, 0U);
    const auto cut = encode_all({record, record}, encoder(length - 4)).value();
    EXPECT_EQ(cut.stats.num_truncated_samples, 2U);
    EXPECT_EQ(cut.stats.num_truncated_tokens, 8U);
    EXPECT_EQ(cut.samples.front().ids.size(), length - 4);
    EXPECT_EQ(cut.stats.num_tokens, 2 * (length - 4));
    const auto nothing = encode_all({record}, encoder(5)).value();
    EXPECT_EQ(nothing.stats.num_without_targets, 1U);
    EXPECT_TRUE(nothing.samples.empty());
}

TEST(Encoding, CutsALongTextIntoSamplesThatLearnEveryTokenOnce)
{
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "word" + std::to_string(i) + " ";
    const Ids ids = encode(plain(text), encoder(1 << 20)).value().ids;
    const auto cut = encode_all({plain(text)}, encoder(64)).value();
    EXPECT_GT(cut.samples.size(), 3U);
    EXPECT_EQ(cut.stats.num_targets, ids.size() - 1);
    EXPECT_EQ(cut.stats.num_truncated_tokens, 0U);
    Ids joined = {cut.samples.front().ids.front()};
    for (const EncodedSample& sample : cut.samples) {
        EXPECT_LE(sample.ids.size(), 64U);
        EXPECT_EQ(sample.ids.front(), joined.back());
        joined.insert(joined.end(), sample.ids.begin() + 1, sample.ids.end());
    }
    EXPECT_EQ(joined, ids);
}

TEST(Encoding, LeavesNoStarterRecordWithoutTargets)
{
    const auto data = load_training_data("fractions-tutor", "auto", 1, "/nonexistent");
    ASSERT_TRUE(data) << data.error().message;
    const auto encoded = encode_all(data.value().train, encoder());
    ASSERT_TRUE(encoded) << encoded.error().message;
    EXPECT_EQ(encoded.value().stats.num_samples, 1400U);
    EXPECT_EQ(encoded.value().stats.num_truncated_samples, 0U);
    EXPECT_EQ(encoded.value().stats.num_without_targets, 0U);
}

} // namespace
} // namespace lyceum::data
