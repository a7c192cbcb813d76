#include "ui/panels/models/token_playground.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/token_pieces.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/styled.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

enum View { TextView, NumberView };

constexpr int kInputLines = 4;
constexpr qsizetype kMostLetters = 20'000; // beyond it a window would stall at each letter
constexpr qreal kTint = 0.28;

/// Neighbours differ; the same four in the same order, so that a change stays where it was made.
QColor tint(std::size_t index)
{
    const QColor& color = tokens().series.at(index % 4);
    const QColor& ground = tokens().surface;
    const auto mix = [](int a, int b) { return static_cast<int>(kTint * a + (1.0 - kTint) * b); };
    return {mix(color.red(), ground.red()), mix(color.green(), ground.green()),
            mix(color.blue(), ground.blue())};
}

/// Blanks and line breaks are tokens too, and have to be seen.
QString visible(QString text)
{
    return text.replace(u'\t', u"→"_s).replace(u'\n', u"↵\n"_s);
}

} // namespace

TokenPlayground::TokenPlayground(QWidget* parent)
    : QWidget(parent)
    , input_(new QPlainTextEdit)
    , views_(new SegmentedControl(tr("How tokens are shown")))
    , facts_(makeLabel({}, TextStyle::Small, Role::Text2))
    , output_(new QTextEdit)
{
    input_->setAccessibleName(tr("Text to cut into tokens"));
    input_->setPlaceholderText(tr("Type or paste a text"));
    input_->setTabChangesFocus(true);
    input_->setFixedHeight(input_->fontMetrics().lineSpacing() * kInputLines + 2 * space::k12);
    output_->setAccessibleName(tr("The text's tokens"));
    output_->setReadOnly(true);
    output_->setFont(Theme::instance().font(TextStyle::H3));
    views_->addSegment(tr("As text"));
    views_->addSegment(tr("As numbers"), tr("What the model is given: one number a token"));
    auto* head = new QHBoxLayout;
    head->addWidget(views_);
    head->addStretch(1);
    head->addWidget(facts_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::k12);
    column->addWidget(input_);
    column->addLayout(head);
    column->addWidget(output_, 1);
    column->addWidget(makeParagraph(
        tr("A model reads tokens, not letters: frequent words are one, rare ones several. What one "
           "token costs to learn or to write is the same whether it is long or short."),
        TextStyle::Small, Role::Text3));
    connect(input_, &QPlainTextEdit::textChanged, this, [this] {
        refresh();
        emit textChanged();
    });
    connect(views_, &SegmentedControl::chosen, this, &TokenPlayground::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &TokenPlayground::refresh);
}

void TokenPlayground::setTokenizer(std::shared_ptr<const text::Tokenizer> tokenizer)
{
    tokenizer_ = std::move(tokenizer);
    refresh();
}

QString TokenPlayground::text() const
{
    return input_->toPlainText();
}

void TokenPlayground::setText(const QString& text)
{
    input_->setPlainText(text);
}

void TokenPlayground::refresh()
{
    output_->clear();
    if (tokenizer_ == nullptr || text().isEmpty()) {
        facts_->clear();
        return;
    }
    const QString shown = text().left(kMostLetters);
    const auto pieces = tokenPieces(*tokenizer_, shown);
    QTextCursor cursor(output_->document());
    cursor.beginEditBlock();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        QTextCharFormat format;
        format.setBackground(tint(i));
        format.setFont(Theme::instance().font(TextStyle::H3));
        format.setFontWeight(pieces[i].isSpecial ? QFont::Bold : QFont::Normal);
        const bool asNumber = views_->current() == NumberView;
        cursor.insertText(asNumber ? QString::number(pieces[i].id) : visible(pieces[i].text),
                          format);
        if (asNumber)
            cursor.insertText(u" "_s, QTextCharFormat());
    }
    cursor.endEditBlock();
    const auto perToken = static_cast<double>(shown.size()) /
                          static_cast<double>(std::max<std::size_t>(1, pieces.size()));
    QString facts = counted(static_cast<qint64>(pieces.size()), tr("1 token"), tr("%1 tokens")) +
                    u" · "_s + tr("%1 letters a token").arg(format::decimal(perToken, 1));
    if (text().size() > kMostLetters)
        facts += u" · "_s + tr("the first %1 letters").arg(format::count(kMostLetters));
    facts_->setText(facts);
}

} // namespace lyceum::ui
