#include "core/runtime/guard.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace lyceum::runtime {
namespace {

/// The CPU allocator has no exception type of its own; its message is fixed
/// (c10/core/impl/alloc_cpu.cpp).
bool speaks_of_memory(const std::string& what)
{
    return what.find("not enough memory") != std::string::npos ||
           what.find("can't allocate memory") != std::string::npos ||
           what.find("out of memory") != std::string::npos;
}

Error describe(std::string_view doing, const std::string& what)
{
    const std::string first_line = what.substr(0, what.find('\n'));
    const std::string message = std::string(doing) + ": " + first_line;
    if (speaks_of_memory(what))
        return {ErrorCode::OutOfMemory, message,
                "Use a smaller batch or a shorter max_length, or close other programs."};
    return {ErrorCode::Unsupported, message, ""};
}

} // namespace

Error current_exception_as_error(std::string_view doing) noexcept
{
    try {
        throw;
    } catch (const c10::OutOfMemoryError& error) {
        return describe(doing, std::string("out of memory: ") + error.what_without_backtrace());
    } catch (const c10::Error& error) {
        return describe(doing, error.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        return describe(doing, "out of memory");
    } catch (const std::exception& error) {
        return describe(doing, error.what());
    }
}

} // namespace lyceum::runtime
