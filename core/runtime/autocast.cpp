#include "core/runtime/autocast.h"

#include <ATen/autocast_mode.h>

namespace lyceum::runtime {

std::optional<at::ScalarType> autocast_type()
{
    if (!at::autocast::is_autocast_enabled(at::kCPU))
        return std::nullopt;
    return at::autocast::get_autocast_dtype(at::kCPU);
}

AutocastScope::AutocastScope(std::optional<at::ScalarType> type)
    : was_enabled_(at::autocast::is_autocast_enabled(at::kCPU))
    , was_caching_(at::autocast::is_autocast_cache_enabled())
    , type_before_(at::autocast::get_autocast_dtype(at::kCPU))
{
    at::autocast::set_autocast_enabled(at::kCPU, type.has_value());
    at::autocast::set_autocast_cache_enabled(false);
    if (type)
        at::autocast::set_autocast_dtype(at::kCPU, *type);
}

AutocastScope::~AutocastScope()
{
    at::autocast::set_autocast_enabled(at::kCPU, was_enabled_);
    at::autocast::set_autocast_cache_enabled(was_caching_);
    at::autocast::set_autocast_dtype(at::kCPU, type_before_);
}

} // namespace lyceum::runtime
