#include "ui/panels/new_run/new_run_page.h"

#include "core/data/dataset.h"
#include "core/models/model_package.h"
#include "ui/models/background.h"
#include "ui/models/convert.h"
#include "ui/models/run_draft.h"
#include "ui/models/run_estimator.h"
#include "ui/panels/new_run/data_decision.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/panels/new_run/model_decision.h"
#include "ui/panels/new_run/settings_form.h"
#include "ui/panels/new_run/summary_panel.h"
#include "ui/panels/new_run/yaml_editor.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kDraftKey = "newrun/draft"_L1;
constexpr auto kRecipePrefix = "recipe:"_L1;
constexpr auto kModelPrefix = "model:"_L1;
constexpr auto kFolderKey = "data/last-folder"_L1;

/// "fractions-tutor" of a dataset's name or a file's.
std::string nameFor(const QString& reference)
{
    const QString base = reference.contains(u'/') ? QFileInfo(reference).completeBaseName()
                                                  : reference.section(u':', 0, 0);
    QString name;
    for (const QChar letter : base.toLower())
        name += letter.unicode() < 128 &&
                        (letter.isLetterOrNumber() || letter == u'-' || letter == u'_')
                    ? letter
                    : u'-';
    while (!name.isEmpty() && !name.front().isLetterOrNumber())
        name.remove(0, 1);
    return name.isEmpty() ? "run" : name.left(48).toStdString();
}

} // namespace

void NewRunPage::open(const Location& location)
{
    loadLists();
    message_->clear();
    if (location.item.startsWith(kRecipePrefix))
        useRecipe(location.item.mid(kRecipePrefix.size()));
    else if (location.item.startsWith(kModelPrefix))
        draft_->setField(u"model.base"_s, location.item.mid(kModelPrefix.size()));
    else if (!location.item.isEmpty())
        useData(location.item);
    else if (nameIsOurs_ && !draft_->field(u"data.train"_s).isEmpty())
        useData(draft_->field(u"data.train"_s)); // the name may be taken by now
}

void NewRunPage::setNarrow(bool isNarrow)
{
    header_->setNarrow(isNarrow);
    summary_->setFixedWidth(isNarrow ? 400 : 480);
}

void NewRunPage::loadLists()
{
    const auto workspace = context_.session.workspace();
    inBackground(
        this, [workspace] { return data::list_datasets(workspace); },
        [this](Result<std::vector<data::DatasetInfo>> datasets) {
            if (datasets)
                data_->setDatasets(std::move(datasets).value());
            else
                report(tr("The datasets could not be listed"), datasets.error());
        });
    inBackground(
        this, [workspace] { return models::list_models(workspace); },
        [this](Result<std::vector<models::ModelSummary>> known) {
            if (known)
                model_->setModels(std::move(known).value());
            else
                report(tr("The models could not be listed"), known.error());
        });
}

void NewRunPage::restoreDraft()
{
    const QByteArray yaml = context_.settings.value(kDraftKey).toString().toUtf8();
    if (yaml.isEmpty())
        return;
    auto parsed = config::parse_yaml(yaml.toStdString());
    if (!parsed.problems.empty())
        return; // of another version: the defaults are better than half of it
    draft_->reset(std::move(parsed.config));
}

void NewRunPage::rememberDraft()
{
    context_.settings.setValue(kDraftKey, draft_->yaml());
}

void NewRunPage::useRecipe(const QString& name)
{
    auto source = config::load_source(name.toStdString());
    if (!source) {
        report(tr("The recipe %1 could not be read").arg(name), source.error());
        return;
    }
    auto parsed = config::parse_yaml(source.value().text);
    if (!parsed.problems.empty()) {
        report(tr("The recipe %1 could not be read").arg(name),
               config::to_error(parsed.problems, source.value().name));
        return;
    }
    if (auto free = context_.session.jobs().free_name(parsed.config.name))
        parsed.config.name = free.value();
    nameIsOurs_ = true;
    draft_->reset(std::move(parsed.config));
}

void NewRunPage::useData(const QString& reference)
{
    draft_->setField(u"data.train"_s, reference);
    if (!nameIsOurs_)
        return;
    if (const auto free = context_.session.jobs().free_name(nameFor(reference)))
        draft_->setField(u"name"_s, toQt(free.value()));
    nameIsOurs_ = true;
}

void NewRunPage::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Choose a file to learn from"), context_.settings.value(kFolderKey).toString(),
        tr("Records and texts (*.jsonl *.txt *.md);;All files (*)"));
    if (path.isEmpty())
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(path).path());
    useData(path);
}

void NewRunPage::showYaml(bool show)
{
    ways_->setCurrentIndex(show ? 1 : 0);
    yamlButton_->setText(show ? tr("Back to the form") : tr("Edit as YAML"));
}

void NewRunPage::showSettings(bool show)
{
    if (show && settings_ == nullptr) {
        settings_ = new SettingsForm(*draft_);
        auto* card = qobject_cast<Card*>(settingsCard_);
        card->body()->addWidget(settings_);
    }
    settingsCard_->setVisible(show);
    refreshSettingsButton();
}

void NewRunPage::refreshSettingsButton()
{
    const bool isOpen = settingsCard_->isVisibleTo(this);
    const int changed = draft_->numChanged();
    QString text = isOpen ? tr("Fold the settings away")
                          : tr("All %1 settings").arg(SettingsForm::numFields());
    if (changed > 0)
        text += u" · "_s + counted(changed, tr("1 differs from its default"),
                                   tr("%1 differ from their defaults"));
    settingsButton_->setText(text);
    settingsButton_->setIconName(isOpen ? u"go-up"_s : u"configure"_s);
}

void NewRunPage::showField(const QString& wanted)
{
    const QString path = toQt(fieldInfo(wanted).path); // of a part of a field, the whole
    showYaml(false);
    FieldEditor* editor = nullptr;
    for (auto* candidate : length_->findChildren<FieldEditor*>())
        if (candidate->path() == path)
            editor = candidate;
    if (editor == nullptr) {
        showSettings(true);
        editor = settings_->focusField(path);
    }
    if (editor == nullptr)
        return;
    editor->focusEditor();
    QMetaObject::invokeMethod( // when the unfolded form has its place
        this, [this, editor] { scroll_->ensureWidgetVisible(editor); }, Qt::QueuedConnection);
}

void NewRunPage::start()
{
    if (!summary_->canStart())
        return;
    message_->clear();
    summary_->setStarting(true);
    rememberDraft();
    inBackground(
        this,
        [workspace = context_.session.workspace(),
         config = draft_->config()]() -> Result<store::RunRow> {
            LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace));
            return jobs->start(config);
        },
        [this](const Result<store::RunRow>& run) { started(run); });
}

void NewRunPage::started(const Result<store::RunRow>& run)
{
    summary_->setStarting(false);
    if (!run) {
        if (run.error().code == ErrorCode::AlreadyExists)
            offerFreeName(draft_->field(u"name"_s));
        else
            report(tr("Training did not start"), run.error());
        return;
    }
    nameIsOurs_ = true; // the next one gets a name of its own
    context_.session.refresh();
    context_.navigator.go({.place = PlaceId::Run, .item = toQt(run.value().name)});
}

void NewRunPage::offerFreeName(const QString& taken)
{
    const auto free = context_.session.jobs().free_name(taken.toStdString());
    if (!free) {
        report(tr("Training did not start"), free.error());
        return;
    }
    const QString name = toQt(free.value());
    repair_ = [this, name] {
        draft_->setField(u"name"_s, name);
        start();
    };
    message_->showMessage(
        {.tone = Tone::Caution,
         .title = tr("There is a run named %1 already").arg(taken),
         .text =
             tr("Every run keeps its own name and folder. Choose another name, or go on with that "
                "run from its page."),
         .action = tr("Start as %1").arg(name)});
}

void NewRunPage::report(const QString& title, const Error& error)
{
    repair_ = nullptr;
    message_->showMessage({.tone = Tone::Fault,
                           .title = title,
                           .text = toQt(error.message) + u' ' + toQt(error.hint)});
}

} // namespace lyceum::ui
