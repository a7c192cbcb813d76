#pragma once

#include "core/base/result.h"
#include "core/text/jinja/ast.h"

#include <string_view>

namespace lyceum::text::jinja {

/// Parses a template of at most 256 KiB, nested at most 64 deep.
/// @return InvalidData with the line of a syntax error; Unsupported naming a tag that is not known.
[[nodiscard]] Result<Body> parse(std::string_view source);

} // namespace lyceum::text::jinja
