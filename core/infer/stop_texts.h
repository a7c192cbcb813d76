#pragma once

/// @file
/// StopTexts: ends a text before the first of some strings, although it comes in pieces.

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::infer {

class StopTexts {
public:
    explicit StopTexts(std::vector<std::string> stops);

    /// @return what is certain to be before every stop string; the rest is kept until more is
    /// known.
    [[nodiscard]] std::string push(std::string_view piece);
    /// What was kept, now that the text has ended.
    [[nodiscard]] std::string flush();
    [[nodiscard]] bool found() const noexcept { return found_; }

private:
    std::vector<std::string> stops_;
    std::string pending_;
    bool found_ = false;
};

} // namespace lyceum::infer
