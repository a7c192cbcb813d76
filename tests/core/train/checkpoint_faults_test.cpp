// Every write of a checkpoint fails in turn: this program's own write, fsync, rename and open stand
// before the system's and refuse the n-th call under the run's folder.
#include "core/checkpoint/retention.h"
#include "tests/core/train/tiny_run.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<long> g_calls_left{-1}; ///< Until one is refused; negative: none is.
int g_reason = EIO;
thread_local bool g_is_watched = false;

bool refuses()
{
    if (!g_is_watched || g_calls_left < 0)
        return false;
    if (g_calls_left-- > 0)
        return false;
    errno = g_reason;
    return true;
}

template <typename Function>
Function* next(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t size)
{
    static auto* real = next<ssize_t(int, const void*, size_t)>("write");
    return refuses() ? -1 : real(descriptor, bytes, size);
}

int fsync(int descriptor)
{
    static auto* real = next<int(int)>("fsync");
    return refuses() ? -1 : real(descriptor);
}

int rename(const char* from, const char* to) noexcept
{
    static auto* real = next<int(const char*, const char*)>("rename");
    return refuses() ? -1 : real(from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept
{
    static auto* real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
    return refuses() ? -1 : real(from_folder, from, to_folder, to, flags);
}

int open(const char* path, int flags, ...)
{
    static auto* real = next<int(const char*, int, ...)>("open");
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
    va_end(arguments);
    return refuses() ? -1 : real(path, flags, mode);
}

} // extern "C"

namespace lyceum::train {
namespace {

using test::TinyRun;

/// The checkpoint of `step` with every file as its manifest says.
bool is_whole(const std::filesystem::path& run, std::int64_t step)
{
    const auto loaded = checkpoint::load_checkpoint(checkpoint::checkpoint_folder(run, step));
    return loaded && loaded.value().trainer.step == step;
}

/// @param step Of the new checkpoint: another one, or the same again.
void expect_nothing_is_lost(int reason, std::int64_t step)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.save_on_validation = false;
    config.trainer.max_steps = 5;
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    ASSERT_TRUE(is_whole(run.folder(), 5));
    auto next = checkpoint::load_checkpoint(checkpoint::checkpoint_folder(run.folder(), 5)).value();
    next.manifest.step = next.trainer.step = step;

    const auto folder = checkpoint::checkpoint_folder(run.folder(), step);
    g_reason = reason;
    long refused = 0;
    for (bool saved = false; !saved; ++refused) {
        ASSERT_LT(refused, 500) << "a save ends";
        SCOPED_TRACE("call " + std::to_string(refused) + " is refused");
        g_calls_left = refused;
        g_is_watched = true;
        const auto result = checkpoint::save_checkpoint(run.folder(), next);
        g_is_watched = false;
        const bool was_refused = g_calls_left < 0;
        g_calls_left = -1;
        EXPECT_TRUE(is_whole(run.folder(), 5)) << "what was saved before stays";
        if (!result) {
            EXPECT_FALSE(result.error().message.empty());
            EXPECT_TRUE(!std::filesystem::exists(folder) || is_whole(run.folder(), step))
                << "a checkpoint exists whole or not at all";
        } else {
            EXPECT_TRUE(is_whole(run.folder(), step));
        }
        if (step != 5)
            std::filesystem::remove_all(folder);
        saved = result && !was_refused;
    }
    EXPECT_GT(refused, 20) << "the faults reached the writes, flushes and renames";
    EXPECT_TRUE(checkpoint::remove_leftovers(run.folder()));
}

TEST(CheckpointFaults, NothingSavedIsLostWhenAnyWriteFails)
{
    expect_nothing_is_lost(EIO, 10);
}

TEST(CheckpointFaults, ACheckpointThatIsWrittenAgainIsNotLostEither)
{
    expect_nothing_is_lost(EIO, 5);
}

TEST(CheckpointFaults, NothingSavedIsLostWhenTheDiskFillsUpAtAnyWrite)
{
    expect_nothing_is_lost(ENOSPC, 10);
}

} // namespace
} // namespace lyceum::train
