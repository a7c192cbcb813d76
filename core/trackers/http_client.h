#pragma once

#include "core/base/result.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace lyceum::trackers {

/// Where a server is, and who asks. Secrets are in no message and no log.
struct HttpServer {
    std::string origin; ///< "https://host:443", without a path.
    std::string path;   ///< What every address begins with: "" or "/mlflow".
    std::string username, password;
    std::string token; ///< A bearer's; wins over the username.
    std::string
        certificate_file; ///< Of the authority that signed the server's; empty: the system's.
    bool checks_certificate = true;
};

/// @param uri "http://host:5000/prefix", "https://name:password@host". @return InvalidConfig.
[[nodiscard]] Result<HttpServer> parse_server(std::string_view uri);

struct HttpAnswer {
    int status = 0;
    std::string body;
};

struct HttpRequest {
    std::string method;
    std::string path; ///< After the server's own.
    std::string body = {};
    std::string content_type = "application/json";
};

/// A client of one server. The server is not trusted: an answer is at most 1 MiB and takes at most
/// 15 s, and it leads nowhere else. Threads: one at a time, but `cancel`.
class HttpClient {
public:
    explicit HttpClient(HttpServer server);
    ~HttpClient();

    /// @return Io naming the server when it cannot be reached or breaks off; any status is an
    /// answer.
    [[nodiscard]] Result<HttpAnswer> send(const HttpRequest& request);
    /// From any thread: ends a request that waits; those that follow fail.
    void cancel();
    [[nodiscard]] const HttpServer& server() const noexcept { return server_; }

private:
    struct Impl;
    HttpServer server_;
    std::unique_ptr<Impl> impl_;
    std::atomic<bool> is_cancelled_ = false;
};

} // namespace lyceum::trackers
