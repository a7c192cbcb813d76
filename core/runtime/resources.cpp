#include "core/runtime/resources.h"

#include "core/base/check.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace lyceum::runtime {
namespace {

std::optional<std::string> first_line(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line))
        return std::nullopt;
    return line;
}

std::optional<std::uint64_t> read_number(const std::string& path)
{
    std::ifstream file(path);
    std::uint64_t number = 0;
    if (!(file >> number))
        return std::nullopt;
    return number;
}

/// CPUs' worth of time the control group may use; v2's "max 100000" means no limit.
std::optional<double> cgroup_cpus()
{
    if (const auto line = first_line("/sys/fs/cgroup/cpu.max")) {
        std::istringstream in(*line);
        double quota = 0;
        double period = 0;
        if (in >> quota >> period && period > 0)
            return quota / period;
        return std::nullopt;
    }
    std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    double quota = 0;
    const auto period = read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (quota_file >> quota && quota > 0 && period && *period > 0)
        return quota / static_cast<double>(*period);
    return std::nullopt;
}

std::optional<std::uint64_t> cgroup_memory_limit()
{
    if (const auto limit = read_number("/sys/fs/cgroup/memory.max"))
        return limit;
    return read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
}

std::optional<std::uint64_t> cgroup_memory_used()
{
    if (const auto used = read_number("/sys/fs/cgroup/memory.current"))
        return used;
    return read_number("/sys/fs/cgroup/memory/memory.usage_in_bytes");
}

/// Value of "Key:   123 kB" in a /proc file, in bytes.
std::uint64_t proc_kilobytes(const char* path, std::string_view key)
{
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':')
            return std::stoull(line.substr(key.size() + 1)) * 1024;
    }
    return 0;
}

} // namespace

int usable_cores()
{
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (sched_getaffinity(0, sizeof(mask), &mask) != 0)
        return 1;
    std::set<std::pair<std::string, std::string>> cores; // (package, core)
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &mask))
            continue;
        const std::string folder =
            "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        cores.emplace(first_line(folder + "physical_package_id").value_or("0"),
                      first_line(folder + "core_id").value_or("cpu" + std::to_string(cpu)));
    }
    int usable = static_cast<int>(cores.size());
    if (const auto quota = cgroup_cpus())
        usable = std::min(usable, static_cast<int>(std::ceil(*quota)));
    return std::max(usable, 1);
}

void initialise(int num_threads)
{
    // Freed blocks stay in the heap: first touch of fresh pages costs more than the arithmetic on
    // them.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    at::set_num_threads(num_threads > 0 ? num_threads : usable_cores());
}

void seed_everything(std::uint64_t seed)
{
    at::manual_seed(seed);
}

MemoryUse memory_use()
{
    return {.current_bytes = proc_kilobytes("/proc/self/status", "VmRSS"),
            .peak_bytes = proc_kilobytes("/proc/self/status", "VmHWM")};
}

HostMemory host_memory()
{
    HostMemory memory{.total_bytes = proc_kilobytes("/proc/meminfo", "MemTotal"),
                      .available_bytes = proc_kilobytes("/proc/meminfo", "MemAvailable")};
    const auto limit = cgroup_memory_limit();
    if (limit && *limit < memory.total_bytes) {
        memory.total_bytes = *limit;
        const std::uint64_t used = std::min(cgroup_memory_used().value_or(0), *limit);
        memory.available_bytes = std::min(memory.available_bytes, *limit - used);
    }
    return memory;
}

double seconds_since_process_start()
{
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    LYCEUM_CHECK(name_end != std::string::npos,
                 "/proc/self/stat has the program's name in brackets");
    std::istringstream fields(line.substr(name_end + 2));
    std::string skipped;
    for (int field = 3; field < 22; ++field)
        fields >> skipped;
    double start_ticks = 0;
    fields >> start_ticks;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const double uptime = static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
    return uptime - start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace lyceum::runtime
