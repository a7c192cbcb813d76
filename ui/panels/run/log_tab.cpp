#include "ui/panels/run/log_tab.h"

#include "ui/models/run_model.h"
#include "ui/models/session.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kReadIntervalMs = 500;
constexpr std::size_t kReadLimit = 256 * 1024;
constexpr int kMostLines = 20000;

} // namespace

LogTab::LogTab(Session& session, RunModel& run, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , run_(run)
    , text_(new QPlainTextEdit)
    , filter_(new QLineEdit)
    , follow_(new QCheckBox(tr("Follow the end")))
    , timer_(new QTimer(this))
{
    text_->setReadOnly(true);
    text_->setProperty("mono", u"true"_s);
    text_->setMaximumBlockCount(kMostLines);
    text_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    text_->setAccessibleName(tr("Log"));
    text_->setPlaceholderText(tr("Nothing has been written yet."));
    filter_->setPlaceholderText(tr("Filter: show lines with these words"));
    filter_->setAccessibleName(tr("Filter the log"));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(360);
    follow_->setChecked(true);
    auto* copy = new Button(tr("Copy"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);

    auto* card = new Card;
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k12);
    row->addWidget(makeLabel(tr("Rank 0"), TextStyle::H3, Role::Text));
    row->addWidget(filter_, 1);
    row->addStretch(1);
    row->addWidget(follow_);
    row->addWidget(copy);
    card->body()->addLayout(row);
    card->body()->addWidget(text_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);

    timer_->setInterval(kReadIntervalMs);
    connect(timer_, &QTimer::timeout, this, &LogTab::readMore);
    connect(filter_, &QLineEdit::textChanged, this, &LogTab::refilter);
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(text_->toPlainText()); });
    connect(follow_, &QCheckBox::toggled, this, [this](bool isOn) {
        if (isOn)
            text_->verticalScrollBar()->setValue(text_->verticalScrollBar()->maximum());
    });
    connect(&run_, &RunModel::restarted, this, &LogTab::restart);
}

QString LogTab::shownText() const
{
    return text_->toPlainText();
}

void LogTab::setFilter(const QString& text)
{
    filter_->setText(text);
}

void LogTab::restart()
{
    offset_ = 0;
    partial_.clear();
    lines_.clear();
    text_->clear();
    if (isVisible())
        readMore();
}

void LogTab::readMore()
{
    if (!run_.isValid())
        return;
    const auto read = session_.jobs().read_log(run_.row(), offset_, kReadLimit);
    if (!read || read.value().empty())
        return;
    offset_ += read.value().size();
    partial_ += QByteArray::fromStdString(read.value());
    const qsizetype end = partial_.lastIndexOf('\n');
    if (end < 0)
        return;
    const QStringList fresh = QString::fromUtf8(partial_.left(end)).split(u'\n');
    partial_.remove(0, end + 1);
    lines_ += fresh;
    if (lines_.size() > kMostLines)
        lines_.remove(0, lines_.size() - kMostLines);
    append(fresh);
}

void LogTab::append(const QStringList& lines)
{
    const QString wanted = filter_->text();
    const int before = text_->verticalScrollBar()->value();
    for (const QString& line : lines)
        if (wanted.isEmpty() || line.contains(wanted, Qt::CaseInsensitive))
            text_->appendPlainText(line);
    text_->verticalScrollBar()->setValue(
        follow_->isChecked() ? text_->verticalScrollBar()->maximum() : before);
}

void LogTab::refilter()
{
    text_->clear();
    append(lines_);
}

void LogTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    readMore();
    timer_->start();
}

void LogTab::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    timer_->stop();
}

} // namespace lyceum::ui
