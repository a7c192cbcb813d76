#include "ui/panels/home/drop_zone.h"

#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/styled.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString fileOf(const QMimeData& mime)
{
    const auto urls = mime.urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

} // namespace

DropZone::DropZone(QWidget* parent) : QFrame(parent)
{
    setProperty("card", u"drop"_s);
    setAcceptDrops(true);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(makeLabel(tr("Bring your own material"), TextStyle::H3));
    words->addWidget(makeParagraph(
        tr("Drop a .jsonl file of questions and answers, or a text. It is checked line by line "
           "first. Nothing leaves this computer."),
        TextStyle::Small));
    auto* choose = new Button(tr("Choose a file"), u"document-open"_s);
    connect(choose, &QPushButton::clicked, this, &DropZone::chooseRequested);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::k24, space::k16, space::k24, space::k16);
    row->setSpacing(space::k16);
    row->addWidget(new IconLabel(u"document-import"_s, Role::Accent, measure::kIconLarge));
    row->addLayout(words, 1);
    row->addWidget(choose);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void DropZone::showActive(bool isActive)
{
    setStyleProperty(this, "card", isActive ? u"chosen"_s : u"drop"_s);
}

void DropZone::dragEnterEvent(QDragEnterEvent* event)
{
    if (fileOf(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    showActive(true);
}

void DropZone::dragLeaveEvent(QDragLeaveEvent* event)
{
    Q_UNUSED(event)
    showActive(false);
}

void DropZone::dropEvent(QDropEvent* event)
{
    showActive(false);
    emit fileDropped(fileOf(*event->mimeData()));
}

} // namespace lyceum::ui
