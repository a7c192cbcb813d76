// The field table: checkpoints, and the callbacks that watch and guard a run.

#include "core/config/field_sections.h"

#include <charconv>

namespace lyceum::config {

namespace {

/// A callback's settings; those of one that is off are its defaults, until one is set.
template <typename Group>
const Group& part(const RunConfig& config, std::optional<Group> CallbacksConfig::*member)
{
    static const Group kDefault;
    const auto& group = config.callbacks.*member;
    return group ? *group : kDefault;
}

template <typename Group>
Group& part(RunConfig& config, std::optional<Group> CallbacksConfig::*member)
{
    auto& group = config.callbacks.*member;
    return group ? *group : group.emplace();
}

/// Whether a callback is on: true, false, null (off) or `{}` (on).
template <typename Group>
Field callback_toggle(FieldInfo info, std::optional<Group> CallbacksConfig::*member)
{
    info.kind = FieldKind::Toggle;
    return {std::move(info),
            [member](const RunConfig& config) {
                return scalar((config.callbacks.*member) ? "true" : "false");
            },
            [member](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
                bool is_on = node.kind == YamlNode::Kind::Map;
                if (is_on && !node.entries.empty())
                    return Fault{"has no setting " + node.entries.front().first + ".",
                                 "Write {} to switch it on, null to switch it off."};
                if (!is_on && node.kind != YamlNode::Kind::Null && read_value(node, is_on))
                    return not_of_kind("null (off) or a group of settings", node);
                if (!is_on)
                    (config.callbacks.*member).reset();
                else
                    (void)part(config, member);
                return std::nullopt;
            },
            [](const RunConfig& /*config*/) { return std::optional<Fault>(); }};
}

std::optional<Fault> check_metric_name(const std::string& name)
{
    const bool is_name = !name.empty() && name.size() <= 100 &&
                         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
                                                "YZ0123456789_-./") == std::string::npos;
    if (is_name)
        return std::nullopt;
    return Fault{"must be the name of a metric, not \"" + name + "\".",
                 "Metrics are val_loss, perplexity, train_loss, gradient_norm and the like."};
}

const std::vector<FieldChoice> kModes = {{"min", "Lower"}, {"max", "Higher"}};

void add_schedule_of_checkpoints(Table& table)
{
    table.push_back(integer_field(
        {.path = "checkpoint.every_n_steps",
         .label = "Checkpoint every (steps)",
         .help = "Steps between two checkpoints: what a power cut can cost at most; 0 is never."},
        at_least(0), [](auto& c) -> auto& { return c.checkpoint.every_n_steps; }));
    table.push_back(number_field(
        {.path = "checkpoint.every_n_minutes",
         .label = "Checkpoint every (minutes)",
         .help = "Minutes between two checkpoints, besides those by steps; 0 is never."},
        at_least(0), [](auto& c) -> auto& { return c.checkpoint.every_n_minutes; }));
    table.push_back(toggle_field(
        {.path = "checkpoint.log_spaced",
         .label = "Checkpoint at steps 1, 2, 4, 8",
         .help = "Saves and keeps checkpoints close together at first and ever further apart: to "
                 "study how a model learns."},
        [](auto& c) -> auto& { return c.checkpoint.log_spaced; }));
    table.push_back(toggle_field(
        {.path = "checkpoint.save_on_validation",
         .label = "Save after a good validation",
         .help = "Saves a checkpoint whenever a validation is among the best."},
        [](auto& c) -> auto& { return c.checkpoint.save_on_validation; }));
}

void add_early_stopping(Table& table)
{
    const std::string group = "callbacks.early_stopping";
    constexpr auto kGroup = &CallbacksConfig::early_stopping;
    table.push_back(
        callback_toggle({.path = group,
                         .label = "Stop early",
                         .help = "Ends the run when the validation loss no longer gets better."},
                        kGroup));
    table.push_back(text_field(
        {.path = group + ".monitor",
         .label = "Stop early by",
         .help = "The figure that has to get better: any that the run records.",
         .enabled_by = group},
        [](auto& c) -> auto& { return part(c, kGroup).monitor; }, check_metric_name));
    table.push_back(integer_field(
        {.path = group + ".patience",
         .label = "Patience",
         .help = "Validations without gain before the run ends.",
         .enabled_by = group},
        at_least(1), [](auto& c) -> auto& { return part(c, kGroup).patience; }));
    table.push_back(number_field(
        {.path = group + ".min_delta",
         .label = "Smallest gain",
         .help = "A gain below this does not count.",
         .enabled_by = group},
        at_least(0), [](auto& c) -> auto& { return part(c, kGroup).min_delta; }));
    table.push_back(enum_field(
        {.path = group + ".mode",
         .label = "Gain is",
         .help = "Whether a lower or a higher figure is a gain.",
         .enabled_by = group},
        kModes, {}, [](auto& c) -> auto& { return part(c, kGroup).mode; }));
    table.push_back(number_field(
        {.path = group + ".divergence_threshold",
         .label = "Give up beyond",
         .help = "Ends the run at once when the figure is worse than this; 0 is never.",
         .enabled_by = group},
        at_least(0), [](auto& c) -> auto& { return part(c, kGroup).divergence_threshold; }));
    table.push_back(toggle_field(
        {.path = group + ".check_finite",
         .label = "Give up without a number",
         .help = "Ends the run when the figure is no number any more.",
         .enabled_by = group},
        [](auto& c) -> auto& { return part(c, kGroup).check_finite; }));
}

void add_monitors(Table& table)
{
    table.push_back(callback_toggle({.path = "callbacks.learning_rate_monitor",
                                     .label = "Record the learning rate",
                                     .help = "Draws the learning rate of every step."},
                                    &CallbacksConfig::learning_rate_monitor));
    const std::string norm = "callbacks.gradient_norm";
    constexpr auto kNorm = &CallbacksConfig::gradient_norm;
    table.push_back(callback_toggle({.path = norm,
                                     .label = "Record the gradient norm",
                                     .help = "Draws how strongly each step pulls at the model: a "
                                             "rising curve warns of trouble."},
                                    kNorm));
    table.push_back(toggle_field(
        {.path = norm + ".by_layer",
         .label = "Gradient norm by layer",
         .help = "Also draws it for the embeddings, each block and the head.",
         .enabled_by = norm},
        [](auto& c) -> auto& { return part(c, kNorm).by_layer; }));
    table.push_back(integer_field(
        {.path = norm + ".every_n_steps",
         .label = "By layer every (steps)",
         .help = "Steps between two looks at the layers.",
         .enabled_by = norm},
        at_least(1), [](auto& c) -> auto& { return part(c, kNorm).every_n_steps; }));
    table.push_back(
        callback_toggle({.path = "callbacks.memory",
                         .label = "Record memory",
                         .help = "Draws the memory that the run takes, now and at most."},
                        &CallbacksConfig::memory));
    const std::string throughput = "callbacks.throughput";
    constexpr auto kThroughput = &CallbacksConfig::throughput;
    table.push_back(callback_toggle({.path = throughput,
                                     .label = "Record speed",
                                     .help = "Draws tokens and samples per second."},
                                    kThroughput));
    table.push_back(toggle_field(
        {.path = throughput + ".mfu",
         .label = "Compare with the machine's peak",
         .help = "Also draws which share of the machine's own best speed is used (MFU); measures "
                 "that speed once, for a fifth of a second.",
         .enabled_by = throughput},
        [](auto& c) -> auto& { return part(c, kThroughput).mfu; }));
}

void add_weight_averaging(Table& table)
{
    const std::string group = "callbacks.weight_averaging";
    constexpr auto kGroup = &CallbacksConfig::weight_averaging;
    table.push_back(callback_toggle(
        {.path = group,
         .label = "Average the weights",
         .help = "Keeps a running average of the model, which is often better than its last step."},
        kGroup));
    table.push_back(enum_field(
        {.path = group + ".kind",
         .label = "Average",
         .help = "Moving: recent steps count most. Equal: all steps after the start count alike.",
         .enabled_by = group},
        {{"ema", "Moving (EMA)"}, {"swa", "Equal (SWA)"}}, {},
        [](auto& c) -> auto& { return part(c, kGroup).kind; }));
    table.push_back(number_field(
        {.path = group + ".decay",
         .label = "Decay",
         .help = "How much of a moving average stays at each update.",
         .enabled_by = group + ".kind",
         .enabled_when = "ema"},
        below(0, 1), [](auto& c) -> auto& { return part(c, kGroup).decay; }));
    table.push_back(number_field(
        {.path = group + ".start",
         .label = "Average from (share of the run)",
         .help = "The share of the steps after which an equal average begins.",
         .enabled_by = group + ".kind",
         .enabled_when = "swa"},
        below(0, 1), [](auto& c) -> auto& { return part(c, kGroup).start; }));
    table.push_back(integer_field(
        {.path = group + ".every_n_steps",
         .label = "Average every (steps)",
         .help = "Steps between two updates of the average.",
         .enabled_by = group},
        at_least(1), [](auto& c) -> auto& { return part(c, kGroup).every_n_steps; }));
    table.push_back(toggle_field(
        {.path = group + ".validate",
         .label = "Validate the average",
         .help = "Validations and sample answers use the average.",
         .enabled_by = group},
        [](auto& c) -> auto& { return part(c, kGroup).validate; }));
    table.push_back(toggle_field(
        {.path = group + ".save",
         .label = "Save the average",
         .help = "Checkpoints and exports hold the average as the model.",
         .enabled_by = group},
        [](auto& c) -> auto& { return part(c, kGroup).save; }));
}

void add_nan_guard(Table& table)
{
    const std::string group = "callbacks.nan_guard";
    constexpr auto kGroup = &CallbacksConfig::nan_guard;
    table.push_back(callback_toggle(
        {.path = group,
         .label = "Guard against numbers that are none",
         .help = "Acts when the loss or a gradient is not a number, before the model is spoilt."},
        kGroup));
    table.push_back(enum_field(
        {.path = group + ".action",
         .label = "When it is no number",
         .help = "End the run with the cause, or go back to the last good state without the batch.",
         .enabled_by = group},
        {{"halt", "End the run"}, {"rollback", "Go back and leave the batch out"}}, {},
        [](auto& c) -> auto& { return part(c, kGroup).action; }));
    table.push_back(integer_field(
        {.path = group + ".max_rollbacks",
         .label = "Go back at most",
         .help = "How often the run may go back before it ends.",
         .enabled_by = group + ".action",
         .enabled_when = "rollback"},
        between(1, 1000), [](auto& c) -> auto& { return part(c, kGroup).max_rollbacks; }));
}

void add_spike_guard(Table& table)
{
    const std::string group = "callbacks.spike_guard";
    constexpr auto kGroup = &CallbacksConfig::spike_guard;
    table.push_back(callback_toggle(
        {.path = group,
         .label = "Guard against spikes",
         .help = "Acts when the loss or the gradient leaps far above what was usual."},
        kGroup));
    table.push_back(integer_field(
        {.path = group + ".window",
         .label = "Usual are the last (steps)",
         .help = "Steps that say what is usual.",
         .enabled_by = group},
        between(8, 100000), [](auto& c) -> auto& { return part(c, kGroup).window; }));
    table.push_back(number_field(
        {.path = group + ".threshold",
         .label = "A spike is above",
         .help = "How many usual deviations above the usual value a spike begins.",
         .enabled_by = group},
        at_least(1), [](auto& c) -> auto& { return part(c, kGroup).threshold; }));
    table.push_back(enum_field(
        {.path = group + ".action",
         .label = "At a spike",
         .help = "Tell of it, leave the batch out, go back to the last good state, or end the run.",
         .enabled_by = group},
        {{"warn", "Tell"},
         {"skip", "Leave the batch out"},
         {"rollback", "Go back and leave the batch out"},
         {"halt", "End the run"}},
        {}, [](auto& c) -> auto& { return part(c, kGroup).action; }));
    table.push_back(integer_field(
        {.path = group + ".max_rollbacks",
         .label = "Skip or go back at most",
         .help = "How often batches may be left out before the run ends.",
         .enabled_by = group},
        between(1, 1000), [](auto& c) -> auto& { return part(c, kGroup).max_rollbacks; }));
}

} // namespace

void add_checkpoint_fields(Table& table)
{
    table.push_back(text_field(
        {.path = "checkpoint.monitor",
         .label = "Best by",
         .help = "The figure that says which checkpoint is the best: any that the run records."},
        [](auto& c) -> auto& { return c.checkpoint.monitor; }, check_metric_name));
    table.push_back(enum_field(
        {.path = "checkpoint.mode",
         .label = "Better is",
         .help = "Whether a lower or a higher figure is better."},
        kModes, {}, [](auto& c) -> auto& { return c.checkpoint.mode; }));
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
    add_schedule_of_checkpoints(table);
}

void add_callback_fields(Table& table)
{
    add_early_stopping(table);
    add_monitors(table);
    add_weight_averaging(table);
    add_nan_guard(table);
    add_spike_guard(table);
    const std::string group = "callbacks.disk_guard";
    constexpr auto kGroup = &CallbacksConfig::disk_guard;
    table.push_back(
        callback_toggle({.path = group,
                         .label = "Guard the disk",
                         .help = "Leaves scheduled checkpoints out while the disk is nearly full."},
                        kGroup));
    table.push_back(integer_field(
        {.path = group + ".reserve_mib",
         .label = "Keep free (MiB)",
         .help = "What stays free on the disk after a scheduled checkpoint.",
         .enabled_by = group},
        between(0, 1 << 30), [](auto& c) -> auto& { return part(c, kGroup).reserve_mib; }));
}

std::optional<double> parse_max_time(std::string_view text)
{
    constexpr int kUnits[] = {86'400, 3'600, 60, 1};
    constexpr int kLimits[] = {100'000, 24, 60, 60};
    double seconds = 0;
    for (int part = 0; part < 4; ++part) {
        const auto colon = text.find(':');
        const auto digits = text.substr(0, colon);
        if ((part < 3) != (colon != std::string_view::npos) || digits.empty())
            return std::nullopt;
        int value = -1;
        const auto [stop, status] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (status != std::errc() || stop != digits.data() + digits.size() || value < 0 ||
            value >= kLimits[part])
            return std::nullopt;
        seconds += static_cast<double>(value) * kUnits[part];
        text.remove_prefix(part < 3 ? colon + 1 : text.size());
    }
    return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

} // namespace lyceum::config
