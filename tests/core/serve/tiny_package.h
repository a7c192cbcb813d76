#pragma once

#include "core/serve/model_queue.h"

#include <memory>

namespace lyceum::serve {

/// A queue before a model named "tiny": random weights, a token a byte, a context of 65536 tokens.
[[nodiscard]] std::unique_ptr<ModelQueue> tiny_queue(std::size_t max_waiting);

} // namespace lyceum::serve
