#include "ui/models/model_shelf.h"

#include "core/models/local_models.h"
#include "ui/models/background.h"
#include "ui/models/convert.h"

namespace lyceum::ui {

namespace {

/// As the folder or file is called; where that is taken, with a number behind.
Result<std::string> addUnderFreeName(const std::filesystem::path& workspace,
                                     const std::filesystem::path& source)
{
    constexpr int kMostTries = 20;
    auto added = models::add_model(workspace, source);
    const std::string name =
        (source.extension() == ".gguf" ? source.stem() : source.filename()).string();
    for (int number = 2;
         !added && added.error().code == ErrorCode::AlreadyExists && number < kMostTries; ++number)
        added = models::add_model(workspace, source, name + "-" + std::to_string(number));
    return added;
}

} // namespace

ModelShelf::ModelShelf(std::filesystem::path workspace, QObject* parent)
    : QObject(parent)
    , workspace_(std::move(workspace))
    , models_(new ModelTableModel(this))
    , tensors_(new TensorTableModel(this))
{
}

const models::ModelSummary* ModelShelf::summary() const
{
    return models_->model(models_->rowOf(name_));
}

bool ModelShelf::canRemove() const
{
    const auto* model = summary();
    return model != nullptr && models::is_linked_model(workspace_, model->path);
}

void ModelShelf::refresh(const QString& name)
{
    inBackground(
        this, [workspace = workspace_] { return models::list_models(workspace); },
        [this, name](Result<std::vector<models::ModelSummary>> list) {
            listed(name, std::move(list));
        });
}

void ModelShelf::listed(const QString& wanted, Result<std::vector<models::ModelSummary>> list)
{
    if (!list) {
        emit failed(toQt(list.error().message), toQt(list.error().hint));
        return;
    }
    models_->setModels(std::move(list).value());
    for (const QString& name : {wanted, name_})
        if (models_->rowOf(name) >= 0)
            return open(name);
    const auto* first = models_->model(0);
    open(first != nullptr ? toQt(first->name) : QString());
}

void ModelShelf::open(const QString& name)
{
    if (name == name_ && package_) {
        emit changed();
        return;
    }
    name_ = name;
    package_.reset();
    openError_.reset();
    tensors_->setTensors({});
    emit changed();
    inBackground(
        this,
        [workspace = workspace_, reference = name.toStdString()] {
            return models::open_model(reference, workspace);
        },
        [this, name](Result<models::ModelPackage> package) { opened(name, std::move(package)); });
}

void ModelShelf::opened(const QString& name, Result<models::ModelPackage> package)
{
    if (name != name_)
        return; // another one was chosen meanwhile
    if (package) {
        package_ = std::move(package).value();
        tensors_->setTensors(package_->tensors->tensors());
    } else {
        openError_ = package.error();
    }
    emit changed();
}

void ModelShelf::add(const QString& path)
{
    inBackground(
        this,
        [workspace = workspace_, source = toPath(path)] {
            return addUnderFreeName(workspace, source);
        },
        [this](Result<std::string> name) {
            if (!name)
                emit failed(toQt(name.error().message), toQt(name.error().hint));
            else
                refresh(toQt(name.value()));
        });
}

void ModelShelf::remove()
{
    if (const auto done = models::remove_model(workspace_, name_.toStdString()); !done)
        emit failed(toQt(done.error().message), toQt(done.error().hint));
    refresh();
}

} // namespace lyceum::ui
