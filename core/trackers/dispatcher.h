#pragma once

#include "core/trackers/lane.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lyceum::trackers {

/// Hands a run's records to all its trackers; none of them can fail it, and none makes it wait.
///
/// Keeps <folder>/status.json (see status.h) up to date. Threads: the training thread; each tracker
/// has its own.
class Dispatcher {
public:
    /// @param folder <run>/trackers
    Dispatcher(std::vector<std::unique_ptr<Tracker>> trackers, std::filesystem::path folder,
               const LaneOptions& options = {});
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    [[nodiscard]] bool is_empty() const noexcept { return lanes_.empty(); }

    /// An attempt begins; the trackers' own folders come from here.
    void start(RunStart start);
    void log(Record record);
    /// The last record; then waits for what is still on its way, but for no longer than `patience`
    /// (and the time a connection takes to give up).
    void finish(RunEnd end, std::chrono::milliseconds patience);

    /// Sentences for people since the last call: what dropped, gave up, or goes on again.
    [[nodiscard]] std::vector<std::string> take_news();
    [[nodiscard]] std::vector<LaneStatus> statuses() const;

private:
    void note(const LaneStatus& status, const std::string& sentence);

    const std::filesystem::path folder_;
    std::mutex file_mutex_; ///< Held while writing: never taken by the training thread.
    std::vector<LaneStatus> statuses_;
    std::mutex news_mutex_;
    std::vector<std::string> news_;
    std::vector<std::unique_ptr<Lane>> lanes_; ///< Last: their threads use the others.
};

} // namespace lyceum::trackers
