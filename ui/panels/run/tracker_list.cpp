#include "ui/panels/run/tracker_list.h"

#include "core/config/trackers.h"
#include "core/jobs/run_trackers.h"
#include "ui/models/convert.h"
#include "ui/widgets/button.h"
#include "ui/widgets/styled.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QUrl>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString titleOf(const std::string& name)
{
    for (const auto& kind : config::tracker_kinds())
        if (kind.name == name)
            return toQt(kind.label);
    return toQt(name);
}

QString describe(const jobs::RunTracker& tracker)
{
    QString text = titleOf(tracker.name);
    if (tracker.num_dropped > 0)
        text += TrackerList::tr(", lacks %1 records").arg(tracker.num_dropped);
    if (tracker.num_waiting > 0)
        text += TrackerList::tr(", %1 records wait").arg(tracker.num_waiting);
    if (!tracker.message.empty())
        text += u": "_s + toQt(tracker.message);
    return text;
}

} // namespace

TrackerList::TrackerList(QWidget* parent) : QWidget(parent), lines_(new QVBoxLayout(this))
{
    lines_->setContentsMargins({});
    lines_->setSpacing(space::k4);
}

void TrackerList::reload(const store::RunRow& run)
{
    const auto trackers = jobs::trackers_of(run);
    QString all = trackers ? QString() : toQt(trackers.error().message);
    if (trackers)
        for (const auto& tracker : trackers.value())
            all +=
                describe(tracker) + toQt(tracker.command) + toQt(tracker.folder.string()) + u'\n';
    if (all == shown_)
        return;
    shown_ = all;
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    if (!trackers)
        addLine(all, {}, {});
    else
        for (const auto& tracker : trackers.value())
            addLine(describe(tracker), toQt(tracker.folder.string()), toQt(tracker.command));
    setVisible(!all.isEmpty());
}

void TrackerList::addLine(const QString& text, const QString& folder, const QString& command)
{
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(space::k8);
    row->addWidget(makeParagraph(text, TextStyle::Small, Role::Text2), 1);
    const auto add = [&](const QString& word, const QString& icon, const QString& tip) {
        auto* button = new Button(word, icon, ButtonKind::Outlined, ButtonSize::Small);
        button->setAccessibleName(u"%1: %2"_s.arg(text, word));
        button->setToolTip(tip);
        row->addWidget(button);
        return button;
    };
    if (!command.isEmpty())
        connect(add(tr("Copy command"), u"edit-copy"_s, command), &QPushButton::clicked, this,
                [command] { QApplication::clipboard()->setText(command); });
    if (!folder.isEmpty())
        connect(add(tr("Open folder"), {}, folder), &QPushButton::clicked, this,
                [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
    lines_->addWidget(line);
}

} // namespace lyceum::ui
