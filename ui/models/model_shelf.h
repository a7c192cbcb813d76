#pragma once

#include "core/base/result.h"
#include "core/models/model_package.h"
#include "ui/models/model_table_model.h"
#include "ui/models/tensor_table_model.h"

#include <QObject>

#include <filesystem>
#include <optional>

namespace lyceum::ui {

/// The models a workspace knows, and one of them opened: its configuration, tensors and tokenizer,
/// never its weights. Reads on a pool thread. GUI thread only.
class ModelShelf final : public QObject {
    Q_OBJECT

public:
    explicit ModelShelf(std::filesystem::path workspace, QObject* parent = nullptr);

    [[nodiscard]] ModelTableModel& models() { return *models_; }
    [[nodiscard]] TensorTableModel& tensors() { return *tensors_; }
    /// What is known of the open model without opening it; null when none is.
    [[nodiscard]] const models::ModelSummary* summary() const;
    /// Null while it is being read, or when it cannot be.
    [[nodiscard]] const models::ModelPackage* package() const
    {
        return package_ ? &*package_ : nullptr;
    }
    [[nodiscard]] const std::optional<Error>& openError() const { return openError_; }
    [[nodiscard]] bool canRemove() const; ///< The open one was added by a person.

    /// Lists anew, then opens `name`; empty or unknown: the open one, else the first.
    void refresh(const QString& name = {});
    void open(const QString& name);
    /// Makes a folder or .gguf file known and opens it.
    void add(const QString& path);
    void remove(); ///< Forgets the open one.

signals:
    void changed();
    void failed(const QString& message, const QString& hint);

private:
    void listed(const QString& wanted, Result<std::vector<models::ModelSummary>> list);
    void opened(const QString& name, Result<models::ModelPackage> package);

    std::filesystem::path workspace_;
    ModelTableModel* models_;
    TensorTableModel* tensors_;
    QString name_;
    std::optional<models::ModelPackage> package_;
    std::optional<Error> openError_;
};

} // namespace lyceum::ui
