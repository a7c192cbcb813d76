// The field table: the trainer and the optimizer.

#include "core/config/field_sections.h"

namespace lyceum::config {

namespace {

void add_hardware(Table& table)
{
    table.push_back(choice_field(
        {.path = "trainer.accelerator",
         .label = "Trained on",
         .help = "The kind of processor that does the work."},
        {{"auto", "Choose for me"}, {"cpu", "Processor"}},
        {{"gpu", "cuda", "mps", "tpu"}, "Use auto or cpu."},
        [](auto& c) -> auto& { return c.trainer.accelerator; }));
    table.push_back(auto_integer_field(
        {.path = "trainer.devices",
         .label = "Devices",
         .help = "How many processors work together."},
        at_least(1), [](auto& c) -> auto& { return c.trainer.devices; }, {1, "Use auto or 1."}));
    table.push_back(choice_field(
        {.path = "trainer.strategy",
         .label = "Strategy",
         .help = "How the work is shared between devices."},
        {{"auto", "Choose for me"}, {"single", "One device"}},
        {{"dp", "ddp", "fsdp", "tp", "pp"}, "Use auto or single: one device trains."},
        [](auto& c) -> auto& { return c.trainer.strategy; }));
    add_precision_fields(table);
}

void add_duration(Table& table)
{
    table.push_back(integer_field(
        {.path = "trainer.max_epochs",
         .label = "Times through the data",
         .help = "How often every sample is seen; -1 is until the steps "
                 "are done.",
         .minus_one = "no limit"},
        at_least(-1), [](auto& c) -> auto& { return c.trainer.max_epochs; }));
    table.push_back(integer_field(
        {.path = "trainer.max_steps",
         .label = "Most steps",
         .help = "Ends the run after so many steps; -1 is no limit.",
         .minus_one = "no limit"},
        at_least(-1), [](auto& c) -> auto& { return c.trainer.max_steps; }));
    table.push_back(auto_integer_field(
        {.path = "trainer.batch_size",
         .label = "Batch size",
         .help = "Samples looked at together; more is steadier and takes more memory."},
        between(1, 65536), [](auto& c) -> auto& { return c.trainer.batch_size; }, {65536, ""}));
    table.push_back(integer_field(
        {.path = "trainer.accumulate_grad_batches",
         .label = "Batches a step",
         .help = "Batches gathered before the model changes: a large batch in little memory."},
        between(1, 65536), [](auto& c) -> auto& { return c.trainer.accumulate_grad_batches; }));
}

Field betas_field()
{
    FieldInfo info{.path = "optimizer.betas",
                   .label = "AdamW betas",
                   .help = "How long the optimizer remembers the direction and the size of past "
                           "steps.",
                   .kind = FieldKind::NumberPair,
                   .range = below(0, 1)};
    return {std::move(info),
            [](const RunConfig& config) {
                YamlNode node;
                node.kind = YamlNode::Kind::Sequence;
                for (const double beta : config.optimizer.betas)
                    node.items.push_back(scalar(format_number(beta)));
                return node;
            },
            [](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
                const Fault fault = not_of_kind("a list of two numbers, as [0.9, 0.95]", node);
                std::array<double, 2> betas = {};
                if (node.kind != YamlNode::Kind::Sequence || node.items.size() != betas.size())
                    return fault;
                for (std::size_t i = 0; i < betas.size(); ++i) {
                    if (auto item_fault = read_value(node.items[i], betas[i]))
                        return item_fault;
                }
                config.optimizer.betas = betas;
                return std::nullopt;
            },
            [](const RunConfig& config) -> std::optional<Fault> {
                for (const double beta : config.optimizer.betas) {
                    if (auto fault = check_range(below(0, 1), beta, format_number(beta)))
                        return fault;
                }
                return std::nullopt;
            }};
}

void add_schedule(Table& table)
{
    table.push_back(enum_field(
        {.path = "optimizer.schedule",
         .label = "Schedule",
         .help = "How the learning rate goes on after the warm-up."},
        {{"cosine", "Down in a curve"}, {"linear", "Down in a line"}, {"constant", "Stays"}}, {},
        [](auto& c) -> auto& { return c.optimizer.schedule; }));
    table.push_back(integer_field(
        {.path = "optimizer.warmup_steps",
         .label = "Warm-up steps",
         .help = "Steps in which the learning rate rises from 0."},
        at_least(0), [](auto& c) -> auto& { return c.optimizer.warmup_steps; }));
    table.push_back(number_field(
        {.path = "optimizer.min_lr_ratio",
         .label = "Lowest learning rate",
         .help = "Where the schedule ends, as a share of the learning rate."},
        between(0, 1), [](auto& c) -> auto& { return c.optimizer.min_lr_ratio; }));
}

} // namespace

void add_trainer_fields(Table& table)
{
    add_hardware(table);
    add_duration(table);
    table.push_back(number_field(
        {.path = "trainer.gradient_clip_val",
         .label = "Clip gradients at",
         .help = "Keeps one odd batch from throwing the model off; 0 "
                 "turns it off."},
        at_least(0), [](auto& c) -> auto& { return c.trainer.gradient_clip_val; }));
    add_memory_fields(table);
    table.push_back(integer_field(
        {.path = "trainer.val_check_interval",
         .label = "Check every (steps)",
         .help = "Steps between two looks at the validation data."},
        at_least(1), [](auto& c) -> auto& { return c.trainer.val_check_interval; }));
    table.push_back(number_field(
        {.path = "trainer.limit_val_batches",
         .label = "Share of the validation data",
         .help = "How much of the validation data is looked at each time; 1 is all."},
        above(0, 1), [](auto& c) -> auto& { return c.trainer.limit_val_batches; }));
    table.push_back(integer_field(
        {.path = "trainer.log_every_n_steps",
         .label = "Record every (steps)",
         .help = "Steps between two points of the curves."},
        at_least(1), [](auto& c) -> auto& { return c.trainer.log_every_n_steps; }));
    table.push_back(toggle_field(
        {.path = "trainer.deterministic",
         .label = "Repeat exactly",
         .help = "The same settings give the same model, to the last "
                 "digit."},
        [](auto& c) -> auto& { return c.trainer.deterministic; }));
}

void add_optimizer_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "optimizer.name",
         .label = "Optimizer",
         .help = "The rule that turns errors into changes of the model."},
        {{"adamw", "AdamW"}}, {{"adam", "sgd", "lion", "adafactor", "muon"}, "Use adamw."},
        [](auto& c) -> auto& { return c.optimizer.name; }));
    table.push_back(number_field(
        {.path = "optimizer.lr",
         .label = "Learning rate",
         .help = "How far each step goes: too high forgets, too low "
                 "learns slowly."},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.lr; }));
    table.push_back(betas_field());
    table.push_back(number_field(
        {.path = "optimizer.eps",
         .label = "AdamW epsilon",
         .help = "Keeps very small gradients from making huge steps."},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.eps; }));
    table.push_back(number_field(
        {.path = "optimizer.weight_decay",
         .label = "Weight decay",
         .help = "Pulls every weight a little towards 0, against learning "
                 "by heart."},
        between(0, 1), [](auto& c) -> auto& { return c.optimizer.weight_decay; }));
    add_schedule(table);
}

} // namespace lyceum::config
