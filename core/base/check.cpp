#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace lyceum::detail {

void check_failed(std::string_view condition, std::string_view message, std::string_view file,
                  int line) noexcept
{
    std::fprintf(stderr, "Internal error: %.*s (%.*s is false, %.*s:%d)\n",
                 static_cast<int>(message.size()), message.data(),
                 static_cast<int>(condition.size()), condition.data(),
                 static_cast<int>(file.size()), file.data(), line);
    std::fflush(stderr);
    std::abort();
}

} // namespace lyceum::detail
