#include "ui/models/data_browser.h"

#include "ui/models/background.h"
#include "ui/models/convert.h"

#include <QFileInfo>

namespace lyceum::ui {

DataBrowser::DataBrowser(std::filesystem::path workspace, QObject* parent)
    : QObject(parent), workspace_(std::move(workspace))
{
}

void DataBrowser::refresh()
{
    inBackground(
        this, [workspace = workspace_] { return data::list_datasets(workspace); },
        [this](const Result<std::vector<data::DatasetInfo>>& list) {
            if (!list) {
                fail(list.error());
                return;
            }
            datasets_.setDatasets(list.value());
            if (!filePath_.isEmpty())
                emit changed();
            else if (datasets_.rowOf(name_) >= 0)
                selectDataset(name_, split_);
            else if (const auto* first = datasets_.dataset(0))
                selectDataset(toQt(first->name));
            else
                setState(State::Empty);
        });
}

void DataBrowser::selectDataset(const QString& name, int split)
{
    if (datasets_.rowCount() > 0 && datasets_.rowOf(name) < 0)
        return;
    name_ = name;
    filePath_.clear();
    split_ = split;
    card_.clear();
    if (const auto* info = dataset()) {
        inBackground(
            this, [info = *info] { return data::read_card(info); },
            [this, name](const Result<std::string>& card) {
                if (name_ != name)
                    return;
                card_ = card ? toQt(card.value()) : toQt(card.error().message);
                emit changed();
            });
        showSplit();
    }
}

void DataBrowser::selectSplit(int split)
{
    split_ = split;
    showSplit();
}

const data::DatasetInfo* DataBrowser::dataset() const
{
    return filePath_.isEmpty() ? datasets_.dataset(datasets_.rowOf(name_)) : nullptr;
}

void DataBrowser::showSplit()
{
    const auto* info = dataset();
    if (info == nullptr)
        return;
    if (split_ < 0 || split_ >= static_cast<int>(info->splits.size())) {
        fail({ErrorCode::NotFound, "The dataset " + info->name + " lists no split to show.",
              "Add a split to its dataset.yaml."});
        return;
    }
    readFile(info->splits[static_cast<std::size_t>(split_)].path);
}

void DataBrowser::openFile(const QString& path)
{
    filePath_ = QFileInfo(path).absoluteFilePath();
    card_.clear();
    readFile(toPath(filePath_));
}

void DataBrowser::readFile(const std::filesystem::path& path)
{
    loadingFile_ = toQt(path);
    setState(State::Loading);
    const int reading = ++reading_;
    inBackground(
        this, [path] { return data::read_records(path); },
        [this, reading](const Result<data::RecordFile>& file) {
            if (reading == reading_)
                fileRead(file);
        });
}

void DataBrowser::fileRead(const Result<data::RecordFile>& file)
{
    if (!file) {
        fail(file.error());
        return;
    }
    problems_.setProblems(file.value().problems);
    records_.setFile(std::make_shared<const data::RecordFile>(file.value()));
    setState(State::Ready);
}

void DataBrowser::cancel()
{
    ++reading_;
    if (!filePath_.isEmpty()) {
        filePath_.clear();
        refresh();
        return;
    }
    setState(State::Ready);
}

void DataBrowser::fail(const Error& error)
{
    error_ = error;
    records_.setFile(nullptr);
    problems_.setProblems({});
    setState(State::Failed);
}

void DataBrowser::setState(State state)
{
    state_ = state;
    emit changed();
}

QString DataBrowser::reference() const
{
    if (state_ != State::Ready || !problems_.isEmpty())
        return {};
    return filePath_.isEmpty() ? name_ : filePath_;
}

} // namespace lyceum::ui
