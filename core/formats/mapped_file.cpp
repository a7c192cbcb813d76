#include "core/formats/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace lyceum::formats {
namespace {

Error system_error(const std::filesystem::path& path, int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return Error{ErrorCode::NotFound, "there is no file " + path.string(),
                     "Check the path for a slip."};
    return Error{ErrorCode::Io,
                 "cannot read " + path.string() + ": " + std::generic_category().message(number),
                 "Check that the file can be read by you."};
}

} // namespace

MappedFile::MappedFile(std::filesystem::path path, std::span<const std::byte> bytes)
    : path_(std::move(path)), bytes_(bytes)
{
}

MappedFile::~MappedFile()
{
    if (!bytes_.empty())
        ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::release(std::span<const std::byte> part) const noexcept
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(part.data()) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
    if (end > begin) // A wish; where it fails more memory is held, nothing else.
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path)
{
    // Non-blocking: opening a FIFO by mistake must not hang. It means nothing for regular files.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return system_error(path, errno);
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) {
        const int number = errno;
        ::close(descriptor);
        return system_error(path, number);
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return Error{ErrorCode::Io, path.string() + " is not a regular file",
                     "Name a file, not a folder or a device."};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    std::span<const std::byte> bytes;
    if (size > 0) {
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (address == MAP_FAILED) {
            const int number = errno;
            ::close(descriptor);
            return system_error(path, number);
        }
        bytes = {static_cast<const std::byte*>(address), size};
    }
    ::close(descriptor);
    return std::shared_ptr<const MappedFile>(new MappedFile(path, bytes));
}

} // namespace lyceum::formats
