#pragma once

/// @file
/// Writes what torch.save(state_dict, path) writes: an uncompressed ZIP archive with a pickle that
/// torch.load(weights_only=True, mmap=True) reads.
/// Source: torch/serialization.py (_save), caffe2/serialize/inline_container.cc; PKWARE's
/// APPNOTE.TXT.

#include "core/formats/tensor_writer.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace lyceum::formats {

/// Starts a file: an OrderedDict of contiguous tensors, in their order.
/// @param tensors of F32, F16 or BF16. @return DiskFull when the whole file would not fit; Io.
[[nodiscard]] Result<std::unique_ptr<TensorWriter>> create_torch(const std::filesystem::path& path,
                                                                 std::vector<StoredTensor> tensors);

} // namespace lyceum::formats
