#pragma once

/// @file
/// ModelQueue: the one thread that runs the model, and the requests waiting for it.

#include "core/base/result.h"
#include "core/models/model_package.h"
#include "core/serve/api.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lyceum::nn {
class CausalLm;
}

namespace lyceum::serve {

/// An answer on its way: the model's thread writes, the connection's thread reads. Shared by the
/// two.
class Ticket {
public:
    /// What the connection's thread finds: a piece of text, the end, or nothing new within the
    /// wait.
    struct News {
        std::string text;
        bool ended = false;
    };
    struct Outcome {
        std::string finish_reason;
        Usage usage;
    };

    /// Waits until there is something new, at most `wait`.
    [[nodiscard]] News next(std::chrono::milliseconds wait);
    /// The client has gone: the model stops at the next token.
    void cancel();
    /// After the end: how it ended, or why it failed.
    [[nodiscard]] Result<Outcome> outcome() const;

private:
    friend class ModelQueue;
    bool add(std::string_view piece); ///< false when cancelled
    void end(Result<Outcome> outcome);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    bool cancelled_ = false;
    std::optional<Result<Outcome>> outcome_;
};

/// One generation at a time, in the order they came. Destroying it cancels what is running and
/// waiting.
class ModelQueue {
public:
    /// @param max_waiting requests beyond the one that runs.
    ModelQueue(std::shared_ptr<nn::CausalLm> model, models::ModelPackage package,
               std::size_t max_waiting);
    ~ModelQueue();
    ModelQueue(const ModelQueue&) = delete;
    ModelQueue& operator=(const ModelQueue&) = delete;

    /// Any thread. Checks the request (model's name, prompt's length) before it is queued.
    /// @return NotFound for another model's name; InvalidData for a prompt that does not fit;
    /// PeerLost when the queue is full.
    [[nodiscard]] Result<std::shared_ptr<Ticket>> submit(const CompletionRequest& request);

    [[nodiscard]] const std::string& model_name() const noexcept { return package_.name; }

private:
    struct Job {
        std::vector<text::TokenId> prompt;
        CompletionRequest request;
        std::shared_ptr<Ticket> ticket;
    };

    void work();
    void run(Job& job);

    std::shared_ptr<nn::CausalLm> model_;
    models::ModelPackage package_;
    std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    std::shared_ptr<Ticket> running_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace lyceum::serve
