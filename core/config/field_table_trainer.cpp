// The field table: the trainer.

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
    table.push_back(choice_field(
        {.path = "trainer.precision",
         .label = "Precision",
         .help = "How many digits a number keeps while training."},
        {{"auto", "Choose for me"}, {"32-true", "32 bits"}},
        {{"bf16-mixed", "16-mixed", "bf16-true", "16-true", "64-true"}, "Use auto or 32-true."},
        [](auto& c) -> auto& { return c.trainer.precision; }));
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
    table.push_back(text_field(
        {.path = "trainer.max_time",
         .label = "Longest time",
         .help = "Ends and saves the run after days:hours:minutes:seconds of training, as "
                 "00:01:30:00; empty is no limit."},
        [](auto& c) -> auto& { return c.trainer.max_time; },
        [](const std::string& text) -> std::optional<Fault> {
            if (text.empty() || parse_max_time(text))
                return std::nullopt;
            return Fault{"must be a time as DD:HH:MM:SS, not \"" + text + "\".",
                         "An hour and a half is 00:01:30:00."};
        }));
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
    table.push_back(enum_field(
        {.path = "trainer.gradient_clip_algorithm",
         .label = "How gradients are clipped",
         .help = "All of them together by their length, which keeps the direction, or each value "
                 "on its own."},
        {{"norm", "By their length"}, {"value", "Each value"}}, {},
        [](auto& c) -> auto& { return c.trainer.gradient_clip_algorithm; }));
    add_loop_fields(table);
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

} // namespace lyceum::config
