#pragma once

/// @file
/// A pickle of tensors, read without running anything: an unpickler with no way to call, import or
/// build what is not listed here. Source: CPython, Lib/pickletools.py;
/// torch/_weights_only_unpickler.py.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::formats {

/// What torch._utils._rebuild_tensor_v2 was asked for; nothing of it is checked against storages.
struct PickledTensor {
    std::string name;
    std::string storage_type; ///< "FloatStorage", ...
    std::string key;          ///< Of the storage's entry in the archive.
    std::int64_t storage_elements = 0;
    std::int64_t offset = 0; ///< Elements into the storage.
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides; ///< As many as sizes.
};

/// The tensors of a state dict: a dict of names, or one under "state_dict" of a training program's
/// checkpoint.
/// @param source_name for messages: the file.
/// @return InvalidData for what is no state dict, and naming an opcode or global that tensors and
/// plain containers have no need of (the file may hold code); Unsupported for one that is too
/// large.
[[nodiscard]] Result<std::vector<PickledTensor>> read_pickle(std::span<const std::byte> bytes,
                                                             std::string_view source_name);

} // namespace lyceum::formats
