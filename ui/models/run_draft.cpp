#include "ui/models/run_draft.h"

#include "core/base/check.h"
#include "core/models/new_model.h"
#include "ui/models/convert.h"

#include <algorithm>
#include <iterator>

namespace lyceum::ui {

const config::FieldInfo& fieldInfo(const QString& path)
{
    const auto& all = config::fields();
    auto found = all.end();
    for (QString part = path; !part.isEmpty() && found == all.end();
         part = part.left(std::max<qsizetype>(part.lastIndexOf(u'.'), 0)))
        found = std::ranges::find(all, part.toStdString(), &config::FieldInfo::path);
    LYCEUM_CHECK(found != all.end(), "a field of the form is not a field of the configuration");
    return *found;
}

QString problemLabel(const config::Problem& problem)
{
    const QString path = toQt(problem.field);
    const auto& info = fieldInfo(path);
    const QString field = toQt(info.path);
    return path == field ? toQt(info.label) : path.mid(field.size() + 1);
}

RunDraft::RunDraft(QObject* parent) : QObject(parent)
{
    validate();
}

void RunDraft::reset(config::RunConfig config)
{
    config_ = std::move(config);
    typed_.clear();
    kindProblems_.clear();
    yamlProblems_.clear();
    validate();
    emit changed();
}

void RunDraft::setField(const QString& path, const QString& text)
{
    const std::string name = path.toStdString();
    std::erase_if(kindProblems_,
                  [&name](const config::Problem& problem) { return problem.field == name; });
    typed_.remove(path);
    if (auto problem = config::set_field(config_, name, text.toStdString())) {
        typed_.insert(path, text);
        kindProblems_.push_back(std::move(*problem));
    } else {
        forgetUnused(path);
    }
    yamlProblems_.clear();
    validate();
    emit changed();
}

void RunDraft::forgetUnused(const QString& path)
{
    config::reset_unused_fields(config_, path.toStdString());
    for (const auto& info : config::fields()) {
        if (config::is_used(config_, info) || info.used_with.path != path.toStdString())
            continue;
        typed_.remove(toQt(info.path));
        std::erase_if(kindProblems_, [&info](const config::Problem& problem) {
            return problem.field == info.path;
        });
    }
}

bool RunDraft::isUsed(const QString& path) const
{
    return config::is_used(config_, fieldInfo(path)) || problemOf(path) != nullptr;
}

void RunDraft::setYaml(const QString& yaml)
{
    auto parsed = config::parse_yaml(yaml.toStdString());
    yamlProblems_ = std::move(parsed.problems);
    if (yamlProblems_.empty()) {
        config_ = std::move(parsed.config);
        typed_.clear();
        kindProblems_.clear();
    }
    validate();
    emit changed();
}

void RunDraft::validate()
{
    problems_ = config::validate(config_);
    std::ranges::move(models::check_new_model(config_.model), std::back_inserter(problems_));
    std::erase_if(problems_, [this](const config::Problem& problem) {
        return typed_.contains(toQt(problem.field));
    });
    problems_.insert(problems_.begin(), kindProblems_.begin(), kindProblems_.end());
}

QString RunDraft::field(const QString& path) const
{
    const auto typed = typed_.find(path);
    return typed != typed_.end() ? *typed : toQt(config::get_field(config_, path.toStdString()));
}

bool RunDraft::isDefault(const QString& path) const
{
    return field(path) == toQt(fieldInfo(path).default_value);
}

QString RunDraft::yaml() const
{
    return toQt(config::to_yaml(config_));
}

const config::Problem* RunDraft::problemOf(const QString& path) const
{
    const std::string field = path.toStdString();
    const bool isMapping = fieldInfo(path).kind == config::FieldKind::Mapping;
    const auto found = std::ranges::find_if(problems_, [&](const config::Problem& problem) {
        return problem.field == field || (isMapping && problem.field.starts_with(field + "."));
    });
    return found == problems_.end() ? nullptr : &*found;
}

int RunDraft::numChanged() const
{
    return static_cast<int>(
        std::ranges::count_if(config::fields(), [this](const config::FieldInfo& info) {
            const bool isContent = info.path == "name" || info.path.starts_with("data.train");
            return !isContent && config::is_in_force(config_, info.path) &&
                   !isDefault(toQt(info.path));
        }));
}

} // namespace lyceum::ui
