#include "app/cli/progress_line.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace lyceum::cli {
namespace {

constexpr int kBarWidth = 20;

std::string number(double value, const char* format)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string bar(double share)
{
    const auto full = static_cast<std::size_t>(share * kBarWidth);
    return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "]";
}

} // namespace

std::string progress_line(const ProgressView& view, int width)
{
    std::string line;
    if (view.total_steps > 0) {
        const double share = std::clamp(
            static_cast<double>(view.step) / static_cast<double>(view.total_steps), 0.0, 1.0);
        if (width > 0)
            line = bar(share) + " ";
        line += number(100 * share, "%3.0f %%") + "  step " + std::to_string(view.step) + "/" +
                std::to_string(view.total_steps);
    } else {
        line = view.phase;
    }
    if (view.train_loss)
        line += "  loss " + number(*view.train_loss, "%.4f");
    if (view.val_loss)
        line += "  val " + number(*view.val_loss, "%.4f");
    if (view.tokens_per_second)
        line += "  " + number(*view.tokens_per_second, "%.0f") + " tokens/s";
    if (view.seconds_left)
        line += "  " + format_duration(*view.seconds_left) + " left";
    if (view.total_steps > 0 && view.phase != "training")
        line += "  (" + view.phase + ")";
    if (width > 0 && line.size() > static_cast<std::size_t>(width))
        line.resize(static_cast<std::size_t>(width));
    return line;
}

} // namespace lyceum::cli
