#include "core/serve/http_server.h"
#include "tests/core/serve/tiny_package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace lyceum::serve {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A server with a tiny model of random weights, running for as long as it lives.
class Running {
public:
    explicit Running(const ServeOptions& options = {}, std::size_t max_waiting = 4)
        : queue_(tiny_queue(max_waiting))
    {
        auto server = HttpServer::bind(options);
        EXPECT_TRUE(server) << server.error().message;
        server_ = std::move(server).value();
        thread_ = std::thread([this] { server_->run(*queue_); });
        while (!client().Get("/health"))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ~Running()
    {
        server_->stop();
        thread_.join();
    }

    [[nodiscard]] httplib::Client client() const
    {
        httplib::Client client(server_->url());
        client.set_read_timeout(20);
        return client;
    }
    [[nodiscard]] httplib::Result post(const std::string& path, const json& body) const
    {
        return client().Post(path, body.dump(), "application/json");
    }
    [[nodiscard]] const HttpServer& server() const { return *server_; }

private:
    std::unique_ptr<ModelQueue> queue_;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

json chat(const std::string& text, int max_tokens)
{
    return {{"messages", {{{"role", "user"}, {"content", text}}}}, {"max_tokens", max_tokens}};
}

TEST(HttpServer, ListsItsModel)
{
    const Running running;
    const auto response = running.client().Get("/v1/models");
    ASSERT_TRUE(response);
    EXPECT_EQ(json::parse(response->body)["data"][0]["id"], "tiny");
}

TEST(HttpServer, StreamsWhatItAnswersAtOnce)
{
    const Running running;
    const auto whole = running.post("/v1/chat/completions", chat("Hello", 12));
    ASSERT_TRUE(whole);
    ASSERT_EQ(whole->status, 200) << whole->body;
    const json answer = json::parse(whole->body);
    EXPECT_EQ(answer["usage"]["prompt_tokens"], 5);
    EXPECT_GT(answer["usage"]["completion_tokens"], 0);

    json request = chat("Hello", 12);
    request["stream"] = true;
    const auto streamed = running.post("/v1/chat/completions", request);
    ASSERT_TRUE(streamed);
    EXPECT_EQ(streamed->get_header_value("Content-Type"), "text/event-stream");
    EXPECT_TRUE(streamed->body.ends_with("data: [DONE]\n\n"));
    std::string text;
    json last;
    std::istringstream lines(streamed->body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("data: {"))
            continue;
        last = json::parse(line.substr(6));
        text += last["choices"][0]["delta"].value("content", "");
    }
    EXPECT_EQ(text, answer["choices"][0]["message"]["content"]);
    EXPECT_EQ(last["usage"]["completion_tokens"], answer["usage"]["completion_tokens"]);
}

TEST(HttpServer, CompletesPlainText)
{
    const Running running;
    const auto response =
        running.post("/v1/completions", {{"prompt", "abc"}, {"max_tokens", 3}, {"model", "tiny"}});
    ASSERT_TRUE(response);
    const json answer = json::parse(response->body);
    EXPECT_EQ(answer["object"], "text_completion");
    EXPECT_TRUE(answer["choices"][0]["text"].is_string());
}

TEST(HttpServer, EndsBeforeAStopTextAlsoWhileStreaming)
{
    const Running running;
    json request = {{"prompt", "abc"}, {"max_tokens", 40}};
    const auto whole = running.post("/v1/completions", request);
    ASSERT_TRUE(whole);
    const std::string text = json::parse(whole->body)["choices"][0]["text"];
    // A stop text of several characters of what is written, wherever they are whole ones.
    std::string stop;
    for (std::size_t at = 5; at + 3 < text.size() && stop.empty(); ++at)
        if (std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                        text.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                        [](char letter) { return letter >= ' ' && letter < 127; }))
            stop = text.substr(at, 2);
    ASSERT_FALSE(stop.empty()) << text;
    request["stop"] = stop;
    const auto cut = running.post("/v1/completions", request);
    ASSERT_TRUE(cut);
    const json choice = json::parse(cut->body)["choices"][0];
    EXPECT_EQ(choice["text"], text.substr(0, text.find(stop)));
    EXPECT_EQ(choice["finish_reason"], "stop");

    request["stream"] = true;
    const auto streamed = running.post("/v1/completions", request);
    ASSERT_TRUE(streamed);
    std::string pieces;
    std::istringstream lines(streamed->body);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("data: {"))
            pieces += json::parse(line.substr(6))["choices"][0].value("text", "");
    EXPECT_EQ(pieces, choice["text"]);
}

TEST(HttpServer, RefusesInJson)
{
    const Running running;
    const auto status = [&](const httplib::Result& response, int wanted, const std::string& part) {
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, wanted) << response->body;
        const json body = json::parse(response->body, nullptr, false);
        ASSERT_TRUE(body.is_object() && body.contains("error")) << response->body;
        EXPECT_THAT(body["error"]["message"].get<std::string>(), HasSubstr(part));
    };
    status(running.client().Get("/nothing"), 404, "nothing at this address");
    status(running.client().Post("/v1/completions", "{}", "text/plain"), 415, "application/json");
    status(running.client().Post("/v1/completions", "{", "application/json"), 400, "JSON");
    status(running.post("/v1/completions", {{"prompt", "a"}, {"model", "gpt"}}), 404, "\"gpt\"");
    status(running.post("/v1/completions", {{"prompt", "a"}, {"stop_token_ids", {256}}}), 400,
           "below 256");
    status(running.post("/v1/completions", {{"prompt", std::string(70000, 'a')}}), 400,
           "70000 tokens");
    status(running.post("/v1/completions", {{"prompt", std::string(2 << 20, 'a')}}), 413, "larger");
}

TEST(HttpServer, AsksForItsKey)
{
    const Running running({.api_key = "secret"});
    EXPECT_EQ(running.client().Get("/v1/models")->status, 401);
    httplib::Client client = running.client();
    client.set_bearer_token_auth("secres");
    EXPECT_EQ(client.Get("/v1/models")->status, 401);
    client.set_bearer_token_auth("secret");
    EXPECT_EQ(client.Get("/v1/models")->status, 200);
}

TEST(HttpServer, RefusesAForeignHostName)
{
    const Running running;
    const auto response = running.client().Get("/v1/models", {{"Host", "evil.example"}});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 403);
}

TEST(HttpServer, DoesNotOpenToOtherMachinesWithoutAKey)
{
    const auto server = HttpServer::bind({.host = "0.0.0.0"});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, ErrorCode::InvalidConfig);
    EXPECT_TRUE(HttpServer::bind({.host = "0.0.0.0", .api_key = "secret"}));
}

TEST(HttpServer, APortThatIsTakenIsAnError)
{
    const Running running;
    const int port =
        std::stoi(running.server().url().substr(running.server().url().rfind(':') + 1));
    const auto second = HttpServer::bind({.port = port});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Io);
}

TEST(HttpServer, AClientThatLeavesFreesTheModel)
{
    const Running running;
    // Uncancelled, this takes a minute, and the client below waits 20 s at most.
    json request = chat("Hi", 60000);
    request["stream"] = true;
    httplib::Client client = running.client();
    int pieces = 0;
    httplib::Request raw;
    raw.method = "POST";
    raw.path = "/v1/chat/completions";
    raw.headers = {{"Content-Type", "application/json"}};
    raw.body = request.dump();
    raw.content_receiver = [&](const char*, std::size_t, std::uint64_t, std::uint64_t) {
        return ++pieces < 3;
    };
    EXPECT_FALSE(client.send(raw));
    const auto next = running.post("/v1/chat/completions", chat("Hi", 2));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->status, 200);
}

TEST(HttpServer, StopDoesNotWaitForALongAnswer)
{
    std::thread asking;
    {
        const Running running;
        asking = std::thread([url = running.server().url()] {
            httplib::Client client(url);
            client.set_read_timeout(20);
            (void)client.Post("/v1/chat/completions", chat("Hi", 60000).dump(), "application/json");
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } // Stops; a minute later were it to wait for the answer.
    asking.join();
}

} // namespace
} // namespace lyceum::serve
