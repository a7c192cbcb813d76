#include "core/strategy/strategy.h"

#include "core/strategy/single_strategy.h"

namespace lyceum::strategy {

Result<std::unique_ptr<Strategy>> make_strategy(std::string_view name)
{
    if (name == "auto" || name == "single")
        return std::unique_ptr<Strategy>(std::make_unique<SingleStrategy>());
    return Error{ErrorCode::Unsupported,
                 "trainer.strategy is '" + std::string(name) + "', which this version cannot do.",
                 "Use auto or single."};
}

} // namespace lyceum::strategy
