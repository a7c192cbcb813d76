#include "ui/theme/style_sheet.h"

#include <QHash>

#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kText = R"(
QLabel { background: transparent; }
QLabel[textStyle="caption"] { font-size: @11px; }
QLabel[textStyle="small"] { font-size: @12px; }
QLabel[textStyle="body"] { font-size: @13px; }
QLabel[textStyle="strong"] { font-size: @13px; font-weight: bold; }
QLabel[textStyle="h3"] { font-size: @15px; font-weight: bold; }
QLabel[textStyle="h2"] { font-size: @18px; font-weight: bold; }
QLabel[textStyle="h1"] { font-size: @22px; font-weight: bold; }
QLabel[textStyle="figure"] { font-size: @24px; font-weight: bold; }
QLabel[textStyle="mono"] { font-family: "JetBrains Mono", monospace; font-size: @12px; }
QLabel[tone="text"] { color: $text; }
QLabel[tone="text2"] { color: $text2; }
QLabel[tone="text3"] { color: $text3; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="caution"] { color: $caution; }
QLabel[tone="fault"] { color: $fault; }
QToolTip { background: $text; color: $surface; border: none; padding: 4px 8px; font-size: @12px; }
)"_L1;

constexpr auto kFrames = R"(
QFrame[card="true"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[card="chosen"] { background: $surface; border: 2px solid $accent; border-radius: 8px; }
QFrame[card="fault"] { background: $surface; border: 1px solid $fault; border-left: 4px solid $fault; border-radius: 8px; }
QFrame[card="caution"] { background: $surface; border: 1px solid $caution; border-left: 4px solid $caution; border-radius: 8px; }
QFrame[card="info"] { background: $surface; border: 1px solid $accent; border-left: 4px solid $accent; border-radius: 8px; }
QFrame[card="good"] { background: $surface; border: 1px solid $good; border-left: 4px solid $good; border-radius: 8px; }
QFrame[card="sunken"] { background: $sunken; border: none; border-radius: 5px; }
QFrame[card="drop"] { background: $surface; border: 2px dashed $outline; border-radius: 8px; }
QFrame[separator="h"] { background: $border; border: none; min-height: 1px; max-height: 1px; }
QFrame[separator="v"] { background: $border; border: none; min-width: 1px; max-width: 1px; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[scrolled="true"] { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 12px; }
QSplitter::handle:vertical { height: 12px; }
)"_L1;

constexpr auto kButtons = R"(
QPushButton { min-height: @28px; padding: 0 12px; border: 1px solid $outline; border-radius: 5px; background: $surface; color: $text; font-size: @13px; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $accentWeak; }
QPushButton:disabled { color: $text3; border-color: $border; background: $surface; }
QPushButton[kind="filled"] { background: $accent; border-color: $accent; color: $onAccent; font-weight: bold; }
QPushButton[kind="filled"]:hover { background: $accentHover; border-color: $accentHover; }
QPushButton[kind="filled"]:pressed { background: $accentPressed; border-color: $accentPressed; }
QPushButton[kind="filled"]:disabled { background: $sunken; border-color: $sunken; color: $text3; }
QPushButton[kind="link"] { border: none; background: transparent; color: $accent; padding: 0 4px; min-height: @22px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:disabled { color: $text3; }
QPushButton[scale="small"] { min-height: @22px; padding: 0 8px; font-size: @12px; }
QPushButton[scale="large"] { min-height: @38px; padding: 0 16px; font-size: @15px; }
QPushButton::menu-indicator { image: url(:/lyceum/theme/chevron-down-$variant.svg); width: 12px; subcontrol-position: right center; right: 6px; }
QToolButton { border: none; border-radius: 5px; padding: 4px; background: transparent; color: $text2; }
QToolButton:hover { background: $sunken; }
QPushButton[segment="only"], QPushButton[segment="first"], QPushButton[segment="middle"], QPushButton[segment="last"] { border-radius: 0; padding: 0 8px; min-height: @26px; font-size: @12px; }
QPushButton[segment="first"], QPushButton[segment="only"] { border-top-left-radius: 5px; border-bottom-left-radius: 5px; }
QPushButton[segment="last"], QPushButton[segment="only"] { border-top-right-radius: 5px; border-bottom-right-radius: 5px; }
QPushButton[segment="middle"], QPushButton[segment="last"] { border-left: none; }
QPushButton[segment]:checked { background: $accentWeak; color: $accent; font-weight: bold; }
QCheckBox, QRadioButton { spacing: 8px; color: $text; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $text3; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; border: 1px solid $outline; background: $surface; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url(:/lyceum/theme/check-$variant.svg); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url(:/lyceum/theme/dot-$variant.svg); }
)"_L1;

constexpr auto kFields = R"(
QLineEdit, QAbstractSpinBox, QComboBox { min-height: @28px; padding: 0 8px; border: 1px solid $outline; border-radius: 5px; background: $surface; color: $text; selection-background-color: $accent; selection-color: $onAccent; }
QPlainTextEdit, QTextEdit, QTextBrowser { padding: 4px; border: 1px solid $outline; border-radius: 5px; background: $surface; color: $text; selection-background-color: $accent; selection-color: $onAccent; }
QTextEdit[plain="true"], QTextBrowser[plain="true"], QPlainTextEdit[plain="true"] { border: none; background: transparent; padding: 0; }
QPlainTextEdit[mono="true"], QTextEdit[mono="true"] { font-family: "JetBrains Mono", monospace; font-size: @12px; background: $sunken; border: 1px solid $border; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"], QPlainTextEdit[invalid="true"] { border: 2px solid $fault; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $text3; border-color: $border; background: $sunken; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 24px; border: none; }
QComboBox::down-arrow { image: url(:/lyceum/theme/chevron-down-$variant.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid $outline; background: $surface; color: $text; selection-background-color: $accentWeak; selection-color: $text; outline: none; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: @28px; padding: 0 8px; }
QAbstractSpinBox { padding-right: 22px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 20px; border: none; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url(:/lyceum/theme/chevron-up-$variant.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/lyceum/theme/chevron-down-$variant.svg); width: 10px; height: 10px; }
QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $accent; }
QProgressBar { border: none; border-radius: 3px; background: $border; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { border-radius: 3px; background: $accent; }
)"_L1;

constexpr auto kViews = R"(
QMenuBar { background: $rail; color: $text2; border-bottom: 1px solid $border; padding: 2px 12px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $accentWeak; color: $text; }
QMenu { background: $surface; color: $text; border: 1px solid $outline; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 3px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $accentWeak; }
QMenu::item:disabled { color: $text3; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { padding: 6px 2px 8px 2px; margin-right: 24px; border: none; border-bottom: 2px solid transparent; color: $text2; background: transparent; font-size: @13px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $accent; border-bottom-color: $accent; font-weight: bold; }
QTableView, QListView, QTreeView { border: none; background: $surface; alternate-background-color: $surface; color: $text; gridline-color: $border; selection-background-color: $accentWeak; selection-color: $text; outline: none; }
QTableView::item { border-bottom: 1px solid $border; padding: 0 8px; }
QTableView::item:selected { background: $accentWeak; color: $text; }
QTableView::item:focus { border: 2px solid $accent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $text2; border: none; border-bottom: 1px solid $border; padding: 0 11px; min-height: @30px; font-size: @12px; }
QTableCornerButton::section { background: $surface; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $outline; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)"_L1;

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto mix = [share](int x, int y) {
        return static_cast<int>(std::lround(x + (y - x) * share));
    };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

QHash<QString, QString> variables(const Tokens& t)
{
    return {{u"window"_s, t.window.name()},
            {u"surface"_s, t.surface.name()},
            {u"sunken"_s, t.sunken.name()},
            {u"rail"_s, t.rail.name()},
            {u"text"_s, t.text.name()},
            {u"text2"_s, t.text2.name()},
            {u"text3"_s, t.text3.name()},
            {u"border"_s, t.border.name()},
            {u"outline"_s, t.outline.name()},
            {u"accent"_s, t.accent.name()},
            {u"accentHover"_s, mixed(t.accent, t.text, 0.12).name()},
            {u"accentPressed"_s, mixed(t.accent, t.text, 0.24).name()},
            {u"onAccent"_s, t.onAccent.name()},
            {u"accentWeak"_s, t.accentWeak.name()},
            {u"good"_s, t.good.name()},
            {u"goodWeak"_s, t.goodWeak.name()},
            {u"caution"_s, t.caution.name()},
            {u"cautionWeak"_s, t.cautionWeak.name()},
            {u"fault"_s, t.fault.name()},
            {u"faultWeak"_s, t.faultWeak.name()},
            {u"variant"_s, t.isDark ? u"dark"_s : u"light"_s}};
}

/// Replaces `$name` by the variable and `@13px` by 13 scaled pixels.
QString expand(const QString& sheet, const QHash<QString, QString>& values, double textScale)
{
    QString out;
    out.reserve(sheet.size() + 2048);
    for (qsizetype i = 0; i < sheet.size(); ++i) {
        const QChar c = sheet[i];
        if (c != u'$' && c != u'@') {
            out += c;
            continue;
        }
        qsizetype end = i + 1;
        while (end < sheet.size() &&
               (c == u'$' ? sheet[end].isLetterOrNumber() : sheet[end].isDigit()))
            ++end;
        const QString word = sheet.mid(i + 1, end - i - 1);
        out +=
            c == u'$' ? values.value(word) : QString::number(std::lround(word.toInt() * textScale));
        i = end - 1;
    }
    return out;
}

} // namespace

QString makeStyleSheet(const Tokens& tokens, double textScale)
{
    const QString sheet =
        QString(kText) + QString(kFrames) + QString(kButtons) + QString(kFields) + QString(kViews);
    return expand(sheet, variables(tokens), textScale);
}

} // namespace lyceum::ui
