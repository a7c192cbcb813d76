#pragma once

#include "core/base/result.h"
#include "core/store/database.h"

#include <cstdint>

namespace lyceum::store {

/// In the file's header (PRAGMA application_id), so that another program's database is told apart:
/// "LYCM".
inline constexpr std::int64_t kApplicationId = 0x4C59434D;

/// The schema this program writes (PRAGMA user_version).
[[nodiscard]] std::int64_t schema_version();

/// Reads only. @return InvalidData if the file is another program's database or of a newer schema.
[[nodiscard]] Result<void> check_is_store(Database& database);

/// Brings the file to `schema_version()`, one durable transaction for all steps; several programs
/// may try at once.
/// @return What `check_is_store` says, or DiskFull or Io; the file is then as before.
[[nodiscard]] Result<void> migrate(Database& database);

} // namespace lyceum::store
