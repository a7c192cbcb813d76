#pragma once

#include <nlohmann/json.hpp>

#include <fstream>

namespace lyceum::optim::test {

/// tests/reference/train_reference.json, made by the script beside it.
inline nlohmann::json reference()
{
    std::ifstream file(LYCEUM_TEST_DATA "/reference/train_reference.json");
    return nlohmann::json::parse(file);
}

/// tests/reference/optim_reference.json, made by the script beside it.
inline nlohmann::json optimizer_reference()
{
    std::ifstream file(LYCEUM_TEST_DATA "/reference/optim_reference.json");
    return nlohmann::json::parse(file);
}

} // namespace lyceum::optim::test
