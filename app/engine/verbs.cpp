#include "app/engine/verb.h"

namespace lyceum::engine {

std::vector<Verb> verbs()
{
    return {train_verb(), evaluate_verb(), score_verb(), generate_verb(),
            embed_verb(), export_verb(),   serve_verb()};
}

} // namespace lyceum::engine
