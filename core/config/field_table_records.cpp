// The field table: what is kept and shown while a run goes on; and the keys that come later.

#include "core/config/field_sections.h"

namespace lyceum::config {

namespace {

const EarlyStoppingConfig& early_stopping(const RunConfig& config)
{
    static const EarlyStoppingConfig kDefault;
    const auto& value = config.callbacks.early_stopping;
    return value ? *value : kDefault;
}

EarlyStoppingConfig& early_stopping(RunConfig& config)
{
    auto& value = config.callbacks.early_stopping;
    return value ? *value : value.emplace();
}

const std::vector<FieldChoice> kMonitors = {{"val_loss", "Validation loss"}};
const Later kLaterMonitors = {{"train_loss", "perplexity", "accuracy", "val_accuracy"},
                              "Use val_loss."};

Field early_stopping_toggle()
{
    FieldInfo info{.path = "callbacks.early_stopping",
                   .label = "Stop early",
                   .help = "Ends the run when the validation loss no longer gets better.",
                   .kind = FieldKind::Toggle};
    return {std::move(info),
            [](const RunConfig& config) {
                return scalar(config.callbacks.early_stopping ? "true" : "false");
            },
            [](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
                bool is_on = false;
                const bool is_null = node.kind == YamlNode::Kind::Null;
                if (!is_null && read_value(node, is_on))
                    return not_of_kind("null (off) or a group of settings", node);
                if (!is_on)
                    config.callbacks.early_stopping.reset();
                else
                    (void)early_stopping(config);
                return std::nullopt;
            },
            [](const RunConfig& /*config*/) { return std::optional<Fault>(); }};
}

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

void add_checkpoint_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "checkpoint.monitor",
         .label = "Best by",
         .help = "The figure that says which checkpoint is the best."},
        kMonitors, kLaterMonitors, [](auto& c) -> auto& { return c.checkpoint.monitor; }));
    table.push_back(enum_field(
        {.path = "checkpoint.mode",
         .label = "Better is",
         .help = "Whether a lower or a higher figure is better."},
        {{"min", "Lower"}, {"max", "Higher"}}, {},
        [](auto& c) -> auto& { return c.checkpoint.mode; }));
    table.push_back(integer_field(
        {.path = "checkpoint.save_top_k",
         .label = "Best checkpoints kept",
         .help = "How many of the best checkpoints stay on disk."},
        between(0, 100), [](auto& c) -> auto& { return c.checkpoint.save_top_k; }));
    table.push_back(toggle_field(
        {.path = "checkpoint.save_last",
         .label = "Keep the last checkpoint",
         .help = "Keeps the newest checkpoint, from which a run resumes."},
        [](auto& c) -> auto& { return c.checkpoint.save_last; }));
    table.push_back(integer_field(
        {.path = "checkpoint.every_n_steps",
         .label = "Checkpoint every (steps)",
         .help = "Steps between two checkpoints: what a power cut can "
                 "cost at most."},
        at_least(1), [](auto& c) -> auto& { return c.checkpoint.every_n_steps; }));
}

void add_callback_fields(Table& table)
{
    const std::string group = "callbacks.early_stopping";
    table.push_back(early_stopping_toggle());
    table.push_back(choice_field(
        {.path = group + ".monitor",
         .label = "Stop early by",
         .help = "The figure that has to get better.",
         .enabled_by = group},
        kMonitors, kLaterMonitors, [](auto& c) -> auto& { return early_stopping(c).monitor; }));
    table.push_back(integer_field(
        {.path = group + ".patience",
         .label = "Patience",
         .help = "Validations without gain before the run ends.",
         .enabled_by = group},
        at_least(1), [](auto& c) -> auto& { return early_stopping(c).patience; }));
    table.push_back(number_field(
        {.path = group + ".min_delta",
         .label = "Smallest gain",
         .help = "A gain below this does not count.",
         .enabled_by = group},
        at_least(0), [](auto& c) -> auto& { return early_stopping(c).min_delta; }));
}

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
    const std::string always_on = "It is always on: write {} or leave it out.";
    static const std::vector<LaterKey> kKeys = {
        {"data.curriculum", {"none"}, "Leave it out, or use none."},
        {"trainer.num_nodes", {"1"}, "Leave it out, or use 1."},
        {"trainer.max_restarts",
         {"0"},
         "Leave it out: a run that fails is resumed by hand (lyceum runs resume)."},
        {"trainer.timeout_seconds", {}, "Leave it out: one device waits for no other."},
        {"checkpoint.every_n_minutes", {"0"}, "Leave it out, and use checkpoint.every_n_steps."},
        {"callbacks.learning_rate_monitor", {"{}"}, always_on},
        {"callbacks.gradient_norm", {"{}"}, always_on},
        {"callbacks.memory", {"{}"}, always_on},
        {"trackers", {"[]"}, "Leave it out: every run is recorded in the workspace itself."},
    };
    return kKeys;
}

} // namespace lyceum::config
