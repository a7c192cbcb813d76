#include "core/trackers/append_file.h"

#include "core/base/atomic_file.h"
#include "core/base/system_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace lyceum::trackers {

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_))
    , descriptor_(std::exchange(other.descriptor_, -1))
    , size_(other.size_)
{
}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept
{
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

AppendFile::~AppendFile()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Result<AppendFile> AppendFile::open(const std::filesystem::path& path)
{
    std::error_code failure;
    std::filesystem::create_directories(path.parent_path(), failure);
    if (failure)
        return system_error("create", path.parent_path(), failure.value());
    AppendFile file;
    file.path_ = path;
    file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file.descriptor_ < 0)
        return system_error("write", path, errno);
    const auto end = ::lseek(file.descriptor_, 0, SEEK_END);
    if (end < 0)
        return system_error("write", path, errno);
    file.size_ = static_cast<std::uint64_t>(end);
    return file;
}

Result<void> AppendFile::append(std::string_view bytes)
{
    auto offset = size_;
    while (!bytes.empty()) {
        const auto count =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            const auto error = system_error("write", path_, errno);
            // What cannot be cut off now is written over by the next piece.
            [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(size_));
            return error;
        }
        offset += static_cast<std::uint64_t>(count);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    size_ = offset;
    return {};
}

Result<void> AppendFile::truncate(std::uint64_t size)
{
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
        return system_error("write", path_, errno);
    size_ = size;
    return {};
}

Result<std::string> AppendFile::read(std::uint64_t offset, std::size_t size) const
{
    std::string bytes(size, '\0');
    std::size_t count = 0;
    while (count < size) {
        const auto got = ::pread(descriptor_, bytes.data() + count, size - count,
                                 static_cast<off_t>(offset + count));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_error("read", path_, errno);
        if (got == 0)
            break;
        count += static_cast<std::size_t>(got);
    }
    bytes.resize(count);
    return bytes;
}

Result<std::string> read_if_there(const std::filesystem::path& path)
{
    std::error_code status;
    if (!std::filesystem::exists(path, status))
        return std::string();
    return read_file(path, std::size_t{1} << 32);
}

} // namespace lyceum::trackers
