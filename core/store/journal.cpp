#include "core/store/journal.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace lyceum::store {

namespace {

// Values of statfs(2) and the kernel's magic.h. FUSE stands for sshfs and its like; its local uses
// only lose a little speed.
constexpr std::array<std::uint64_t, 19> kNotLocal = {
    0x6969,     // NFS
    0x517B,     // SMB
    0xFE534D42, // SMB2
    0xFF534D42, // CIFS
    0x65735546, // FUSE
    0x01021997, // 9P
    0x00C36400, // Ceph
    0x5346414F, // OpenAFS
    0x6B414653, // AFS
    0x0BD00BD0, // Lustre
    0x47504653, // GPFS
    0x19830326, // BeeGFS
    0x564C,     // NCP
    0x73757245, // Coda
    0x7461636F, // OCFS2
    0x01161970, // GFS2
    0x786F4256, // VirtualBox folders
    0xBACBACBC, // VMware folders
    0xAAD7AAEA, // PanFS
};

} // namespace

Journal journal_for(std::uint64_t file_system_magic)
{
    const bool is_local = std::ranges::find(kNotLocal, file_system_magic) == kNotLocal.end();
    return is_local ? Journal::Wal : Journal::Rollback;
}

Journal journal_for_folder(const std::filesystem::path& folder)
{
    struct statfs status = {};
    if (statfs(folder.c_str(), &status) != 0)
        return Journal::Rollback;
    // f_type is signed and 32 bits wide on some machines, where CIFS's number is negative.
    return journal_for(static_cast<std::uint32_t>(status.f_type));
}

} // namespace lyceum::store
