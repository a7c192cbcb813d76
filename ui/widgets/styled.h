#pragma once

#include "ui/theme/tokens.h"

#include <QString>
#include <QWidget>

class QFrame;
class QLabel;
class QScrollArea;

namespace lyceum::ui {

/// What a message or a state means; shown by icon and word, coloured besides.
enum class Tone : quint8 { Neutral, Info, Good, Caution, Fault };

/// Sets a dynamic property that the style sheet reads, and applies the sheet again.
void setStyleProperty(QWidget* widget, const char* name, const QVariant& value);

[[nodiscard]] QLabel* makeLabel(const QString& text, TextStyle style = TextStyle::Body,
                                Role role = Role::Text, QWidget* parent = nullptr);
/// As makeLabel, breaking lines at words.
[[nodiscard]] QLabel* makeParagraph(const QString& text, TextStyle style = TextStyle::Body,
                                    Role role = Role::Text2, QWidget* parent = nullptr);
/// As makeLabel, ending in an ellipsis where it does not fit.
[[nodiscard]] QLabel* makeElidedLabel(const QString& text, TextStyle style = TextStyle::Body,
                                      Role role = Role::Text, QWidget* parent = nullptr);
void setLabelRole(QLabel* label, Role role);
void setLabelStyle(QLabel* label, TextStyle style);

/// A hair line across or down.
[[nodiscard]] QFrame* makeSeparator(Qt::Orientation orientation, QWidget* parent = nullptr);

/// Makes `content` scroll down, on the page's own background.
[[nodiscard]] QScrollArea* makeScrollArea(QWidget* content, QWidget* parent = nullptr);

/// Says `text` to a screen reader on behalf of `widget`. Faults at once; the rest by the caller at
/// most every 10 s (STUDIO section 7).
void announce(QWidget* widget, const QString& text);

} // namespace lyceum::ui
