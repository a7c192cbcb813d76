#include "core/serve/model_queue.h"

#include "core/base/check.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"

#include <utility>

namespace lyceum::serve {

Ticket::News Ticket::next(std::chrono::milliseconds wait)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [&] { return !text_.empty() || outcome_.has_value(); });
    return {.text = std::exchange(text_, ""), .ended = outcome_.has_value()};
}

void Ticket::cancel()
{
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
}

Result<Ticket::Outcome> Ticket::outcome() const
{
    const std::lock_guard lock(mutex_);
    LYCEUM_CHECK(outcome_.has_value(), "an answer's outcome is asked for after its end");
    return *outcome_;
}

bool Ticket::add(std::string_view piece)
{
    const std::lock_guard lock(mutex_);
    text_ += piece;
    changed_.notify_all();
    return !cancelled_;
}

void Ticket::end(Result<Outcome> outcome)
{
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    changed_.notify_all();
}

ModelQueue::ModelQueue(std::shared_ptr<nn::CausalLm> model, models::ModelPackage package,
                       std::size_t max_waiting)
    : model_(std::move(model))
    , package_(std::move(package))
    , max_waiting_(max_waiting)
    , thread_([this] { work(); })
{
}

ModelQueue::~ModelQueue()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (running_ != nullptr)
            running_->cancel();
        changed_.notify_all();
    }
    thread_.join();
}

Result<std::shared_ptr<Ticket>> ModelQueue::submit(const CompletionRequest& request)
{
    if (!request.model.empty() && request.model != package_.name)
        return Error{ErrorCode::NotFound, "There is no model \"" + request.model + "\" here",
                     "This server has \"" + package_.name + "\"."};
    Job job{.prompt = {}, .request = request, .ticket = std::make_shared<Ticket>()};
    if (request.endpoint == Endpoint::Chat) {
        LYCEUM_ASSIGN(job.prompt, infer::encode_chat(package_, request.messages));
    } else {
        job.prompt = infer::encode_text(package_, request.prompt);
    }
    LYCEUM_TRY(infer::check_prompt(job.prompt, package_.architecture));
    LYCEUM_TRY(infer::check_options(request.options, package_.architecture));
    std::shared_ptr<Ticket> ticket = job.ticket;
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= max_waiting_)
        return Error{ErrorCode::PeerLost,
                     "The server is busy: " + std::to_string(waiting_.size()) +
                         " requests are waiting",
                     "Try again in a moment."};
    waiting_.push_back(std::move(job));
    changed_.notify_all();
    return ticket;
}

void ModelQueue::work()
{
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_)
            break;
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        running_ = job.ticket;
        lock.unlock();
        run(job);
        lock.lock();
        running_.reset();
    }
    for (const Job& job : waiting_)
        job.ticket->end(Error{ErrorCode::Cancelled, "The server is stopping", ""});
    waiting_.clear();
}

void ModelQueue::run(Job& job)
{
    // A client that went away while its request waited costs nothing.
    if (!job.ticket->add("")) {
        job.ticket->end(Error{ErrorCode::Cancelled, "The client has gone", ""});
        return;
    }
    const auto on_text = [&](std::string_view piece) { return job.ticket->add(piece); };
    Result<infer::Generation> result =
        infer::generate(*model_, package_, job.prompt, job.request.options, on_text);
    if (!result) {
        job.ticket->end(result.error());
        return;
    }
    const infer::Generation generation = std::move(result).value();
    job.ticket->end(Ticket::Outcome{.finish_reason = generation.finish_reason,
                                    .usage = {.prompt_tokens = job.prompt.size(),
                                              .completion_tokens = generation.ids.size(),
                                              .tokens_per_second = generation.tokens_per_second}});
}

} // namespace lyceum::serve
