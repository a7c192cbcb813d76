#pragma once

#include "core/trackers/tracker.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace lyceum::trackers {

struct LaneOptions {
    std::size_t capacity = 16384;               ///< Records that may wait.
    std::chrono::milliseconds first_pause{500}; ///< After a failure; doubles with each.
    std::chrono::milliseconds longest_pause{60'000};
    std::chrono::milliseconds sync_interval{1000}; ///< Between requests while little waits.
};

/// How a tracker does.
struct LaneStatus {
    std::string name;
    std::string state = "ok"; ///< ok | waiting (tries again) | gave_up
    std::uint64_t num_written = 0;
    std::uint64_t num_dropped = 0;
    std::uint64_t num_waiting = 0; ///< In the queue, and in the folder but not at the server.
    std::string message;           ///< The last error.
};

/// One tracker with a bounded queue and a thread of its own. Nothing here makes the caller wait for
/// the tracker.
class Lane {
public:
    /// @param on_news Called on the lane's thread when the state changes, and at the end; with a
    /// sentence for people where there is something to say.
    using News = std::function<void(const LaneStatus&, const std::string& sentence)>;
    Lane(std::unique_ptr<Tracker> tracker, LaneOptions options, News on_news);
    ~Lane(); ///< As `finish` at once.
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// A full queue drops the record, and counts it.
    void push(std::shared_ptr<const Record> record);
    /// No more records; what waits is tried once more.
    void close();
    /// Waits for the end, for servers until then only; a folder gets a few seconds more. What is
    /// not written by then is dropped, and counted.
    void finish(std::chrono::steady_clock::time_point deadline);

    [[nodiscard]] LaneStatus status() const;

private:
    using Clock = std::chrono::steady_clock;

    void work();
    [[nodiscard]] bool write_next(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] bool sync_next(std::unique_lock<std::mutex>& lock);
    void note_failure(const Error& error, std::chrono::milliseconds& pause, Clock::time_point& next,
                      std::unique_lock<std::mutex>& lock);
    void note_success(std::chrono::milliseconds& pause, std::unique_lock<std::mutex>& lock);
    void give_up(const Error& error, std::unique_lock<std::mutex>& lock);
    void say(const std::string& sentence, std::unique_lock<std::mutex>& lock);
    [[nodiscard]] LaneStatus status_locked() const;

    const std::unique_ptr<Tracker> tracker_;
    const LaneOptions options_;
    const News on_news_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    std::deque<std::shared_ptr<const Record>> queue_;
    LaneStatus status_;
    std::uint64_t num_unsynced_ = 0; ///< The tracker's own, as of its last call.
    std::chrono::milliseconds write_pause_, sync_pause_;
    Clock::time_point write_at_, sync_at_;
    bool has_told_of_drops_ = false;
    bool accepts_ = true;  ///< False once the tracker has given up.
    bool can_sync_ = true; ///< False after a final error of its server.
    bool is_closed_ = false;
    Clock::time_point gives_up_at_ = Clock::time_point::max();
    bool is_done_ = false;
    std::thread thread_;
};

} // namespace lyceum::trackers
