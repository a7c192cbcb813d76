#include "core/base/system_error.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace lyceum {
namespace {

ErrorCode code_of(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorCode::DiskFull;
    case ENOENT:
        return ErrorCode::NotFound;
    default:
        return ErrorCode::Io;
    }
}

std::string hint_for(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return "Free some space on this disk, or choose another workspace with --workspace.";
    case EFBIG:
        return "Raise the limit on file size (ulimit -f) or choose another disk.";
    case ENOENT:
        return "Check the spelling of the path.";
    case EACCES:
    case EPERM:
    case EROFS:
        return "Check who owns it and its permissions, or choose another place.";
    case EMFILE:
    case ENFILE:
        return "Close other programs or raise the limit on open files (ulimit -n).";
    default:
        return {};
    }
}

} // namespace

Error system_error(std::string_view action, const std::filesystem::path& object, int error_number)
{
    return {.code = code_of(error_number),
            .message = std::string{action} + " " + object.string() + ": " +
                       std::generic_category().message(error_number),
            .hint = hint_for(error_number)};
}

} // namespace lyceum
