#include "core/serve/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lyceum::serve {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string message_of(Endpoint endpoint, const std::string& body)
{
    const auto result = parse_request(endpoint, body);
    return result ? "accepted" : result.error().message;
}

TEST(ParseRequest, ReadsEveryFieldItKnows)
{
    const auto result = parse_request(Endpoint::Chat, R"({"model": "m", "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]}],
        "max_completion_tokens": 7, "temperature": 0.5, "top_p": 0.9, "seed": 3, "stop": ["x", "y"],
        "top_k": 40, "min_p": 0.1, "repetition_penalty": 1.2, "stop_token_ids": [7], "stream": true, "stream_options": {"include_usage": true}, "n": 1, "user": "me", "tools": null})");
    ASSERT_TRUE(result) << result.error().message;
    const CompletionRequest& request = result.value();
    EXPECT_EQ(request.model, "m");
    ASSERT_EQ(request.messages.size(), 2U);
    EXPECT_EQ(request.messages[1].content, "Hello");
    EXPECT_EQ(request.options.max_new_tokens, 7);
    EXPECT_DOUBLE_EQ(request.options.temperature, 0.5);
    EXPECT_DOUBLE_EQ(request.options.top_p, 0.9);
    EXPECT_EQ(request.options.seed, 3U);
    EXPECT_EQ(request.options.top_k, 40);
    EXPECT_DOUBLE_EQ(request.options.min_p, 0.1);
    EXPECT_DOUBLE_EQ(request.options.repetition_penalty, 1.2);
    EXPECT_EQ(request.options.stop_tokens, (std::vector<text::TokenId>{7}));
    EXPECT_EQ(request.options.stop, (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(request.stream);
}

TEST(ParseRequest, NamesTheFieldThatIsWrong)
{
    const auto chat = [](const std::string& field) {
        return message_of(Endpoint::Chat,
                          R"({"messages": [{"role": "user", "content": "a"}], )" + field + "}");
    };
    EXPECT_EQ(chat(R"("seed": 1)"), "accepted");
    EXPECT_THAT(chat(R"("temperature": 3)"), HasSubstr("\"temperature\" is 3, but must be"));
    EXPECT_THAT(chat(R"("max_tokens": 0)"), HasSubstr("max_tokens"));
    EXPECT_THAT(chat(R"("max_tokens": 1e99)"), HasSubstr("max_tokens"));
    EXPECT_THAT(chat(R"("top_p": "x")"), HasSubstr("top_p"));
    EXPECT_EQ(chat(R"("top_k": -1)"), "accepted") << "all tokens, to vLLM's clients";
    EXPECT_THAT(chat(R"("top_k": -2)"), HasSubstr("\"top_k\" is -2, but must be"));
    EXPECT_THAT(chat(R"("min_p": 1.5)"), HasSubstr("\"min_p\" is 1.5, but must be"));
    EXPECT_THAT(chat(R"("repetition_penalty": 0)"), HasSubstr("repetition_penalty"));
    EXPECT_THAT(chat(R"("stop_token_ids": [-1])"), HasSubstr("stop_token_ids"));
    EXPECT_THAT(chat(R"("stop": ["a", ""])"), HasSubstr("stop"));
    EXPECT_THAT(chat(R"("n": 2)"), HasSubstr("\"n\" is not supported"));
    EXPECT_THAT(chat(R"("colour": 2)"), HasSubstr("Unknown field \"colour\""));
    EXPECT_THAT(message_of(Endpoint::Chat, "{}"), HasSubstr("no \"messages\""));
    EXPECT_THAT(message_of(Endpoint::Chat, "[]"), HasSubstr("not a JSON object"));
    EXPECT_THAT(message_of(Endpoint::Chat, "{\"messages\": \xff}"), HasSubstr("not a JSON object"));
    EXPECT_THAT(message_of(Endpoint::Chat, R"({"messages": [{"role": "robot", "content": ""}]})"),
                HasSubstr("\"robot\""));
    EXPECT_THAT(message_of(Endpoint::Completion, R"({"prompt": ["a", "b"]})"), HasSubstr("prompt"));
    EXPECT_EQ(message_of(Endpoint::Completion, R"({"prompt": ["a"]})"), "accepted");
}

TEST(Answer, CarriesTextReasonAndUsage)
{
    const AnswerHead head{Endpoint::Chat, "chatcmpl-1", "m", 12};
    const json answer = json::parse(answer_json(head, "Hi", "stop", {3, 2, 9.5}));
    EXPECT_EQ(answer["object"], "chat.completion");
    EXPECT_EQ(answer["choices"][0]["message"]["content"], "Hi");
    EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(answer["usage"]["total_tokens"], 5);
    EXPECT_EQ(answer["usage"]["tokens_per_second"], 9.5);
}

TEST(Answer, EventsAreChunksAndEndWithDone)
{
    const AnswerHead head{Endpoint::Chat, "chatcmpl-1", "m", 12};
    const std::string piece = text_event(head, "H\n\"i");
    ASSERT_TRUE(piece.starts_with("data: ") && piece.ends_with("\n\n"));
    EXPECT_EQ(json::parse(piece.substr(6))["choices"][0]["delta"]["content"], "H\n\"i");
    const std::string last = last_event(head, "length", {3, 2, 9.5});
    EXPECT_TRUE(last.ends_with("data: [DONE]\n\n"));
    const json chunk = json::parse(last.substr(6, last.find('\n') - 6));
    EXPECT_EQ(chunk["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(chunk["usage"]["completion_tokens"], 2);
}

} // namespace
} // namespace lyceum::serve
