#pragma once

#include "core/models/model_package.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace lyceum::test {

/// The starter model, opened once a process.
inline const models::ModelPackage& smollm2()
{
    static const models::ModelPackage package = [] {
        auto opened = models::open_model("smollm2-135m-instruct", "/nonexistent");
        EXPECT_TRUE(opened) << opened.error().message;
        return std::move(opened).value();
    }();
    return package;
}

/// A file of reference values under tests/.
inline nlohmann::json read_reference(const std::string& name)
{
    std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/" + name);
    EXPECT_TRUE(file) << name;
    return nlohmann::json::parse(file);
}

} // namespace lyceum::test
