#include "core/trackers/dispatcher.h"

#include "core/trackers/status.h"

#include <algorithm>
#include <utility>

namespace lyceum::trackers {

Dispatcher::Dispatcher(std::vector<std::unique_ptr<Tracker>> trackers, std::filesystem::path folder,
                       const LaneOptions& options)
    : folder_(std::move(folder))
{
    for (auto& tracker : trackers)
        lanes_.push_back(
            std::make_unique<Lane>(std::move(tracker), options,
                                   [this](const LaneStatus& status, const std::string& sentence) {
                                       note(status, sentence);
                                   }));
}

Dispatcher::~Dispatcher()
{
    lanes_.clear(); // while what they tell is still here
}

void Dispatcher::start(RunStart start)
{
    for (const auto& lane : lanes_) {
        auto own = start;
        own.folder = folder_ / lane->status().name;
        lane->push(std::make_shared<const Record>(std::move(own)));
    }
}

void Dispatcher::log(Record record)
{
    if (lanes_.empty())
        return;
    const auto shared = std::make_shared<const Record>(std::move(record));
    for (const auto& lane : lanes_)
        lane->push(shared);
}

void Dispatcher::finish(RunEnd end, std::chrono::milliseconds patience)
{
    log(end);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (const auto& lane : lanes_)
        lane->close();
    for (const auto& lane : lanes_)
        lane->finish(deadline);
}

std::vector<std::string> Dispatcher::take_news()
{
    const std::lock_guard lock(news_mutex_);
    return std::exchange(news_, {});
}

std::vector<LaneStatus> Dispatcher::statuses() const
{
    std::vector<LaneStatus> statuses;
    for (const auto& lane : lanes_)
        statuses.push_back(lane->status());
    return statuses;
}

void Dispatcher::note(const LaneStatus& status, const std::string& sentence)
{
    if (!sentence.empty()) {
        const std::lock_guard lock(news_mutex_);
        news_.push_back(sentence);
    }
    const std::lock_guard lock(file_mutex_);
    const auto known = std::ranges::find(statuses_, status.name, &LaneStatus::name);
    if (known == statuses_.end())
        statuses_.push_back(status);
    else
        *known = status;
    // A folder that cannot be written is told of by the trackers that write there.
    (void)write_statuses(folder_, statuses_);
}

} // namespace lyceum::trackers
