#pragma once

/// @file
/// The models a workspace knows besides those that come along: links in `<workspace>/models`.

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace lyceum::models {

/// Makes a Hugging Face folder or a .gguf file known by a name. It is linked, not copied: where it
/// lies it has to stay.
/// @param name empty: the file's or folder's own.
/// @return the name. AlreadyExists; InvalidConfig for a name that cannot be one; what opening the
/// model says when it is none, and nothing is linked then.
[[nodiscard]] Result<std::string> add_model(const std::filesystem::path& workspace,
                                            const std::filesystem::path& source,
                                            std::string_view name = {});

/// Forgets a model that add_model made known; its files stay.
/// @return NotFound; Unsupported for one that lies in the workspace itself.
[[nodiscard]] Result<void> remove_model(const std::filesystem::path& workspace,
                                        std::string_view name);

/// Whether remove_model would forget it. @param path as list_models says it.
[[nodiscard]] bool is_linked_model(const std::filesystem::path& workspace,
                                   const std::filesystem::path& path);

} // namespace lyceum::models
