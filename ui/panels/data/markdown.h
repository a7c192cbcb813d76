#pragma once

#include <QString>

class QTextDocument;

namespace lyceum::ui {

/// Puts Markdown into `document` with the room between paragraphs and in tables that Qt leaves out.
void showMarkdown(QTextDocument& document, const QString& markdown);

} // namespace lyceum::ui
