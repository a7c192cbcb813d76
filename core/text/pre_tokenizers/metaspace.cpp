#include "core/text/pre_tokenizers/metaspace.h"

namespace lyceum::text {

Result<Metaspace> Metaspace::read(const PartReader& part)
{
    Metaspace result;
    LYCEUM_TRY(part.character("replacement"));
    LYCEUM_ASSIGN(result.replacement, part.text("replacement"));
    LYCEUM_ASSIGN(const std::string scheme, part.text("prepend_scheme", "always"));
    LYCEUM_ASSIGN(result.splits, part.flag("split", true));
    if (scheme == "first")
        result.prepend = Prepend::First;
    else if (scheme == "never")
        result.prepend = Prepend::Never;
    else if (scheme != "always")
        return part.invalid("has the unknown prepend_scheme \"" + scheme + "\"");
    // Files before prepend_scheme say it so.
    LYCEUM_ASSIGN(const bool adds_space, part.flag("add_prefix_space", true));
    if (!adds_space && result.prepend == Prepend::First)
        return part.invalid("has add_prefix_space false and prepend_scheme first");
    if (!adds_space)
        result.prepend = Prepend::Never;
    return result;
}

} // namespace lyceum::text
