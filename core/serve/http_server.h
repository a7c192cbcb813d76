#pragma once

/// @file
/// HttpServer: the OpenAI-compatible API over HTTP/1.1.

#include "core/base/result.h"

#include <memory>
#include <string>

namespace lyceum::serve {

class ModelQueue;

struct ServeOptions {
    std::string host = "127.0.0.1";
    int port = 0;             ///< 0: any free one.
    std::string api_key = {}; ///< Empty: none is asked for, which only loopback allows.
};

/// Bound to its port from the start, answers once `run` is called. `stop` may come from any thread.
class HttpServer {
public:
    /// @return InvalidConfig for a host beyond loopback without a key; Io when the port cannot be
    /// had.
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> bind(const ServeOptions& options);
    ~HttpServer();

    /// "http://127.0.0.1:8080"
    [[nodiscard]] const std::string& url() const noexcept;

    /// Answers until `stop`, and not at all after it. @param queue outlives the call.
    void run(ModelQueue& queue);
    void stop();

private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lyceum::serve
