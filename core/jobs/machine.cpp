#include "core/jobs/machine.h"

#include "core/base/text.h"

#include <dlfcn.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>

namespace lyceum::jobs {

namespace {

std::string read_text(const std::filesystem::path& path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::optional<std::uint64_t> to_number(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc() ? std::optional(value) : std::nullopt; // "max" is no number
}

/// The value behind "key:" in /proc/meminfo or /proc/cpuinfo.
std::string field_of(const std::string& text, std::string_view key)
{
    for (const auto& line : split(text, '\n')) {
        if (!line.starts_with(key))
            continue;
        const auto value = line.find_first_not_of(" \t", line.find(':') + 1);
        return value == std::string::npos ? "" : line.substr(value);
    }
    return {};
}

std::uint64_t kib_field(const std::string& text, std::string_view key)
{
    return to_number(field_of(text, key)).value_or(0) * 1024;
}

template <typename T>
void keep_lower(std::optional<T>& kept, std::optional<T> value)
{
    if (value && (!kept || *value < *kept))
        kept = value;
}

void read_group(const std::filesystem::path& group, CgroupLimits& limits)
{
    auto memory = to_number(read_text(group / "memory.max"));                  // version 2
    keep_lower(memory, to_number(read_text(group / "memory.limit_in_bytes"))); // version 1
    if (memory && (!limits.memory_bytes || *memory < *limits.memory_bytes)) {
        limits.memory_bytes = memory;
        limits.memory_used_bytes = to_number(read_text(group / "memory.current"));
        if (!limits.memory_used_bytes)
            limits.memory_used_bytes = to_number(read_text(group / "memory.usage_in_bytes"));
    }
    const auto quota = split(read_text(group / "cpu.max"), ' ');
    if (quota.size() < 2)
        return;
    const auto share = to_number(quota[0]);
    const auto period = to_number(quota[1]);
    if (share && period && *period > 0)
        keep_lower(limits.cores,
                   std::optional(static_cast<double>(*share) / static_cast<double>(*period)));
}

int allowed_cores()
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

} // namespace

CgroupLimits read_cgroup_limits(const std::filesystem::path& root, const std::string& membership)
{
    CgroupLimits limits;
    read_group(root, limits);
    read_group(root / "memory", limits);
    for (const auto& line : split(membership, '\n')) { // "0::/user.slice/x" or "4:memory:/docker/x"
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        auto group = controllers.empty() ? root : root / controllers;
        for (const auto& part : std::filesystem::path(line.substr(second + 1)).relative_path()) {
            group /= part;
            read_group(group, limits);
        }
    }
    return limits;
}

Machine this_machine()
{
    const auto memory = read_text("/proc/meminfo");
    const auto processor = read_text("/proc/cpuinfo");
    const auto limits = read_cgroup_limits("/sys/fs/cgroup", read_text("/proc/self/cgroup"));
    Machine machine;
    machine.processor = field_of(processor, "model name");
    machine.num_cores = allowed_cores();
    machine.memory_bytes = kib_field(memory, "MemTotal");
    machine.available_bytes = kib_field(memory, "MemAvailable");
    if (limits.cores && *limits.cores < machine.num_cores) {
        machine.num_cores = std::max(1, static_cast<int>(std::floor(*limits.cores)));
        machine.is_limited = true;
    }
    if (limits.memory_bytes && *limits.memory_bytes < machine.memory_bytes) {
        machine.memory_bytes = *limits.memory_bytes;
        const auto used = std::min(limits.memory_used_bytes.value_or(0), machine.memory_bytes);
        machine.available_bytes = std::min(machine.available_bytes, machine.memory_bytes - used);
        machine.is_limited = true;
    }
    return machine;
}

// The driver's own library, opened at run time: https://docs.nvidia.com/deploy/nvml-api/
std::vector<std::string> nvidia_gpus()
{
    const std::unique_ptr<void, int (*)(void*)> library(dlopen("libnvidia-ml.so.1", RTLD_NOW),
                                                        dlclose);
    if (!library)
        return {};
    using Init = int (*)();
    using Count = int (*)(unsigned*);
    using Handle = int (*)(unsigned, void**);
    using Name = int (*)(void*, char*, unsigned);
    const auto init = reinterpret_cast<Init>(dlsym(library.get(), "nvmlInit_v2"));
    const auto shutdown = reinterpret_cast<Init>(dlsym(library.get(), "nvmlShutdown"));
    const auto get_count = reinterpret_cast<Count>(dlsym(library.get(), "nvmlDeviceGetCount_v2"));
    const auto get_handle =
        reinterpret_cast<Handle>(dlsym(library.get(), "nvmlDeviceGetHandleByIndex_v2"));
    const auto get_name = reinterpret_cast<Name>(dlsym(library.get(), "nvmlDeviceGetName"));
    const bool complete = init != nullptr && shutdown != nullptr && get_count != nullptr &&
                          get_handle != nullptr && get_name != nullptr;
    if (!complete || init() != 0)
        return {};
    std::vector<std::string> names;
    unsigned count = 0;
    (void)get_count(&count);
    for (unsigned i = 0; i < count; ++i) {
        void* device = nullptr;
        std::array<char, 96> name = {};
        if (get_handle(i, &device) == 0 && get_name(device, name.data(), 96) == 0)
            names.emplace_back(name.data());
    }
    (void)shutdown();
    return names;
}

} // namespace lyceum::jobs
