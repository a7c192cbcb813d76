#include "core/infer/stop_texts.h"

#include <algorithm>
#include <utility>

namespace lyceum::infer {

StopTexts::StopTexts(std::vector<std::string> stops) : stops_(std::move(stops)) {}

std::string StopTexts::push(std::string_view piece)
{
    if (found_)
        return "";
    pending_ += piece;
    std::size_t end = std::string::npos;
    for (const std::string& stop : stops_)
        end = std::min(end, pending_.find(stop));
    if (end != std::string::npos) {
        found_ = true;
        return std::exchange(pending_, "").substr(0, end);
    }
    // The longest end of the text that may be the beginning of a stop string.
    std::size_t kept = 0;
    for (const std::string& stop : stops_) {
        for (std::size_t length = std::min(stop.size() - 1, pending_.size()); length > kept;
             --length) {
            if (pending_.ends_with(std::string_view(stop).substr(0, length)))
                kept = length;
        }
    }
    std::string certain = pending_.substr(0, pending_.size() - kept);
    pending_.erase(0, certain.size());
    return certain;
}

std::string StopTexts::flush()
{
    return found_ ? "" : std::exchange(pending_, "");
}

} // namespace lyceum::infer
