#include "ui/panels/models/models_page.h"

#include "core/models/family.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/model_shelf.h"
#include "ui/panels/models/token_playground.h"
#include "ui/widgets/button.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/segmented_control.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QTableView>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kFolderKey = "models/last-folder"_L1;

/// What was dropped, if it is one thing that may be a model.
QString droppedPath(const QMimeData& mime)
{
    const auto urls = mime.urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

QString shapeOf(const models::Architecture& shape)
{
    const QString heads = shape.num_key_value_heads != shape.num_attention_heads
                              ? ModelsPage::tr("%1 heads in %2 groups")
                                    .arg(shape.num_attention_heads)
                                    .arg(shape.num_key_value_heads)
                              : ModelsPage::tr("%1 heads").arg(shape.num_attention_heads);
    return ModelsPage::tr("%1 layers, %2 wide, %3")
        .arg(shape.num_hidden_layers)
        .arg(shape.hidden_size)
        .arg(heads);
}

bool isEncoder(const models::ModelPackage& package)
{
    return models::family_of(package.architecture).is_encoder;
}

QString purposeOf(const models::ModelPackage& package)
{
    if (isEncoder(package))
        return ModelsPage::tr("Reads a text as a whole, for embeddings; it writes none");
    return package.chat_template != nullptr
               ? ModelsPage::tr("It answers: it has a chat template")
               : ModelsPage::tr("It continues texts: it has no chat template");
}

QString tokenizerOf(const text::Tokenizer* tokenizer)
{
    if (tokenizer == nullptr)
        return format::unknown();
    return ModelsPage::tr("%1, %2 tokens in its vocabulary")
        .arg(toQt(tokenizer->kind()), format::count(tokenizer->vocabulary_size()));
}

QString orUnknown(const std::string& text)
{
    return text.empty() ? format::unknown() : toQt(text);
}

/// Caption and value, top to bottom.
QList<std::pair<QString, QString>> factsOf(const models::ModelPackage& package,
                                           const models::ModelSummary& summary)
{
    const auto& shape = package.architecture;
    return {
        {ModelsPage::tr("Architecture"), toQt(shape.family)},
        {ModelsPage::tr("Shape"), shapeOf(shape)},
        {ModelsPage::tr("Parameters"), format::count(package.num_parameters)},
        {ModelsPage::tr("Stored as"),
         toQt(package.dtype) + u", "_s + format::fileSize(summary.size_bytes)},
        {ModelsPage::tr("Longest text"),
         ModelsPage::tr("%1 tokens").arg(format::count(shape.context_length()))},
        {ModelsPage::tr("Tokenizer"), tokenizerOf(package.tokenizer.get())},
        {ModelsPage::tr("What it does"), purposeOf(package)},
        {ModelsPage::tr("Licence"), orUnknown(package.licence.name)},
        {ModelsPage::tr("From"), orUnknown(package.licence.source)},
        {ModelsPage::tr("Where it lies"), toQt(package.path)},
    };
}

} // namespace

void ModelsPage::connectAll()
{
    connect(shelf_, &ModelShelf::changed, this, &ModelsPage::refresh);
    connect(shelf_, &ModelShelf::failed, this, [this](const QString& message, const QString& hint) {
        message_->showMessage({.tone = Tone::Fault, .title = message, .text = hint});
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid())
                    shelf_->open(index.data(ModelTableModel::ReferenceRole).toString());
            });
    connect(views_, &SegmentedControl::chosen, body_, &QStackedWidget::setCurrentIndex);
    connect(use_, &QPushButton::clicked, this, [this] {
        if (const auto* model = shelf_->summary())
            context_.navigator.go(
                {.place = PlaceId::NewRun, .item = u"model:"_s + toQt(model->name)});
    });
    connect(remove_, &QPushButton::clicked, shelf_, &ModelShelf::remove);
}

void ModelsPage::open(const Location& location)
{
    message_->clear();
    if (QFileInfo(location.item).isAbsolute())
        shelf_->add(location.item);
    else
        shelf_->refresh(location.item);
}

void ModelsPage::setNarrow(bool isNarrow)
{
    header_->setNarrow(isNarrow);
    list_->parentWidget()->setFixedWidth(isNarrow ? 420 : 520);
    list_->setColumnHidden(ModelTableModel::LicenceColumn, isNarrow); // the overview says it, too
}

void ModelsPage::refresh()
{
    const auto* model = shelf_->summary();
    const int row = model == nullptr ? -1 : shelf_->models().rowOf(toQt(model->name));
    if (row != list_->currentIndex().row()) {
        const QSignalBlocker notChosen(list_->selectionModel());
        list_->selectRow(row);
        list_->viewport()->update();
    }
    title_->setText(model == nullptr ? QString()
                                     : toQt(model->title.empty() ? model->name : model->title));
    const auto* package = shelf_->package();
    const bool writes = package != nullptr && !isEncoder(*package);
    use_->setEnabled(writes);
    use_->setToolTip(package != nullptr && !writes
                         ? tr("Runs of this version train models that write text")
                         : QString());
    remove_->setVisible(shelf_->canRemove());
    views_->setEnabled(package != nullptr);
    playground_->setTokenizer(package != nullptr ? package->tokenizer : nullptr);
    refreshFacts();
}

void ModelsPage::refreshFacts()
{
    for (int row = 0; row < facts_->rowCount(); ++row) // a grid never forgets rows it once had
        facts_->setRowStretch(row, 0);
    while (auto* item = facts_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto* model = shelf_->summary();
    QList<std::pair<QString, QString>> facts;
    if (shelf_->package() != nullptr && model != nullptr)
        facts = factsOf(*shelf_->package(), *model);
    else if (const auto& error = shelf_->openError())
        facts = {{tr("Cannot be used"), toQt(error->message)},
                 {tr("What to do"), toQt(error->hint)}};
    else
        facts = {{tr("Reading"), model != nullptr ? toQt(model->path) : QString()}};
    for (int row = 0; row < facts.size(); ++row) {
        auto* value = makeParagraph(facts[row].second, TextStyle::Body, Role::Text);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        facts_->addWidget(makeLabel(facts[row].first, TextStyle::Body, Role::Text2), row, 0,
                          Qt::AlignTop);
        facts_->addWidget(value, row, 1);
    }
    facts_->setRowStretch(static_cast<int>(facts.size()), 1);
}

void ModelsPage::chooseFolder()
{
    const QString path = QFileDialog::getExistingDirectory(
        this, tr("Choose a Hugging Face folder"), context_.settings.value(kFolderKey).toString());
    if (path.isEmpty())
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(path).path());
    open({.place = PlaceId::Models, .item = path});
}

void ModelsPage::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Choose a model file"), context_.settings.value(kFolderKey).toString(),
        tr("Models (*.gguf)"));
    if (path.isEmpty())
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(path).path());
    open({.place = PlaceId::Models, .item = path});
}

void ModelsPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!droppedPath(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void ModelsPage::dropEvent(QDropEvent* event)
{
    open({.place = PlaceId::Models, .item = droppedPath(*event->mimeData())});
}

} // namespace lyceum::ui
