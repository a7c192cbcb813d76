#include "core/formats/json.h"
#include "core/trackers/mlflow_tracker.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

namespace lyceum::trackers {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A stand-in for `mlflow server` on a real socket: remembers points, and can fail.
class Server {
public:
    using Fault = std::function<bool(const httplib::Request&, httplib::Response&)>;

    Server()
    {
        const auto answer = [this](const char* path,
                                   const std::function<json(const json&)>& handler) {
            server_.Post(path, [this, handler](const auto& request, auto& response) {
                handle(request, response, handler);
            });
        };
        server_.Get("/api/2.0/mlflow/experiments/get-by-name",
                    [this](const auto& request, auto& response) {
                        handle(request, response, [](const json&) {
                            return json{{"experiment", {{"experiment_id", "1"}}}};
                        });
                    });
        answer("/api/2.0/mlflow/runs/search", [this](const json&) {
            return json{{"runs", run_.is_null() ? json::array() : json::array({run_})}};
        });
        answer("/api/2.0/mlflow/runs/create", [this](const json&) {
            ++num_runs;
            run_ = {
                {"info", {{"run_id", "r1"}, {"experiment_id", "1"}, {"artifact_uri", "s3://x"}}}};
            return json{{"run", run_}};
        });
        answer("/api/2.0/mlflow/runs/log-batch", [this](const json& body) {
            if (body.contains("metrics"))
                for (const auto& metric : body["metrics"])
                    points.push_back(metric["key"].get<std::string>() + "@" +
                                     std::to_string(metric["step"].get<int>()) + "=" +
                                     metric["value"].dump());
            return json::object();
        });
        answer("/api/2.0/mlflow/runs/update", [this](const json& body) {
            status = body["status"].get<std::string>();
            return json::object();
        });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running())
            std::this_thread::yield();
    }
    ~Server()
    {
        server_.stop();
        thread_.join();
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    std::vector<std::string> points;
    std::string status;
    std::string authorization;
    int num_runs = 0;
    Fault fault; ///< Answers in the server's place, where it returns true.

private:
    void handle(const httplib::Request& request, httplib::Response& response,
                const std::function<json(const json&)>& handler)
    {
        const std::lock_guard lock(mutex_);
        authorization = request.get_header_value("Authorization");
        if (fault && fault(request, response))
            return;
        response.set_content(handler(json::parse(request.body, nullptr, false)).dump(),
                             "application/json");
    }

    std::mutex mutex_;
    json run_;
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};

class MlflowTest : public testing::Test {
protected:
    MlflowTracker tracker(const std::string& uri)
    {
        return MlflowTracker({.server = parse_server(uri), .experiment = "e"});
    }
    [[nodiscard]] RunStart start(std::int64_t step = 0) const
    {
        return {.run = "run",
                .folder = folder_.path() / "mlflow",
                .step = step,
                .is_resumed = step > 0,
                .time = 100};
    }
    static void log_steps(MlflowTracker& tracker, std::int64_t first, std::int64_t last)
    {
        for (auto step = first; step <= last; ++step)
            ASSERT_TRUE(
                tracker.log_metrics({.step = step, .time = 100, .values = {{"loss", 0.5}}}));
    }
    static Result<void> sync_all(MlflowTracker& tracker)
    {
        while (tracker.num_waiting() > 0)
            LYCEUM_TRY(tracker.sync());
        return {};
    }

    test::TemporaryFolder folder_;
    Server server_;
};

TEST_F(MlflowTest, WhatWaitedArrivesOnceWhenTheServerAnswers)
{
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    ASSERT_TRUE(tracker.log_hyperparams({{"optimizer.lr", "0.1"}}));
    log_steps(tracker, 1, 3);
    server_.fault = [](const auto&, auto& response) {
        response.status = 503;
        return true;
    };
    const auto sent = tracker.sync();
    ASSERT_FALSE(sent);
    EXPECT_TRUE(is_transient(sent.error()));
    EXPECT_EQ(tracker.num_waiting(), 4U);
    server_.fault = nullptr;
    log_steps(tracker, 4, 5);
    ASSERT_TRUE(tracker.finalize(RunEnd::Finished));
    ASSERT_TRUE(sync_all(tracker));
    EXPECT_THAT(server_.points, testing::ElementsAre("loss@1=0.5", "loss@2=0.5", "loss@3=0.5",
                                                     "loss@4=0.5", "loss@5=0.5"));
    EXPECT_EQ(server_.status, "FINISHED");
    EXPECT_EQ(server_.num_runs, 1);
}

TEST_F(MlflowTest, ARunThatWasKilledAndResumedHasNoPointTwiceAndOneRun)
{
    {
        auto tracker = this->tracker(server_.url());
        ASSERT_TRUE(tracker.start(start()));
        log_steps(tracker, 1, 5);
        ASSERT_TRUE(tracker.sync());
        log_steps(tracker, 6, 7);
    }
    std::ofstream(folder_.path() / "mlflow" / "spool.jsonl", std::ios::app) << "{\"step\":8,";
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start(4)));
    log_steps(tracker, 5, 9);
    ASSERT_TRUE(sync_all(tracker));
    ASSERT_EQ(server_.points.size(), 9U);
    for (std::size_t i = 0; i < 9; ++i)
        EXPECT_EQ(server_.points[i], "loss@" + std::to_string(i + 1) + "=0.5");
    EXPECT_EQ(server_.num_runs, 1);
}

// The answer to runs/create may be lost with the connection: the run must not be made twice.
TEST_F(MlflowTest, ARunWhoseCreationWasNotHeardOfIsFoundAgain)
{
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 1);
    ASSERT_TRUE(sync_all(tracker));
    std::filesystem::path state = folder_.path() / "mlflow" / "state.json";
    auto known = formats::read_json_file(state).value();
    known["run_id"] = "";
    std::ofstream(state) << known.dump();
    auto again = this->tracker(server_.url());
    ASSERT_TRUE(again.start(start(1)));
    log_steps(again, 2, 2);
    ASSERT_TRUE(sync_all(again));
    EXPECT_EQ(server_.num_runs, 1);
    EXPECT_EQ(server_.points.size(), 2U);
}

TEST_F(MlflowTest, APlaceInTheSpoolThatIsNoneSendsEverythingAgain)
{
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 3);
    const auto state = folder_.path() / "mlflow" / "state.json";
    auto known = formats::read_json_file(state).value();
    known["pushed"] = 7;
    std::ofstream(state) << known.dump();
    auto again = this->tracker(server_.url());
    ASSERT_TRUE(again.start(start(3)));
    EXPECT_EQ(again.num_waiting(), 3U);
    ASSERT_TRUE(sync_all(again));
    EXPECT_EQ(server_.points.size(), 3U);
}

TEST_F(MlflowTest, ValuesThatAreNoNumbersDoNotBreakTheRequest)
{
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    ASSERT_TRUE(tracker.log_metrics(
        {.step = 1, .time = 1, .values = {{"a{b}", std::nan("")}, {"c", -INFINITY}}}));
    ASSERT_TRUE(sync_all(tracker));
    EXPECT_THAT(server_.points, testing::ElementsAre("a_b_@1=\"NaN\"", "c@1=\"-Infinity\""));
}

TEST_F(MlflowTest, ManyPointsGoInRequestsOfAThousand)
{
    std::vector<std::size_t> sizes;
    server_.fault = [&](const httplib::Request& request, httplib::Response&) {
        const auto body = json::parse(request.body, nullptr, false);
        if (body.contains("metrics"))
            sizes.push_back(body["metrics"].size());
        return false;
    };
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 2500);
    ASSERT_TRUE(sync_all(tracker));
    EXPECT_THAT(sizes, testing::ElementsAre(1000, 1000, 500));
}

TEST_F(MlflowTest, HostileAnswersAreErrorsAndNothingIsLost)
{
    auto tracker = this->tracker(server_.url());
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 2);
    const std::vector<std::string> bodies = {
        std::string(std::size_t{8} << 20, 'x'), // more than an answer may hold
        "{\"experiment\": ",
        "[]",
        "{\"experiment\": {\"experiment_id\": 5}}",
        "{\"experiment\": {\"experiment_id\": \"" + std::string(100'000, 'x') + "\"}}",
        std::string(100'000, '['),
        "\xff\xfe",
        ""};
    for (const auto& body : bodies) {
        server_.fault = [&](const auto&, auto& response) {
            response.set_content(body, "application/json");
            return true;
        };
        const auto sent = tracker.sync();
        ASSERT_FALSE(sent) << body.substr(0, 40);
        EXPECT_LT(sent.error().message.size(), 600U);
        EXPECT_EQ(tracker.num_waiting(), 2U);
    }
    server_.fault = [](const auto&, auto& response) { // elsewhere, with our secrets
        response.set_redirect("http://127.0.0.1:1/");
        return true;
    };
    EXPECT_FALSE(tracker.sync());
    server_.fault = nullptr;
    ASSERT_TRUE(sync_all(tracker));
    EXPECT_EQ(server_.points.size(), 2U);
}

TEST_F(MlflowTest, SecretsAreSentAndNeverWritten)
{
    auto with_name = server_.url();
    with_name.insert(with_name.find("//") + 2, "anna:geheim@");
    server_.fault = [](const auto&, auto& response) {
        response.status = 401;
        return true;
    };
    auto tracker = this->tracker(with_name);
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 1);
    const auto sent = tracker.sync();
    ASSERT_FALSE(sent);
    EXPECT_FALSE(is_transient(sent.error()));
    EXPECT_EQ(server_.authorization, "Basic YW5uYTpnZWhlaW0=");
    EXPECT_THAT(sent.error().message, Not(HasSubstr("geheim")));
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "mlflow"))
        EXPECT_THAT(read_if_there(entry.path()).value(), Not(HasSubstr("geheim")));
}

TEST_F(MlflowTest, ADeadServerIsAnErrorThatSaysWhatHappensNow)
{
    auto tracker = this->tracker("http://127.0.0.1:1");
    ASSERT_TRUE(tracker.start(start()));
    log_steps(tracker, 1, 1);
    const auto sent = tracker.sync();
    ASSERT_FALSE(sent);
    EXPECT_TRUE(is_transient(sent.error()));
    EXPECT_THAT(sent.error().message, HasSubstr("http://127.0.0.1:1"));
    EXPECT_THAT(sent.error().hint, HasSubstr("lyceum runs push"));
    tracker.cancel();
    EXPECT_FALSE(tracker.sync());
}

TEST_F(MlflowTest, ASpoolFromElsewhereCannotBreakTheProgram)
{
    for (const char* line : {"[]\n", "3\n", "{\"metrics\": 3}\n", "{\"params\": 3}\n",
                             "{\"status\": 3}\n", "not json\n", "{\"step\":\"x\",\"file\":3}\n"}) {
        folder_.write("mlflow/spool.jsonl", line);
        folder_.write("mlflow/state.json", "{\"uid\": 3, \"pushed\": -1, \"run_id\": []}");
        auto tracker = this->tracker(server_.url());
        ASSERT_TRUE(tracker.start(start())) << line;
        for (int i = 0; i < 3; ++i)
            (void)tracker.sync();
    }
}

TEST(ParseServer, ReadsAddressesAndRefusesOthersWithoutRepeatingThem)
{
    const auto server = parse_server("https://anna:pw@host.example/mlflow/").value();
    EXPECT_EQ(server.origin, "https://host.example:443");
    EXPECT_EQ(server.path, "/mlflow");
    EXPECT_EQ(server.username, "anna");
    EXPECT_EQ(server.password, "pw");
    EXPECT_EQ(parse_server("http://[::1]:5000").value().origin, "http://[::1]:5000");
    for (const char* uri : {"", "host:5000", "sqlite:///geheim.db", "http://", "http://h:0",
                            "http://h:99999", "http://a b", "http://geheim:x@"}) {
        const auto refused = parse_server(uri);
        ASSERT_FALSE(refused) << uri;
        EXPECT_THAT(refused.error().message, Not(HasSubstr("geheim")));
    }
}

} // namespace
} // namespace lyceum::trackers
