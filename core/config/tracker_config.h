#pragma once

#include <map>
#include <string>

namespace lyceum::config {

/// One of `trackers`: a name, or {name: {option: value}}. Never a secret: those come from the
/// environment.
struct TrackerConfig {
    std::string name;                           ///< Of tracker_kinds() in trackers.h.
    std::map<std::string, std::string> options; ///< Those that were given.
    friend bool operator==(const TrackerConfig&, const TrackerConfig&) = default;
};

} // namespace lyceum::config
