#include "core/base/atomic_file.h"

#include "core/base/check.h"
#include "core/base/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lyceum {
namespace fs = std::filesystem;
namespace {

fs::path temporary_beside(const fs::path& path)
{
    static std::atomic<unsigned> counter{0};
    return path.parent_path() / ("." + path.filename().string() + ".tmp-" +
                                 std::to_string(::getpid()) + "-" + std::to_string(++counter));
}

Result<void> sync_path(const fs::path& path, int flags)
{
    const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return system_error("Cannot open", path, errno);
    const int status = ::fsync(descriptor);
    const int reason = errno;
    ::close(descriptor);
    // Some network file systems cannot fsync a folder and say EINVAL: nothing more can be done
    // there.
    if (status != 0 && reason != EINVAL)
        return system_error("Cannot flush", path, reason);
    return {};
}

fs::path folder_of(const fs::path& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

} // namespace

Result<void> write_file_atomically(const fs::path& path, std::string_view content)
{
    LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(path));
    LYCEUM_TRY(file.append(content));
    return file.commit();
}

Result<AtomicFile> AtomicFile::create(const fs::path& path)
{
    const fs::path temporary = temporary_beside(path);
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return system_error("Cannot create", path, errno);
    return AtomicFile{path, temporary, descriptor};
}

AtomicFile::AtomicFile(fs::path path, fs::path temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor)
{
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_))
    , temporary_(std::move(other.temporary_))
    , descriptor_(std::exchange(other.descriptor_, -1))
{
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept
{
    if (this != &other) {
        discard();
        path_ = std::move(other.path_);
        temporary_ = std::move(other.temporary_);
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

AtomicFile::~AtomicFile()
{
    discard();
}

void AtomicFile::discard() noexcept
{
    if (descriptor_ < 0)
        return;
    ::close(std::exchange(descriptor_, -1));
    ::unlink(temporary_.c_str());
}

Result<void> AtomicFile::append(std::span<const std::byte> bytes)
{
    LYCEUM_CHECK(descriptor_ >= 0, "append to a file that is still open");
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return system_error("Cannot write", path_, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> AtomicFile::append(std::string_view text)
{
    return append(std::as_bytes(std::span{text.data(), text.size()}));
}

Result<void> AtomicFile::commit()
{
    LYCEUM_CHECK(descriptor_ >= 0, "commit of a file that is still open");
    if (::fsync(descriptor_) != 0)
        return system_error("Cannot write", path_, errno);
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
        const int reason = errno;
        ::unlink(temporary_.c_str());
        return system_error("Cannot write", path_, reason);
    }
    return sync_path(folder_of(path_), O_DIRECTORY);
}

Result<std::string> read_file(const fs::path& path, std::size_t limit_bytes)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return system_error("Cannot read", path, errno);
    std::string content;
    std::string buffer(std::size_t{1} << 16, '\0');
    ssize_t count = 0;
    int reason = 0;
    while (content.size() <= limit_bytes) {
        count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        reason = count < 0 ? errno : 0;
        if (count <= 0)
            break;
        content.append(buffer, 0, static_cast<std::size_t>(count));
    }
    ::close(descriptor);
    if (reason != 0)
        return system_error("Cannot read", path, reason);
    if (content.size() > limit_bytes)
        return Error{ErrorCode::InvalidData,
                     "Cannot read " + path.string() + ": it is larger than " +
                         std::to_string(limit_bytes) + " bytes",
                     "Check that this is the file you meant."};
    return content;
}

Result<void> sync_folder(const fs::path& folder)
{
    std::error_code failure;
    fs::recursive_directory_iterator entry{folder, failure};
    for (; !failure && entry != fs::recursive_directory_iterator{}; entry.increment(failure)) {
        std::error_code unknown_type;
        if (entry->is_regular_file(unknown_type))
            LYCEUM_TRY(sync_path(entry->path(), 0));
        else if (entry->is_directory(unknown_type))
            LYCEUM_TRY(sync_path(entry->path(), O_DIRECTORY));
    }
    if (failure)
        return system_error("Cannot list", folder, failure.value());
    return sync_path(folder, O_DIRECTORY);
}

} // namespace lyceum
