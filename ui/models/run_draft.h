#pragma once

#include "core/config/fields.h"
#include "core/config/run_config.h"

#include <QMap>
#include <QObject>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace lyceum::ui {

/// A run being set up: one configuration, edited field by field or as YAML, with everything that is
/// wrong with it.
///
/// A text that is no value of its field stays as typed, marked as a problem, and does not reach
/// config(). GUI thread only.
class RunDraft final : public QObject {
    Q_OBJECT

public:
    explicit RunDraft(QObject* parent = nullptr);

    /// Starts over from `config`.
    void reset(config::RunConfig config);
    /// Sets one field from text as a person types it; fields that it makes useless go back to their
    /// defaults.
    void setField(const QString& path, const QString& text);
    /// Replaces the whole by a YAML text. A text with problems changes nothing but yamlProblems().
    void setYaml(const QString& yaml);

    [[nodiscard]] const config::RunConfig& config() const { return config_; }
    [[nodiscard]] QString
    field(const QString& path) const; ///< As typed, else as the configuration says.
    [[nodiscard]] bool isDefault(const QString& path) const;
    /// Whether the field changes anything, or is wrong: a form may hide it otherwise.
    [[nodiscard]] bool isUsed(const QString& path) const;
    [[nodiscard]] QString yaml() const;

    [[nodiscard]] const std::vector<config::Problem>& problems() const { return problems_; }
    [[nodiscard]] const config::Problem*
    problemOf(const QString& path) const; ///< Of the field or a part of it; null when it is right.
    [[nodiscard]] const std::vector<config::Problem>& yamlProblems() const { return yamlProblems_; }
    [[nodiscard]] bool isValid() const { return problems_.empty() && yamlProblems_.empty(); }
    [[nodiscard]] int
    numChanged() const; ///< Fields that differ from their default, but for name and data.

signals:
    void changed();

private:
    void validate();
    void forgetUnused(const QString& path);

    config::RunConfig config_;
    QMap<QString, QString> typed_;              ///< Texts that are no value of their field.
    std::vector<config::Problem> kindProblems_; ///< One for each of typed_.
    std::vector<config::Problem> problems_;
    std::vector<config::Problem> yamlProblems_;
};

/// The field of config::fields() with this path, or that a part of it has ("model.config" of
/// "model.config.hidden_size"). It must exist.
[[nodiscard]] const config::FieldInfo& fieldInfo(const QString& path);

/// What a problem is about: the field's label, or the part's own name, "hidden_size".
[[nodiscard]] QString problemLabel(const config::Problem& problem);

} // namespace lyceum::ui
