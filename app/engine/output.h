#pragma once

/// @file
/// Standard output of the verbs.

#include <nlohmann/json.hpp>

#include <iostream>

namespace lyceum::engine {

/// One object on a line of standard output, at once.
inline void print_json(const nlohmann::json& value)
{
    std::cout << value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

} // namespace lyceum::engine
