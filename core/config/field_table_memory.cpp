// The field table: what a run's numbers and its memory look like.

#include "core/config/field_sections.h"

namespace lyceum::config {

namespace {

/// A place for the optimizer's state that only a device with memory of its own can use.
Field offload_field()
{
    auto field = toggle_field(
        {.path = "trainer.offload_optimizer",
         .label = "Optimizer in main memory",
         .help = "On a graphics card, keeps the optimizer's state in the computer's memory. A "
                 "processor has it there anyway: leave it off."},
        [](auto& c) -> auto& { return c.trainer.offload_optimizer; });
    field.check = [](const RunConfig& config) -> std::optional<Fault> {
        if (!config.trainer.offload_optimizer)
            return std::nullopt;
        return Fault{"is true, but this run trains on the processor: the optimizer's state is in "
                     "the computer's memory already.",
                     "Leave it at false; to need less memory use model.method: lora, "
                     "trainer.activation_checkpointing: full or a smaller trainer.batch_size."};
    };
    return field;
}

} // namespace

void add_precision_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "trainer.precision",
         .label = "Precision",
         .help = "How many digits a number keeps while training. Mixed: products in 16 bits, "
                 "weights in 32. auto is 32-true on a processor, where 16 bits are faster only if "
                 "it has instructions for them (bf16: most server processors since 2020; 16-mixed "
                 "hardly any, and is then several times slower)."},
        {{"auto", "Choose for me"},
         {"32-true", "32 bits"},
         {"bf16-mixed", "bfloat16 products, 32-bit weights"},
         {"bf16-true", "bfloat16 throughout"},
         {"16-mixed", "16-bit products with loss scaling"},
         {"64-true", "64 bits, for tests"}},
        {{"16-true"}, "Use bf16-true, or 16-mixed: weights in 16 bits lose small steps."},
        [](auto& c) -> auto& { return c.trainer.precision; }));
}

void add_memory_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "trainer.activation_checkpointing",
         .label = "Recompute instead of keep",
         .help = "Makes each layer's intermediate results again when they are needed: the same "
                 "result with less memory, about a third slower. auto keeps them."},
        {{"auto", "Choose for me"},
         {"none", "Keep everything"},
         {"full", "Recompute every layer"},
         {"selective", "Recompute some layers"}},
        {}, [](auto& c) -> auto& { return c.trainer.activation_checkpointing; }));
    table.push_back(integer_field(
        {.path = "trainer.activation_checkpointing_every",
         .label = "Recompute every (layers)",
         .help = "2 recomputes every second layer: half the saving at half the cost.",
         .enabled_by = "trainer.activation_checkpointing",
         .enabled_when = "selective"},
        between(2, 1000),
        [](auto& c) -> auto& { return c.trainer.activation_checkpointing_every; }));
    table.push_back(offload_field());
}

} // namespace lyceum::config
