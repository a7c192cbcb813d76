#include "ui/panels/export/export_result.h"

#include "ui/models/convert.h"
#include "ui/models/export_job.h"
#include "ui/models/format.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_label.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QUrl>

#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

Button* makeSmallButton(const QString& text, const QString& iconName)
{
    return new Button(text, iconName, ButtonKind::Outlined, ButtonSize::Small);
}

Button* makeCopyButton(const QString& text, const QString& what)
{
    auto* button = makeSmallButton(text, u"edit-copy"_s);
    QObject::connect(button, &QPushButton::clicked, button,
                     [what] { QGuiApplication::clipboard()->setText(what); });
    return button;
}

QLabel* makeSelectable(const QString& text)
{
    auto* label = makeParagraph(text, TextStyle::Mono, Role::Text);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

quint64 totalBytes(const ExportJob::Outcome& outcome)
{
    quint64 bytes = 0;
    for (const auto& file : outcome.files)
        bytes += static_cast<quint64>(file.size);
    return bytes;
}

/// As sha256sum prints and checks them.
QString checksums(const ExportJob& job)
{
    QString text;
    for (const auto& file : job.outcome().files)
        if (!file.sha256.isEmpty())
            text += file.sha256 + u"  "_s + QDir(job.request().folder).relativeFilePath(file.path) +
                    u'\n';
    return text;
}

} // namespace

ExportResult::ExportResult(const ExportJob& job, const QVector<ExportSnippet>& snippets,
                           QWidget* parent)
    : QWidget(parent), column_(new QVBoxLayout(this))
{
    column_->setContentsMargins({});
    column_->setSpacing(space::k8);
    column_->addWidget(makeSeparator(Qt::Horizontal));
    addChecks(job);
    addButtons(job);
    for (const auto& snippet : snippets)
        addSnippet(snippet);
}

QString ExportResult::difference(double value)
{
    if (value == 0.0)
        return u"0"_s;
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    if (exponent >= -2 && exponent <= 2)
        return format::decimal(value, exponent >= 0 ? 1 : 3);
    return tr("%1 × 10%2")
        .arg(format::decimal(value / std::pow(10.0, exponent), 1), format::superscript(exponent));
}

void ExportResult::addChecks(const ExportJob& job)
{
    const auto& outcome = job.outcome();
    const bool isExact = job.request().dtype == u"float32"_s;
    if (outcome.tensors > 0)
        addCheck(true, tr("Every weight read back from the disk, bit for bit"),
                 counted(outcome.tensors, tr("1 tensor"), tr("%1 tensors")));
    if (outcome.probeTokens > 0)
        addCheck(outcome.sameChoices == outcome.probeTokens,
                 tr("Finds the same next token likeliest as the trained model"),
                 tr("%1 of %2 times")
                     .arg(format::count(outcome.sameChoices), format::count(outcome.probeTokens)));
    QString value = outcome.maxDifference ? difference(*outcome.maxDifference) : format::unknown();
    if (outcome.limit)
        value += u' ' + tr("(limit %1)").arg(difference(*outcome.limit));
    addCheck(outcome.verified,
             isExact ? tr("Read back and compared with the trained model: largest difference of a "
                          "token's score")
                     : tr("Largest difference of a token's score, which rounding to %1 brings")
                           .arg(dtypeWords(job.request().dtype).section(u',', 0, 0)),
             value);
    addCheck(true,
             tr("%1, written and checked in %2")
                 .arg(counted(outcome.files.size(), tr("1 file"), tr("%1 files")),
                      format::duration(job.seconds())),
             format::fileSize(totalBytes(outcome)));
}

void ExportResult::addCheck(bool isGood, const QString& text, const QString& value)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    row->addWidget(new IconLabel(isGood ? u"dialog-ok-apply"_s : u"documentinfo"_s,
                                 isGood ? Role::Good : Role::Accent),
                   0, Qt::AlignTop);
    row->addWidget(makeParagraph(text, TextStyle::Body, Role::Text), 1);
    row->addWidget(makeLabel(value, TextStyle::Strong), 0, Qt::AlignTop);
    column_->addLayout(row);
}

void ExportResult::addButtons(const ExportJob& job)
{
    auto* files = makeFiles(job);
    auto* show = makeSmallButton(tr("Show files"), u"view-list-details"_s);
    connect(show, &QPushButton::clicked, this, [files, show] {
        files->setVisible(files->isHidden());
        show->setText(files->isHidden() ? tr("Show files") : tr("Hide files"));
    });
    auto* open = makeSmallButton(tr("Open folder"), u"folder-open"_s);
    connect(open, &QPushButton::clicked, this, [folder = job.request().folder] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
    });
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::k8);
    buttons->addWidget(show);
    buttons->addWidget(open);
    buttons->addWidget(makeCopyButton(tr("Copy path"), job.request().folder));
    buttons->addStretch(1);
    column_->addLayout(buttons);
    column_->addWidget(files);
}

QWidget* ExportResult::makeFiles(const ExportJob& job)
{
    auto* box = new Card(CardKind::Sunken);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::k16);
    grid->setVerticalSpacing(space::k4);
    grid->setColumnStretch(2, 1);
    int row = 0;
    for (const auto& file : job.outcome().files) {
        const QString name = QDir(job.request().folder).relativeFilePath(file.path);
        grid->addWidget(makeLabel(name, TextStyle::Mono), row, 0);
        grid->addWidget(makeLabel(format::fileSize(static_cast<quint64>(file.size)),
                                  TextStyle::Small, Role::Text2),
                        row, 1, Qt::AlignRight);
        auto* hash =
            makeElidedLabel(file.sha256.isEmpty() ? QString() : tr("sha256 %1").arg(file.sha256),
                            TextStyle::Mono, Role::Text3);
        hash->setToolTip(file.sha256);
        grid->addWidget(hash, row++, 2);
    }
    box->body()->addLayout(grid);
    if (const QString sums = checksums(job); !sums.isEmpty())
        box->body()->addWidget(makeCopyButton(tr("Copy for sha256sum --check"), sums), 0,
                               Qt::AlignLeft);
    box->hide();
    return box;
}

void ExportResult::addSnippet(const ExportSnippet& snippet)
{
    auto* box = new Card(CardKind::Sunken);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(snippet.title, TextStyle::Strong));
    head->addStretch(1);
    auto* copy = makeCopyButton(tr("Copy"), snippet.text);
    copy->setAccessibleName(tr("Copy: %1").arg(snippet.title));
    head->addWidget(copy);
    box->body()->setSpacing(space::k4);
    box->body()->addLayout(head);
    box->body()->addWidget(makeSelectable(snippet.text));
    column_->addWidget(box);
}

} // namespace lyceum::ui
