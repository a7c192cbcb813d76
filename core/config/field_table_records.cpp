// The field table: samples; and the keys that come later.

#include "core/config/field_sections.h"

namespace lyceum::config {

namespace {

Field prompts_field()
{
    FieldInfo info{.path = "samples.prompts",
                   .label = "Sample questions",
                   .help = "Questions the model answers while it trains, to see what changes.",
                   .kind = FieldKind::TextList};
    return {std::move(info),
            [](const RunConfig& config) {
                YamlNode node;
                node.kind = YamlNode::Kind::Sequence;
                for (const auto& prompt : config.samples.prompts)
                    node.items.push_back(quoted_scalar(prompt));
                return node;
            },
            [](RunConfig& config, const YamlNode& node) {
                return read_value(node, config.samples.prompts);
            },
            [](const RunConfig& config) -> std::optional<Fault> {
                constexpr std::size_t kMost = 32;
                if (config.samples.prompts.size() > kMost)
                    return Fault{"lists " + std::to_string(config.samples.prompts.size()) +
                                     " questions; at most 32 are asked.",
                                 ""};
                for (const auto& prompt : config.samples.prompts) {
                    if (prompt.empty())
                        return Fault{"holds an empty question.", "Write it, or remove it."};
                    if (auto fault = check_text(prompt))
                        return fault;
                }
                return std::nullopt;
            }};
}

} // namespace

void add_sample_fields(Table& table)
{
    table.push_back(prompts_field());
    table.push_back(integer_field(
        {.path = "samples.every_n_steps",
         .label = "Ask every (steps)",
         .help = "Steps between two rounds of sample questions."},
        at_least(1), [](auto& c) -> auto& { return c.samples.every_n_steps; }));
    table.push_back(integer_field(
        {.path = "samples.max_new_tokens",
         .label = "Longest sample answer",
         .help = "Tokens an answer may take."},
        between(1, 4096), [](auto& c) -> auto& { return c.samples.max_new_tokens; }));
}

const std::vector<LaterKey>& later_keys()
{
    static const std::vector<LaterKey> kKeys = {
        {"data.curriculum", {"none"}, "Leave it out, or use none."},
        {"trainer.num_nodes", {"1"}, "Leave it out, or use 1."},
        {"trainer.activation_checkpointing", {"auto", "false"}, "Leave it out, or use auto."},
        {"trainer.max_restarts",
         {"0"},
         "Leave it out: a run that fails is resumed by hand (lyceum runs resume)."},
        {"trainer.timeout_seconds", {}, "Leave it out: one device waits for no other."},
    };
    return kKeys;
}

} // namespace lyceum::config
