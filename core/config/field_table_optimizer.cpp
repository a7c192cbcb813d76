// The field table: the optimizer, its groups of parameters and its schedule.

#include "core/config/field_sections.h"

#include <array>

namespace lyceum::config {

namespace {

FieldUse with_optimizer(std::vector<std::string> names)
{
    return {"optimizer.name", std::move(names)};
}

FieldUse with_schedule(std::vector<std::string> names)
{
    return {"optimizer.schedule", std::move(names)};
}

YamlNode write_betas(const RunConfig& config)
{
    YamlNode node = scalar("auto");
    if (!config.optimizer.betas)
        return node;
    node.kind = YamlNode::Kind::Sequence;
    for (const double beta : *config.optimizer.betas)
        node.items.push_back(scalar(format_number(beta)));
    return node;
}

std::optional<Fault> read_betas(RunConfig& config, const YamlNode& node)
{
    if (node.kind == YamlNode::Kind::Scalar && node.text == "auto") {
        config.optimizer.betas.reset();
        return std::nullopt;
    }
    const Fault fault = not_of_kind("auto or a list of two numbers, as [0.9, 0.95]", node);
    std::array<double, 2> betas = {};
    if (node.kind != YamlNode::Kind::Sequence || node.items.size() != betas.size())
        return fault;
    for (std::size_t i = 0; i < betas.size(); ++i) {
        if (auto item_fault = read_value(node.items[i], betas[i]))
            return item_fault;
    }
    config.optimizer.betas = betas;
    return std::nullopt;
}

Field betas_field()
{
    FieldInfo info{.path = "optimizer.betas",
                   .label = "Betas",
                   .help = "How long the optimizer remembers the direction and the size of past "
                           "steps; auto is what suits it.",
                   .kind = FieldKind::NumberPair,
                   .range = below(0, 1),
                   .has_auto = true,
                   .used_with = with_optimizer({"adamw", "lion", "muon"})};
    return {std::move(info), write_betas, read_betas,
            [](const RunConfig& config) -> std::optional<Fault> {
                if (!config.optimizer.betas)
                    return std::nullopt;
                for (const double beta : *config.optimizer.betas) {
                    if (auto fault = check_range(below(0, 1), beta, format_number(beta)))
                        return fault;
                }
                return std::nullopt;
            }};
}

std::string write_step_count(const StepCount& count)
{
    if (count.percent == 0.0)
        return std::to_string(count.steps);
    auto text = format_number(count.percent);
    if (text.ends_with(".0"))
        text.resize(text.size() - 2);
    return text + "%";
}

std::optional<Fault> read_step_count(const YamlNode& node, StepCount& count)
{
    const Fault fault = not_of_kind("a whole number of steps or a share such as 5%", node);
    if (node.kind != YamlNode::Kind::Scalar)
        return fault;
    const auto& text = node.text;
    if (text.ends_with('%')) {
        double percent = 0;
        if (read_value(scalar(text.substr(0, text.size() - 1)), percent))
            return fault;
        count = StepCount::share(percent);
        return std::nullopt;
    }
    std::int64_t steps = 0;
    if (read_value(scalar(text), steps))
        return fault;
    count = steps;
    return std::nullopt;
}

Field warmup_field()
{
    FieldInfo info{.path = "optimizer.warmup_steps",
                   .label = "Warm-up",
                   .help = "Steps in which the learning rate rises from 0: a number, or a share of "
                           "all steps such as 5%.",
                   .kind = FieldKind::Text};
    return {std::move(info),
            [](const RunConfig& config) {
                return scalar(write_step_count(config.optimizer.warmup_steps));
            },
            [](RunConfig& config, const YamlNode& node) {
                return read_step_count(node, config.optimizer.warmup_steps);
            },
            [](const RunConfig& config) -> std::optional<Fault> {
                const auto& count = config.optimizer.warmup_steps;
                if (count.percent != 0.0)
                    return check_range(between(0, 100), count.percent, write_step_count(count));
                return check_range(at_least(0), static_cast<double>(count.steps),
                                   write_step_count(count));
            }};
}

void add_moments(Table& table)
{
    table.push_back(betas_field());
    table.push_back(number_field(
        {.path = "optimizer.eps",
         .label = "AdamW epsilon",
         .help = "Keeps very small gradients from making huge steps.",
         .used_with = with_optimizer({"adamw", "muon"})},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.eps; }));
    table.push_back(auto_number_field(
        {.path = "optimizer.momentum",
         .label = "Momentum",
         .help = "How much of the last step goes on in the next; auto is what suits the optimizer.",
         .used_with = with_optimizer({"sgd", "muon"})},
        below(0, 1), [](auto& c) -> auto& { return c.optimizer.momentum; }));
    table.push_back(toggle_field(
        {.path = "optimizer.nesterov",
         .label = "Nesterov momentum",
         .help = "Looks ahead along the momentum before each step.",
         .used_with = with_optimizer({"sgd"})},
        [](auto& c) -> auto& { return c.optimizer.nesterov; }));
    table.push_back(toggle_field(
        {.path = "optimizer.relative_step",
         .label = "Steps by the size of the weights",
         .help = "Adafactor's own step length, from the size of the weights; the learning rate is "
                 "its limit.",
         .used_with = with_optimizer({"adafactor"})},
        [](auto& c) -> auto& { return c.optimizer.relative_step; }));
    table.push_back(enum_field(
        {.path = "optimizer.state_bits",
         .label = "Optimizer memory",
         .help = "What the optimizer remembers of each weight: in 8 bits it takes a quarter of the "
                 "memory and learns almost the same.",
         .used_with = with_optimizer({"adamw", "lion"})},
        {{"32", "32 bits"}, {"8", "8 bits"}}, {},
        [](auto& c) -> auto& { return c.optimizer.state_bits; }));
}

void add_groups(Table& table)
{
    table.push_back(number_field(
        {.path = "optimizer.weight_decay",
         .label = "Weight decay",
         .help = "Pulls every weight a little towards 0, against learning "
                 "by heart."},
        between(0, 1), [](auto& c) -> auto& { return c.optimizer.weight_decay; }));
    table.push_back(toggle_field(
        {.path = "optimizer.decay_norms_and_biases",
         .label = "Decay norms and biases too",
         .help = "Lets the weight decay pull on norms and biases, which are usually left alone."},
        [](auto& c) -> auto& { return c.optimizer.decay_norms_and_biases; }));
    table.push_back(number_field(
        {.path = "optimizer.layer_lr_decay",
         .label = "Learning rate from layer to layer",
         .help = "Each layer learns this much as fast as the one above it, so that the first ones "
                 "keep what they know; 1 is all alike."},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.layer_lr_decay; }));
}

void add_plateau(Table& table)
{
    table.push_back(number_field(
        {.path = "optimizer.plateau.factor",
         .label = "Lower the learning rate to",
         .help = "What is left of the learning rate each time the validation loss stands still.",
         .used_with = with_schedule({"reduce_on_plateau"})},
        {.minimum = 0, .maximum = 1, .minimum_is_allowed = false, .maximum_is_allowed = false},
        [](auto& c) -> auto& { return c.optimizer.plateau.factor; }));
    table.push_back(integer_field(
        {.path = "optimizer.plateau.patience",
         .label = "Validations to wait",
         .help = "So many validations without gain are let pass before the rate goes down.",
         .used_with = with_schedule({"reduce_on_plateau"})},
        at_least(0), [](auto& c) -> auto& { return c.optimizer.plateau.patience; }));
    table.push_back(number_field(
        {.path = "optimizer.plateau.threshold",
         .label = "Gain that counts",
         .help = "How much lower the validation loss must get, as a share of the best.",
         .used_with = with_schedule({"reduce_on_plateau"})},
        below(0, 1), [](auto& c) -> auto& { return c.optimizer.plateau.threshold; }));
}

void add_schedule(Table& table)
{
    table.push_back(enum_field(
        {.path = "optimizer.schedule",
         .label = "Schedule",
         .help = "How the learning rate goes on after the warm-up."},
        {{"cosine", "Down in a curve"},
         {"linear", "Down in a line"},
         {"constant", "Stays"},
         {"cosine_with_restarts", "Down in a curve, again and again"},
         {"inverse_sqrt", "Down ever more slowly"},
         {"wsd", "Stays, then goes down"},
         {"reduce_on_plateau", "Down when the validation loss stands still"}},
        {}, [](auto& c) -> auto& { return c.optimizer.schedule; }));
    table.push_back(warmup_field());
    table.push_back(number_field(
        {.path = "optimizer.min_lr_ratio",
         .label = "Lowest learning rate",
         .help = "Where the schedule ends, as a share of the learning rate.",
         .used_with = with_schedule({"cosine", "linear", "cosine_with_restarts", "inverse_sqrt",
                                     "wsd", "reduce_on_plateau"})},
        between(0, 1), [](auto& c) -> auto& { return c.optimizer.min_lr_ratio; }));
    table.push_back(integer_field(
        {.path = "optimizer.cycles",
         .label = "Cycles",
         .help = "How often the learning rate goes down from the top.",
         .used_with = with_schedule({"cosine_with_restarts"})},
        between(1, 1000), [](auto& c) -> auto& { return c.optimizer.cycles; }));
    table.push_back(number_field(
        {.path = "optimizer.decay_share",
         .label = "Share of the way down",
         .help = "The last part of all steps, in which the learning rate goes down.",
         .used_with = with_schedule({"wsd"})},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.decay_share; }));
    table.push_back(enum_field(
        {.path = "optimizer.decay_shape",
         .label = "Shape of the way down",
         .help = "How the learning rate goes down at the end.",
         .used_with = with_schedule({"wsd"})},
        {{"1-sqrt", "Steep, then flat"}, {"linear", "In a line"}, {"cosine", "In a curve"}}, {},
        [](auto& c) -> auto& { return c.optimizer.decay_shape; }));
    add_plateau(table);
}

} // namespace

void add_optimizer_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "optimizer.name",
         .label = "Optimizer",
         .help = "The rule that turns errors into changes of the model; Lion wants a learning rate "
                 "of about a fifth of AdamW's, SGD one of fifty times as much."},
        {{"adamw", "AdamW: a good choice"},
         {"sgd", "SGD: the simplest"},
         {"lion", "Lion: half the memory"},
         {"adafactor", "Adafactor: hardly any memory"},
         {"muon", "Muon: fewer, slower steps"}},
        {{"adam"}, "Use adamw."}, [](auto& c) -> auto& { return c.optimizer.name; }));
    table.push_back(number_field(
        {.path = "optimizer.lr",
         .label = "Learning rate",
         .help = "How far each step goes: too high forgets, too low "
                 "learns slowly."},
        above(0, 1), [](auto& c) -> auto& { return c.optimizer.lr; }));
    add_moments(table);
    add_groups(table);
    add_schedule(table);
}

} // namespace lyceum::config
