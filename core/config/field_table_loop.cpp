// The field table: what part of the data the loop takes, and when it validates.

#include "core/config/field_sections.h"

namespace lyceum::config {

namespace {

std::optional<Fault> check_interval(const CheckInterval& interval)
{
    using Unit = CheckInterval::Unit;
    const auto text = to_string(interval);
    switch (interval.unit) {
    case Unit::Steps:
        return check_range(at_least(1), interval.value, text);
    case Unit::Epochs: {
        auto fault = check_range(above(0, 1), interval.value, text);
        if (fault)
            fault->hint = "A number with a point is a share of an epoch; whole steps have none.";
        return fault;
    }
    case Unit::Minutes:
        return interval.value > 0 ? std::nullopt
                                  : std::optional(Fault{"must be a time above 0.", ""});
    }
    return std::nullopt;
}

Field check_interval_field()
{
    FieldInfo info{.path = "trainer.val_check_interval",
                   .label = "Check every",
                   .help = "When the validation data is looked at: every so many steps (50), a "
                           "share of an epoch (0.25), or a time (10min).",
                   .kind = FieldKind::Text};
    return {
        std::move(info),
        [](const RunConfig& config) {
            return scalar(to_string(config.trainer.val_check_interval));
        },
        [](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
            const auto interval = node.kind == YamlNode::Kind::Scalar
                                      ? parse_check_interval(node.text)
                                      : std::nullopt;
            if (!interval)
                return not_of_kind("steps (50), a share of an epoch (0.25) or a time (10min)",
                                   node);
            config.trainer.val_check_interval = *interval;
            return std::nullopt;
        },
        [](const RunConfig& config) { return check_interval(config.trainer.val_check_interval); }};
}

} // namespace

void add_loop_fields(Table& table)
{
    table.push_back(check_interval_field());
    table.push_back(number_field(
        {.path = "trainer.limit_train_batches",
         .label = "Share of the training data",
         .help = "How much of the training data an epoch takes, shuffled anew each time; 1 is "
                 "all."},
        above(0, 1), [](auto& c) -> auto& { return c.trainer.limit_train_batches; }));
    table.push_back(number_field(
        {.path = "trainer.limit_val_batches",
         .label = "Share of the validation data",
         .help = "How much of the validation data is looked at each time; 1 is all."},
        above(0, 1), [](auto& c) -> auto& { return c.trainer.limit_val_batches; }));
    table.push_back(integer_field(
        {.path = "trainer.num_sanity_val_steps",
         .label = "Check before training",
         .help = "Validation batches looked at before the first step, to find broken data early. "
                 "-1 looks at all and records the loss the model begins with; 0 looks at none.",
         .minus_one = "all"},
        at_least(-1), [](auto& c) -> auto& { return c.trainer.num_sanity_val_steps; }));
}

} // namespace lyceum::config
