#pragma once

/// @file
/// How much memory tensors take: LibTorch's allocator on the CPU, counted.

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace lyceum::test {

/// Takes over from now to the end of the program's life; make one through `counting_allocator`.
class CountingAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t size) override
    {
        auto* start = static_cast<std::byte*>(std::aligned_alloc(kHeader, padded(size)));
        if (start == nullptr)
            throw std::bad_alloc();
        std::memcpy(start, &size, sizeof(size));
        live_ += static_cast<std::int64_t>(size);
        peak_ = std::max(peak_.load(), live_.load());
        void* data = start + kHeader;
        return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* to, const void* from, std::size_t count) const override
    {
        default_copy_data(to, from, count);
    }

    /// The most bytes that tensors take while `function` runs, above what they take before it.
    template <typename Function>
    std::int64_t peak_of(const Function& function)
    {
        const std::int64_t before = live_;
        peak_ = before;
        function();
        return peak_ - before;
    }

private:
    static constexpr std::size_t kHeader = 64; // holds the size; data stay aligned
    static std::size_t padded(std::size_t size)
    {
        return (size + kHeader - 1) / kHeader * kHeader + kHeader;
    }
    static void release(void* data)
    {
        auto* start = static_cast<std::byte*>(data) - kHeader;
        std::size_t size = 0;
        std::memcpy(&size, start, sizeof(size));
        live_ -= static_cast<std::int64_t>(size);
        std::free(start);
    }

    inline static std::atomic<std::int64_t> live_ = 0;
    inline static std::atomic<std::int64_t> peak_ = 0;
};

inline CountingAllocator& counting_allocator()
{
    static auto* const kAllocator = [] {
        auto* made = new CountingAllocator; // tensors may outlive everything
        c10::SetCPUAllocator(made, 255);
        return made;
    }();
    return *kAllocator;
}

} // namespace lyceum::test
