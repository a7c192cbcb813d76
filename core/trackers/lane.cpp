#include "core/trackers/lane.h"

#include <algorithm>
#include <utility>

namespace lyceum::trackers {

namespace {

constexpr std::uint64_t kManyUnsynced = 100;
/// What writing to the run's folder may take when time is up for servers.
constexpr std::chrono::seconds kLastWrites{3};

std::string with_hint(const Error& error)
{
    return error.hint.empty() ? error.message : error.message + " " + error.hint;
}

} // namespace

Lane::Lane(std::unique_ptr<Tracker> tracker, LaneOptions options, News on_news)
    : tracker_(std::move(tracker))
    , options_(options)
    , on_news_(std::move(on_news))
    , write_pause_(options.first_pause)
    , sync_pause_(options.first_pause)
{
    status_.name = tracker_->name();
    thread_ = std::thread([this] { work(); });
}

Lane::~Lane()
{
    finish(Clock::now());
}

void Lane::push(std::shared_ptr<const Record> record)
{
    const bool is_end = std::holds_alternative<RunEnd>(*record); // a single one, and never in vain
    {
        const std::lock_guard lock(mutex_);
        const bool is_full = queue_.size() >= options_.capacity && !is_end;
        if (!accepts_ || is_closed_ || is_full) {
            ++status_.num_dropped;
            return;
        }
        queue_.push_back(std::move(record));
    }
    wake_.notify_one();
}

void Lane::close()
{
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        write_at_ = sync_at_ = Clock::now();
    }
    wake_.notify_one();
}

void Lane::finish(Clock::time_point deadline)
{
    if (!thread_.joinable())
        return;
    close();
    {
        std::unique_lock lock(mutex_);
        if (done_.wait_until(lock, deadline, [this] { return is_done_; })) {
            lock.unlock();
            thread_.join();
            return;
        }
        can_sync_ = false;
        gives_up_at_ = Clock::now() + kLastWrites;
    }
    wake_.notify_one();
    tracker_->cancel();
    thread_.join();
}

LaneStatus Lane::status() const
{
    const std::lock_guard lock(mutex_);
    return status_locked();
}

LaneStatus Lane::status_locked() const
{
    auto status = status_;
    status.num_waiting = queue_.size() + num_unsynced_;
    return status;
}

void Lane::work()
{
    std::unique_lock lock(mutex_);
    say("", lock);
    for (;;) {
        const auto now = Clock::now();
        if (now > gives_up_at_)
            break;
        if (!queue_.empty() && now >= write_at_) {
            if (!write_next(lock) && is_closed_)
                break;
            continue;
        }
        const bool wants_sync = can_sync_ && num_unsynced_ > 0;
        if (wants_sync && (now >= sync_at_ || is_closed_)) {
            if (!sync_next(lock) && is_closed_)
                break;
            continue;
        }
        if (is_closed_ && queue_.empty())
            break;
        if (status_.num_dropped > 0 && !std::exchange(has_told_of_drops_, true)) {
            say(status_.name + " cannot keep up: records are dropped. The run itself is whole.",
                lock);
            continue;
        }
        auto next = Clock::time_point::max();
        if (!queue_.empty())
            next = write_at_;
        if (wants_sync)
            next = std::min(next, sync_at_);
        if (next == Clock::time_point::max())
            wake_.wait(lock);
        else
            wake_.wait_until(lock, next);
    }
    status_.num_dropped += queue_.size();
    queue_.clear();
    is_done_ = true;
    const auto dropped = std::to_string(status_.num_dropped);
    const auto unsynced = std::to_string(num_unsynced_);
    std::string sentence;
    if (status_.num_dropped > 0)
        sentence =
            status_.name + " lacks " + dropped +
            " records of this run, which has them all: lyceum runs export-tracker RUN --to " +
            status_.name;
    else if (num_unsynced_ > 0)
        sentence = status_.name + " has " + unsynced +
                   " records to send yet. They are in the run's folder: lyceum runs push RUN";
    say(sentence, lock);
    done_.notify_all();
}

bool Lane::write_next(std::unique_lock<std::mutex>& lock)
{
    const auto record = queue_.front();
    lock.unlock();
    const auto written = deliver(*tracker_, *record);
    const auto num_unsynced = tracker_->num_waiting();
    lock.lock();
    num_unsynced_ = num_unsynced;
    if (written) {
        queue_.pop_front();
        ++status_.num_written;
        note_success(write_pause_, lock);
        return true;
    }
    if (is_transient(written.error()))
        note_failure(written.error(), write_pause_, write_at_, lock);
    else
        give_up(written.error(), lock);
    return false;
}

bool Lane::sync_next(std::unique_lock<std::mutex>& lock)
{
    lock.unlock();
    const auto sent = tracker_->sync();
    const auto num_unsynced = tracker_->num_waiting();
    lock.lock();
    num_unsynced_ = num_unsynced;
    if (sent) {
        sync_at_ =
            num_unsynced > kManyUnsynced ? Clock::now() : Clock::now() + options_.sync_interval;
        note_success(sync_pause_, lock);
        return true;
    }
    if (is_transient(sent.error())) {
        note_failure(sent.error(), sync_pause_, sync_at_, lock);
        return false;
    }
    can_sync_ = false;
    status_.state = "gave_up";
    status_.message = with_hint(sent.error());
    say(status_.name + " gave up: " + status_.message, lock);
    return false;
}

void Lane::note_failure(const Error& error, std::chrono::milliseconds& pause,
                        Clock::time_point& next, std::unique_lock<std::mutex>& lock)
{
    next = Clock::now() + pause;
    pause = std::min(pause * 2, options_.longest_pause);
    const bool is_new = status_.state != "waiting";
    status_.state = "waiting";
    status_.message = error.message;
    if (is_new)
        say(status_.name + " waits and tries again: " + with_hint(error), lock);
}

void Lane::note_success(std::chrono::milliseconds& pause, std::unique_lock<std::mutex>& lock)
{
    const bool had_failed = pause != options_.first_pause;
    pause = options_.first_pause;
    // Writing to the folder says nothing of the server, and the other way round.
    if (!had_failed || write_pause_ != options_.first_pause || sync_pause_ != options_.first_pause)
        return;
    status_.state = "ok";
    status_.message.clear();
    say(status_.name + " goes on.", lock);
}

void Lane::give_up(const Error& error, std::unique_lock<std::mutex>& lock)
{
    accepts_ = false;
    can_sync_ = false;
    status_.num_dropped += queue_.size();
    queue_.clear();
    status_.state = "gave_up";
    status_.message = with_hint(error);
    has_told_of_drops_ = true;
    say(status_.name + " gave up: " + status_.message, lock);
}

void Lane::say(const std::string& sentence, std::unique_lock<std::mutex>& lock)
{
    const auto status = status_locked();
    lock.unlock();
    on_news_(status, sentence);
    lock.lock();
}

} // namespace lyceum::trackers
