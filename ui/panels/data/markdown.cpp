#include "ui/panels/data/markdown.h"

#include "ui/theme/theme.h"

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>

namespace lyceum::ui {
namespace {

void spaceBlocks(QTextDocument& document)
{
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        if (cursor.currentTable() != nullptr)
            continue;
        QTextBlockFormat format = block.blockFormat();
        const bool isHeading = format.headingLevel() > 0;
        format.setTopMargin(isHeading && block != document.begin() ? space::k16 : 0);
        format.setBottomMargin(space::k8);
        cursor.setBlockFormat(format);
    }
}

void spaceTables(QTextDocument& document)
{
    for (auto* frame : document.rootFrame()->childFrames()) {
        auto* table = qobject_cast<QTextTable*>(frame);
        if (table == nullptr)
            continue;
        QTextTableFormat format = table->format();
        format.setCellPadding(space::k4);
        format.setCellSpacing(0);
        format.setBorderCollapse(true);
        format.setBorderBrush(tokens().border);
        format.setTopMargin(space::k8);
        format.setBottomMargin(space::k12);
        table->setFormat(format);
    }
}

} // namespace

void showMarkdown(QTextDocument& document, const QString& markdown)
{
    document.setMarkdown(markdown);
    spaceBlocks(document);
    spaceTables(document);
}

} // namespace lyceum::ui
