#include "core/trackers/numbers.h"

#include <array>
#include <charconv>
#include <chrono>

namespace lyceum::trackers {

std::string number_text(double value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

double now_seconds()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(since).count();
}

} // namespace lyceum::trackers
