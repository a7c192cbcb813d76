#include "core/trackers/http_client.h"

#include <httplib.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace lyceum::trackers {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::chrono::seconds kConnectTime{3};
constexpr std::chrono::seconds kReadTime{10};
constexpr std::chrono::seconds kWholeTime{15};

/// A server that hangs up while we write must not end the process.
class NoPipeSignal {
public:
    NoPipeSignal()
    {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoPipeSignal()
    {
        const timespec now{};
        while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;

private:
    sigset_t pipe_{};
    sigset_t before_{};
};

Error not_an_address(std::string_view why)
{
    // Without the address itself: it may hold a password.
    return {ErrorCode::InvalidConfig, "The tracking server's address " + std::string(why) + ".",
            "Write it as http://host:5000 or https://host, in MLFLOW_TRACKING_URI or as the "
            "tracker's uri."};
}

bool is_port(std::string_view text)
{
    int port = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
    return status == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_host(std::string_view host)
{
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    };
    return !host.empty() && host.size() < 256 && std::ranges::all_of(host, is_allowed);
}

} // namespace

Result<HttpServer> parse_server(std::string_view uri)
{
    HttpServer server;
    const auto scheme_end = uri.find("://");
    const auto scheme = uri.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https"))
        return not_an_address("begins neither with http:// nor with https://");
    auto rest = uri.substr(scheme_end + 3);
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        server.path = rest.substr(slash);
        rest = rest.substr(0, slash);
    }
    while (server.path.ends_with('/'))
        server.path.pop_back();
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        const auto user = rest.substr(0, at);
        const auto colon = user.find(':');
        server.username = user.substr(0, colon);
        if (colon != std::string_view::npos)
            server.password = user.substr(colon + 1);
        rest = rest.substr(at + 1);
    }
    const auto bracket = rest.rfind(']');
    const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const bool has_port = colon != std::string_view::npos;
    if (!is_host(rest.substr(0, colon)) || (has_port && !is_port(rest.substr(colon + 1))))
        return not_an_address("has no host, or a port that is none");
    server.origin = std::string(scheme) + "://" + std::string(rest) +
                    (has_port            ? ""
                     : scheme == "https" ? ":443"
                                         : ":80");
    return server;
}

struct HttpClient::Impl {
    explicit Impl(const std::string& origin) : client(origin) {}
    httplib::Client client;
};

HttpClient::HttpClient(HttpServer server)
    : server_(std::move(server)), impl_(std::make_unique<Impl>(server_.origin))
{
    auto& client = impl_->client;
    client.set_connection_timeout(kConnectTime);
    client.set_read_timeout(kReadTime);
    client.set_write_timeout(kReadTime);
    client.set_keep_alive(true);
    client.set_follow_location(false); // another host would get our name and password
    client.enable_server_certificate_verification(server_.checks_certificate);
    if (!server_.certificate_file.empty())
        client.set_ca_cert_path(server_.certificate_file);
    if (!server_.token.empty())
        client.set_bearer_token_auth(server_.token);
    else if (!server_.username.empty())
        client.set_basic_auth(server_.username, server_.password);
}

HttpClient::~HttpClient() = default;

void HttpClient::cancel()
{
    is_cancelled_ = true;
    impl_->client.stop();
}

Result<HttpAnswer> HttpClient::send(const HttpRequest& request)
{
    const NoPipeSignal no_signal;
    const auto end = std::chrono::steady_clock::now() + kWholeTime;
    HttpAnswer answer;
    bool is_too_long = false;
    httplib::Request wire;
    wire.method = request.method;
    wire.path = server_.path + request.path;
    wire.body = request.body;
    wire.set_header("Accept", "application/json");
    if (!request.body.empty())
        wire.set_header("Content-Type", request.content_type);
    wire.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        is_too_long = answer.body.size() + size > kMostBytes;
        if (is_too_long || is_cancelled_ || std::chrono::steady_clock::now() > end)
            return false;
        answer.body.append(data, size);
        return true;
    };
    if (is_cancelled_)
        return Error{ErrorCode::Io, "The request to " + server_.origin + " was given up.", ""};
    const auto result = impl_->client.send(wire);
    if (!result)
        return Error{ErrorCode::Io,
                     "The tracking server " + server_.origin +
                         (is_too_long
                              ? " sent an answer of over 1 MiB."
                              : " cannot be reached (" + httplib::to_string(result.error()) + ")."),
                     "What is not sent yet stays in the run's folder and goes to the server when "
                     "it answers again, or with: lyceum runs push RUN"};
    answer.status = result->status;
    return answer;
}

} // namespace lyceum::trackers
