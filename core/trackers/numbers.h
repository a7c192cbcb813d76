#pragma once

#include <string>

namespace lyceum::trackers {

/// The shortest text that reads back equal; "nan", "inf", "-inf" (as Python's float reads them).
[[nodiscard]] std::string number_text(double value);

[[nodiscard]] double now_seconds(); ///< Unix time.

} // namespace lyceum::trackers
