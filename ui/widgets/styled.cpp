#include "ui/widgets/styled.h"

#include "ui/widgets/elided_label.h"

#include <QAccessible>
#include <QFrame>
#include <QLabel>
#include <QScrollArea>
#include <QStyle>
#include <QVariant>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString styleName(TextStyle style)
{
    switch (style) {
    case TextStyle::Caption:
        return u"caption"_s;
    case TextStyle::Small:
        return u"small"_s;
    case TextStyle::Body:
        return u"body"_s;
    case TextStyle::Strong:
        return u"strong"_s;
    case TextStyle::H3:
        return u"h3"_s;
    case TextStyle::H2:
        return u"h2"_s;
    case TextStyle::H1:
        return u"h1"_s;
    case TextStyle::Figure:
        return u"figure"_s;
    case TextStyle::Mono:
        return u"mono"_s;
    }
    return {};
}

QString roleName(Role role)
{
    switch (role) {
    case Role::Text:
    case Role::Outline:
    case Role::OnAccent:
        return u"text"_s;
    case Role::Text2:
        return u"text2"_s;
    case Role::Text3:
        return u"text3"_s;
    case Role::Accent:
        return u"accent"_s;
    case Role::Good:
        return u"good"_s;
    case Role::Caution:
        return u"caution"_s;
    case Role::Fault:
        return u"fault"_s;
    }
    return {};
}

QLabel* dressed(QLabel* label, TextStyle style, Role role)
{
    label->setTextFormat(Qt::PlainText);
    label->setProperty("textStyle", styleName(style));
    label->setProperty("tone", roleName(role));
    return label;
}

} // namespace

void setStyleProperty(QWidget* widget, const char* name, const QVariant& value)
{
    if (widget->property(name) == value)
        return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

QLabel* makeLabel(const QString& text, TextStyle style, Role role, QWidget* parent)
{
    return dressed(new QLabel(text, parent), style, role);
}

QLabel* makeElidedLabel(const QString& text, TextStyle style, Role role, QWidget* parent)
{
    return dressed(new ElidedLabel(text, parent), style, role);
}

QLabel* makeParagraph(const QString& text, TextStyle style, Role role, QWidget* parent)
{
    QLabel* label = makeLabel(text, style, role, parent);
    label->setWordWrap(true);
    label->setMinimumWidth(1);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    label->setSizePolicy(policy);
    return label;
}

void setLabelRole(QLabel* label, Role role)
{
    setStyleProperty(label, "tone", roleName(role));
}

void setLabelStyle(QLabel* label, TextStyle style)
{
    setStyleProperty(label, "textStyle", styleName(style));
}

QFrame* makeSeparator(Qt::Orientation orientation, QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setProperty("separator", orientation == Qt::Horizontal ? u"h"_s : u"v"_s);
    return line;
}

QScrollArea* makeScrollArea(QWidget* content, QWidget* parent)
{
    auto* area = new QScrollArea(parent);
    content->setProperty("scrolled", u"true"_s);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->viewport()->setAutoFillBackground(false);
    area->setWidget(content);
    content->setAutoFillBackground(false);
    return area;
}

void announce(QWidget* widget, const QString& text)
{
    widget->setAccessibleDescription(text);
    QAccessibleEvent alert(widget, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace lyceum::ui
