#include "core/jobs/rerun.h"

#include "core/base/atomic_file.h"
#include "core/formats/json.h"

#include <algorithm>
#include <set>

namespace lyceum::jobs {

namespace {

std::string word_of(const formats::Json& value)
{
    return value.is_string() ? value.get<std::string>() : formats::dump_json(value);
}

/// Every value that differs, as "machine.cores was 2 and is 4".
void add_differences(const formats::Json& before, const formats::Json& now, const std::string& path,
                     std::vector<std::string>& found)
{
    if (before.is_object() && now.is_object()) {
        std::set<std::string> keys;
        for (const auto* object : {&before, &now})
            for (const auto& [key, value] : object->items())
                keys.insert(key);
        for (const auto& key : keys)
            if (key != "created_at")
                add_differences(before.value(key, formats::Json()), now.value(key, formats::Json()),
                                path.empty() ? key : path + "." + key, found);
        return;
    }
    if (before != now)
        found.push_back(path + " was " + word_of(before) + " and is " + word_of(now) + ".");
}

formats::Json environment_of(const store::RunRow& run)
{
    auto read = formats::read_json_file(run.folder / "environment.json");
    return read && read.value().is_object() ? std::move(read).value() : formats::Json::object();
}

Result<void> add_changes(store::RunStore& store, const store::RunRow& run,
                         std::vector<std::string>& found)
{
    LYCEUM_ASSIGN(const auto events, store.events(run.id));
    for (const auto& event : events) {
        const bool is_change =
            event.kind == "command" && event.text.find(" change the ") != std::string::npos;
        if (is_change)
            found.push_back("In " + run.name + " at step " + std::to_string(event.step) + ": " +
                            event.text);
    }
    return {};
}

} // namespace

Result<store::RunRow> start_again(Jobs& jobs, std::string_view run)
{
    LYCEUM_ASSIGN(const auto original, jobs.store().find_run(run));
    const auto path = original.folder / "run.yaml";
    LYCEUM_ASSIGN(const auto text, read_file(path));
    auto parsed = config::parse_yaml(text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, path.string());
    LYCEUM_ASSIGN(parsed.config.name, jobs.free_name(original.name + "-again"));
    LYCEUM_ASSIGN(auto started, jobs.start(parsed.config));
    LYCEUM_TRY(jobs.store().add_event(
        started.id, {.kind = "started", .text = "The settings of " + original.name + " again."}));
    return started;
}

Result<RerunReport> compare_rerun(store::RunStore& store, const store::RunRow& original,
                                  const store::RunRow& repeated)
{
    RerunReport report{.original = original.name,
                       .repeated = repeated.name,
                       .num_steps = std::min(original.step, repeated.step)};
    LYCEUM_ASSIGN(report.curves, compare_curves(store, original.id, repeated.id, report.num_steps));
    add_differences(environment_of(original), environment_of(repeated), "", report.circumstances);
    LYCEUM_TRY(add_changes(store, original, report.circumstances));
    LYCEUM_TRY(add_changes(store, repeated, report.circumstances));
    return report;
}

nlohmann::json to_json(const RerunReport& report)
{
    return {{"run", report.repeated},
            {"original", report.original},
            {"same", report.is_same()},
            {"steps", report.num_steps},
            {"points", report.curves.num_points},
            {"first_difference", report.is_same() ? nlohmann::json(nullptr)
                                                  : nlohmann::json(report.curves.first_difference)},
            {"circumstances", report.circumstances}};
}

std::string to_text(const RerunReport& report)
{
    std::string text = report.repeated +
                       (report.is_same() ? " went exactly as " : " did not go as ") +
                       report.original + " over " + std::to_string(report.num_steps) + " steps: ";
    text += report.is_same()
                ? std::to_string(report.curves.num_points) + " points are equal to the last bit."
                : report.curves.first_difference + " (" + report.original + ", " + report.repeated +
                      ").";
    if (!report.circumstances.empty())
        text += "\nWhat was different:";
    else if (!report.is_same())
        text += "\nMachine, versions, threads, data and model were the same.";
    for (const auto& one : report.circumstances)
        text += "\n  " + one;
    return text;
}

} // namespace lyceum::jobs
