#pragma once

#include "core/models/model_package.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// A model the program knows by name: one file of `<resources>/models/catalogue`.
struct CatalogueEntry {
    std::string name; ///< The file's stem: "smollm2-135m-instruct".
    std::string title;
    std::string architecture;
    std::int64_t num_parameters = 0;
    std::string dtype;
    Licence licence;
    std::filesystem::path path; ///< Of the model's file; it may be absent.
};

/// All entries by name. @return Io; InvalidData naming the file and the key.
[[nodiscard]] Result<std::vector<CatalogueEntry>> read_catalogue();

} // namespace lyceum::models
