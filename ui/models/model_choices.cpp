#include "ui/models/model_choices.h"

#include "core/models/model_package.h"
#include "core/store/run_store.h"
#include "ui/models/convert.h"

#include <QLocale>

#include <algorithm>

namespace lyceum::ui {
namespace {

ModelChoice baseChoice(const models::ModelSummary& model)
{
    return {.kind = ModelChoice::Kind::Base,
            .reference = toQt(model.name),
            .title = toQt(model.title.empty() ? model.name : model.title),
            .baseModel = toQt(model.name),
            .sizeBytes = model.size_bytes};
}

ModelChoice::Kind kindOf(const store::CheckpointRow& checkpoint)
{
    if (checkpoint.is_best)
        return ModelChoice::Kind::Best;
    return checkpoint.is_last ? ModelChoice::Kind::Last : ModelChoice::Kind::Step;
}

/// Best first, then last, then the others from the latest to the first.
std::vector<ModelChoice> runChoices(const store::RunRow& run,
                                    std::vector<store::CheckpointRow> checkpoints)
{
    std::vector<ModelChoice> choices;
    for (const auto& checkpoint : checkpoints) {
        if (!checkpoint.is_kept)
            continue;
        choices.push_back({.kind = kindOf(checkpoint),
                           .reference = toQt(run.name) + QStringLiteral("@%1").arg(checkpoint.step),
                           .run = toQt(run.name),
                           .title = toQt(run.name),
                           .baseModel = toQt(run.base_model),
                           .step = checkpoint.step,
                           .isLast = checkpoint.is_last,
                           .valLoss = checkpoint.val_loss,
                           .sizeBytes = checkpoint.size_bytes});
    }
    std::stable_sort(choices.begin(), choices.end(),
                     [](const ModelChoice& a, const ModelChoice& b) {
                         return a.kind != b.kind ? a.kind < b.kind : a.step > b.step;
                     });
    return choices;
}

} // namespace

Result<std::vector<ModelChoice>> listModelChoices(const std::filesystem::path& workspace)
{
    LYCEUM_ASSIGN(auto models, models::list_models(workspace));
    LYCEUM_ASSIGN(auto store, store::RunStore::open(workspace));
    LYCEUM_ASSIGN(auto runs, store->runs());
    std::vector<ModelChoice> choices;
    for (const auto& model : models)
        if (model.present)
            choices.push_back(baseChoice(model));
    for (const auto& run : runs) {
        LYCEUM_ASSIGN(auto checkpoints, store->checkpoints(run.id));
        const auto more = runChoices(run, std::move(checkpoints));
        choices.insert(choices.end(), more.begin(), more.end());
    }
    return choices;
}

ModelChoiceModel::ModelChoiceModel(Show show, QObject* parent)
    : QAbstractListModel(parent), show_(show)
{
}

void ModelChoiceModel::setChoices(std::vector<ModelChoice> choices)
{
    if (show_ == Show::TrainedOnly)
        std::erase_if(choices, [](const ModelChoice& choice) { return choice.run.isEmpty(); });
    beginResetModel();
    choices_ = std::move(choices);
    endResetModel();
}

const ModelChoice* ModelChoiceModel::choice(int row) const
{
    return row >= 0 && row < rowCount() ? &choices_[static_cast<std::size_t>(row)] : nullptr;
}

int ModelChoiceModel::rowOf(const QString& reference) const
{
    const QString run = reference.section(u'@', 0, 0);
    const QString which = reference.section(u'@', 1);
    int row = 0;
    for (const auto& choice : choices_) {
        const bool ofRun = !choice.run.isEmpty() && choice.run == run;
        if (choice.reference == reference || (ofRun && which.isEmpty()) ||
            (ofRun && which == u"best" && choice.kind == ModelChoice::Kind::Best) ||
            (ofRun && which == u"last" && choice.isLast))
            return row;
        ++row;
    }
    return -1;
}

int ModelChoiceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(choices_.size());
}

QString ModelChoiceModel::whichStep(const ModelChoice& choice)
{
    const QString step = QLocale().toString(choice.step);
    switch (choice.kind) {
    case ModelChoice::Kind::Base:
        return {};
    case ModelChoice::Kind::Best:
        return tr("best, step %1").arg(step);
    case ModelChoice::Kind::Last:
        return tr("last, step %1").arg(step);
    case ModelChoice::Kind::Step:
        return tr("step %1").arg(step);
    }
    return {};
}

QVariant ModelChoiceModel::data(const QModelIndex& index, int role) const
{
    const auto* row = choice(index.row());
    if (row == nullptr || !index.isValid())
        return {};
    if (role == ReferenceRole)
        return row->reference;
    if (role != Qt::DisplayRole)
        return {};
    if (row->kind == ModelChoice::Kind::Base)
        return tr("%1, before training").arg(row->title);
    const QString text = row->title + QStringLiteral(", ") + whichStep(*row);
    if (!row->valLoss)
        return text;
    return text + QStringLiteral(" · ") +
           tr("validation loss %1").arg(QLocale().toString(*row->valLoss, 'f', 3));
}

} // namespace lyceum::ui
